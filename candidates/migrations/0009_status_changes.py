import django.utils.timezone
from django.db import migrations, models
from django.db.models import F

# What a line has always said about the status; the words of a stage are read by the room that knows the ATS.
_STATUSES = {
    "applied": "applied",
    "sent": "sent",
    "linked": "sent",
    "hired": "hired",
    "rejected": "rejected",
    "withdrawn": "withdrawn",
    "gone": "gone",
}


def fill(apps, schema_editor):
    TimelineEvent = apps.get_model("candidates", "TimelineEvent")
    TimelineEvent.objects.update(at=F("created_at"))
    for kind, status in _STATUSES.items():
        TimelineEvent.objects.filter(kind=kind).update(status=status)


class Migration(migrations.Migration):
    dependencies = [("candidates", "0008_candidate_key")]
    operations = [
        migrations.AddField(
            model_name="timelineevent",
            name="at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                help_text="When it happened, by the ATS's clock where it says so.",
            ),
        ),
        migrations.AddField(
            model_name="timelineevent",
            name="status",
            field=models.CharField(
                blank=True,
                choices=[
                    ("applied", "Applied"),
                    ("sent", "Sent"),
                    ("in_review", "In review"),
                    ("interviewing", "Interviewing"),
                    ("offer", "Offer"),
                    ("hired", "Hired"),
                    ("rejected", "Rejected"),
                    ("withdrawn", "Withdrawn"),
                    ("gone", "Gone"),
                ],
                default="",
                max_length=15,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="timelineevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("applied", "Applied"),
                    ("sourced", "Sourced"),
                    ("requested", "To be sent"),
                    ("found", "Found"),
                    ("sent", "Sent"),
                    ("linked", "Linked"),
                    ("contacts_added", "Contacts added"),
                    ("file_added", "File added"),
                    ("note_added", "Note added"),
                    ("stage_moved", "Stage moved"),
                    ("transferred", "Moved to another job"),
                    ("converted", "Put on a job"),
                    ("rejected", "Rejected"),
                    ("withdrawn", "Withdrawn"),
                    ("unrejected", "Unrejected"),
                    ("hired", "Hired"),
                    ("unhired", "Unhired"),
                    ("merged", "Merged"),
                    ("private", "Private"),
                    ("anonymized", "Anonymized"),
                    ("gone", "Gone"),
                    ("cancelled", "Cancelled"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterModelOptions(name="timelineevent", options={"ordering": ["-at", "-pk"]}),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
