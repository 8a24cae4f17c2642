"""Two things every delivery paid for: an index that others begin with, and squeezing a ciphertext that yields nothing."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def store_as_it_is(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _store("EXTERNAL", schema_editor)


def store_compressed(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _store("EXTENDED", schema_editor)


def _store(how: str, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE integrations_webhookdelivery ALTER COLUMN body SET STORAGE {how}")


class Migration(migrations.Migration):
    dependencies = [("integrations", "0023_hand_over")]

    operations = [
        migrations.AlterField(
            model_name="webhookdelivery",
            name="endpoint",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="integrations.webhookendpoint",
            ),
        ),
        migrations.RunPython(store_as_it_is, store_compressed),
    ]
