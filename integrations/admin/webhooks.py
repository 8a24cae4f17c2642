"""What Greenhouse delivered, without a word of what it said."""

from django.contrib import admin

from integrations.admin.base import OfConnectionAdmin, ProblemFilter, problem_title
from integrations.models import WebhookDelivery, WebhookEndpoint


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(OfConnectionAdmin):
    list_display = (
        *("employer", "is_enabled", "is_registered_by_api", problem_title, "bad_signature_count", "bad_signature_at"),
        *("former_secret_until", "registered_at", "created_at"),
    )
    list_display_links = ("employer",)
    list_filter = ("is_enabled", "is_registered_by_api", ProblemFilter)
    search_fields = ("connection__employer__name",)
    ordering = ("connection__employer__name",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(OfConnectionAdmin):
    joined = ("endpoint__connection__employer",)
    list_display = ("employer", "received_at", "event", "state", "outcome", "repeats", "attempts", "retry_at")
    list_display_links = ("received_at",)
    list_filter = ("state", "outcome", "event")
    search_fields = ("endpoint__connection__employer__name", "=event_id")
    date_hierarchy = "received_at"
    exclude = ("body", "digest", "claim")

    @admin.display(description="Employer", ordering="endpoint__connection__employer__name")
    def employer(self, row: WebhookDelivery) -> str:
        return str(row.endpoint.connection.employer)
