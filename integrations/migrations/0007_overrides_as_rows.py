"""What was typed over moves from a list of names to rows that can say who and when."""

from typing import Any

from django.db import migrations


def to_rows(apps: Any, _: Any) -> None:
    links = apps.get_model("integrations", "JobLink").objects.exclude(overridden_fields=[])
    override = apps.get_model("integrations", "FieldOverride")
    override.objects.bulk_create(
        (override(link=link, field=field) for link in links.iterator() for field in link.overridden_fields),
        batch_size=500,
    )


def to_lists(apps: Any, _: Any) -> None:
    for link in apps.get_model("integrations", "JobLink").objects.filter(overrides__isnull=False).distinct():
        link.overridden_fields = sorted(link.overrides.values_list("field", flat=True))
        link.save(update_fields=["overridden_fields"])


class Migration(migrations.Migration):
    dependencies = [("integrations", "0006_career_site_whole")]
    operations = [migrations.RunPython(to_rows, to_lists)]
