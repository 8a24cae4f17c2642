"""The résumé of an export moves from a column to a row, as every other file."""

import re
from typing import Any

from django.db import migrations
from django.utils import timezone


def to_rows(apps: Any, _: Any) -> None:
    Export, ExportFile = apps.get_model("integrations", "Export"), apps.get_model("integrations", "ExportFile")
    exports = Export.objects.exclude(application__resume=None).select_related("application__resume")
    batch = []
    for export in exports.iterator(chunk_size=500):
        batch.append(
            ExportFile(
                export=export,
                document=export.application.resume,
                type="resume",
                filename=_old_filename(export.application),
                remote_id=export.resume_remote_id,
            )
        )
    ExportFile.objects.bulk_create(batch, batch_size=500)
    Export.objects.filter(step_in_flight="resume").update(step_in_flight="file")
    # What they know of the person was sent with the person; those under way look once more.
    Export.objects.filter(state="sent").update(contacts_checked_at=timezone.now())


def to_column(apps: Any, schema_editor: Any) -> None:
    Export, ExportFile = apps.get_model("integrations", "Export"), apps.get_model("integrations", "ExportFile")
    for file in ExportFile.objects.filter(type="resume").exclude(remote_id="").iterator(chunk_size=500):
        Export.objects.filter(pk=file.export_id).update(resume_remote_id=file.remote_id)
    # The release before knows no prospect without a job, and its column takes none: 0010 could not be reversed.
    # In SQL, for the models of a release on the way back know no cascade.
    ExportFile.objects.filter(export__in=Export.objects.filter(greenhouse_job=None).values("pk")).delete()
    schema_editor.execute("DELETE FROM integrations_export WHERE greenhouse_job_id IS NULL")
    Export.objects.filter(step_in_flight="file").update(step_in_flight="resume")
    Export.objects.filter(step_in_flight="contacts").update(step_in_flight="")


def _old_filename(application: Any) -> str:
    """As the release before named it: it may be in Greenhouse under this name, without our knowing."""
    name = re.sub(r"[^\w-]+", "_", f"{application.first_name} {application.last_name}".strip()).strip("_") or "Resume"
    return f"{name[:80]}_{application.key.hex[:8]}.{application.resume.extension}"


class Migration(migrations.Migration):
    dependencies = [("integrations", "0010_export_whole")]
    operations = [migrations.RunPython(to_rows, to_column)]
