"""Addresses of the whole program; each app brings its own."""

from django.contrib import admin
from django.urls import include, path

from purposejobs import health

admin.site.site_header = "Purpose Jobs operations"
admin.site.site_title = "Purpose Jobs"
admin.site.index_title = "What runs here"

urlpatterns = [
    path("", include("integrations.urls")),  # begins with what Greenhouse delivers to
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("jobs.urls")),
    path("", include("candidates.urls")),
]

handler500 = "accounts.views.home.server_error"
