"""Where Greenhouse delivers what happens there, and what it has delivered."""

import django.db.models.deletion
import django.utils.timezone
import integrations.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0013_post_of_a_link_goes_with_the_employer"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("problem_code", models.CharField(blank=True, max_length=40)),
                ("problem_at", models.DateTimeField(blank=True, null=True)),
                ("key", models.CharField(editable=False, max_length=64, unique=True)),
                ("secret", integrations.fields.SecretField(blank=True)),
                ("former_secret", integrations.fields.SecretField(blank=True)),
                (
                    "former_secret_until",
                    models.DateTimeField(blank=True, help_text="Until then both secrets are good.", null=True),
                ),
                ("is_enabled", models.BooleanField(default=True)),
                (
                    "is_registered_by_api",
                    models.BooleanField(default=False, help_text="We make and repair its webhooks ourselves."),
                ),
                (
                    "register_due_at",
                    models.DateTimeField(blank=True, help_text="When to look after its webhooks next.", null=True),
                ),
                (
                    "registered_at",
                    models.DateTimeField(blank=True, help_text="When all its webhooks were last seen well.", null=True),
                ),
                (
                    "jobs_due_at",
                    models.DateTimeField(blank=True, help_text="When to read jobs because of deliveries.", null=True),
                ),
                (
                    "jobs_kind",
                    models.CharField(
                        choices=[
                            ("full", "All active positions"),
                            ("changes", "What has changed"),
                            ("survey", "What is not listed"),
                        ],
                        default="changes",
                        max_length=10,
                    ),
                ),
                ("bad_signature_count", models.PositiveIntegerField(default=0)),
                ("bad_signature_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("rotated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhook",
                        to="integrations.connection",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(blank=True, help_text="Empty: it named none.", max_length=60)),
                ("event_id", models.CharField(blank=True, max_length=64, verbose_name="Greenhouse-Event-ID")),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("body", integrations.fields.SecretField(blank=True)),
                (
                    "body_dropped_at",
                    models.DateTimeField(blank=True, help_text="When what it said was deleted here.", null=True),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("working", "Being read"),
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("read_again", "Read again"),
                            ("jobs_soon", "Jobs are read"),
                            ("not_ours", "Nobody you sent"),
                            ("unused", "Not needed"),
                            ("ping", "Ping answered"),
                            ("dropped", "Not read in time"),
                        ],
                        max_length=12,
                    ),
                ),
                ("repeats", models.PositiveIntegerField(default=0, help_text="How often it came once more.")),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("retry_at", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("claim", models.CharField(blank=True, editable=False, max_length=32)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="integrations.webhookendpoint",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "webhook deliveries",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["endpoint", "digest"], name="webhook_delivery_digest"),
                    models.Index(fields=["endpoint", "received_at"], name="webhook_delivery_received"),
                    models.Index(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=["endpoint", "retry_at"],
                        name="webhook_delivery_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("event_id", ""), _negated=True),
                        fields=("endpoint", "event_id"),
                        name="webhook_delivery_unique",
                    )
                ],
            },
        ),
    ]
