from django.db import migrations, models
from django.db.models import F


def fill(apps, schema_editor):
    """The last change of a closed job is the nearest we know to when it was closed."""
    apps.get_model("jobs", "Job").objects.filter(state="closed").update(closed_at=F("updated_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0003_questions"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
