from django.db import migrations
from django.db.models import OuterRef, Subquery

# What the program has written so far, by how it begins; whatever else there is tells of a stage.
_KINDS = (
    ("Sent to Greenhouse", "sent"),
    ("Found in Greenhouse and linked", "linked"),
    ("Rejected", "rejected"),
    ("Withdrawn", "withdrawn"),
    ("Hired", "hired"),
    ("No longer in Greenhouse", "gone"),
)


def fill(apps, schema_editor):
    Application = apps.get_model("candidates", "Application")
    Job = apps.get_model("jobs", "Job")
    employer = Job.objects.filter(pk=OuterRef("job_id")).values("employer_id")[:1]
    Application.objects.filter(employer=None).update(employer_id=Subquery(employer))
    TimelineEvent = apps.get_model("candidates", "TimelineEvent")
    TimelineEvent.objects.filter(origin="applicant").update(kind="applied")
    for beginning, kind in _KINDS:
        TimelineEvent.objects.filter(text__startswith=beginning).update(kind=kind)


class Migration(migrations.Migration):
    dependencies = [("candidates", "0005_employer_and_kind")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
