from django.db import migrations, models

_STATUSES = [
    ("applied", "Applied"),
    ("sent", "Sent"),
    ("in_review", "In review"),
    ("interviewing", "Interviewing"),
    ("offer", "Offer"),
    ("hired", "Hired"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
    ("gone", "Gone"),
]


class Migration(migrations.Migration):
    dependencies = [("integrations", "0014_webhooks")]
    operations = [
        migrations.AddField(
            model_name="connection",
            name="anonymise_rule",
            field=models.CharField(
                choices=[("keep", "Keep our copy"), ("follow", "Anonymize our copy too")],
                default="keep",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="status",
            field=models.CharField(
                blank=True,
                choices=_STATUSES,
                default="",
                help_text="Where they are there, in our words.",
                max_length=15,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="export",
            name="remote_stage_id",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="export",
            name="remote_job_id",
            field=models.CharField(
                blank=True, default="", help_text="The Greenhouse job they are on now.", max_length=40
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="export",
            name="remote_since",
            field=models.DateTimeField(blank=True, help_text="Since when stage and status are as they are.", null=True),
        ),
        migrations.AddField(
            model_name="export",
            name="remote_activity_at",
            field=models.DateTimeField(blank=True, help_text="By Greenhouse's clock.", null=True),
        ),
        migrations.AlterField(
            model_name="export",
            name="tracked_at",
            field=models.DateTimeField(blank=True, help_text="When Greenhouse was asked last.", null=True),
        ),
        migrations.AddField(
            model_name="export",
            name="person_tracked_at",
            field=models.DateTimeField(blank=True, help_text="When the person was asked about last.", null=True),
        ),
        migrations.AddField(
            model_name="export",
            name="former_application_ids",
            field=models.JSONField(blank=True, default=list, help_text="Those it had before, in order."),
        ),
    ]
