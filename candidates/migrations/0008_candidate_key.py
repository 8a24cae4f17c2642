import uuid

from django.db import migrations, models

BATCH = 1000


def fill(apps, schema_editor):
    Candidate = apps.get_model("candidates", "Candidate")
    while rows := list(Candidate.objects.filter(key=None).only("pk")[:BATCH]):
        for row in rows:
            row.key = uuid.uuid4()
        Candidate.objects.bulk_update(rows, ["key"])


class Migration(migrations.Migration):
    dependencies = [("candidates", "0007_employer_is_needed")]
    operations = [
        migrations.AddField(
            model_name="candidate",
            name="key",
            field=models.UUIDField(null=True, editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="candidate",
            name="key",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
