"""Send somebody without a file that Greenhouse would refuse; with us it stays."""

from collections.abc import Collection

from accounts.models import User
from candidates.models import EventKind, Origin
from candidates.services import tell
from integrations.greenhouse.export.files import left_out, plan_files
from integrations.models import Export, ExportFile


def leave_out(export: Export, documents: Collection[int], *, by: User) -> None:
    """Choose anew which files are left out, in the caller's transaction; not while a file may be on its way.

    Effects: rows for the files; if any is left out a line in the timeline, without its name: it may be private.
    """
    rows = ExportFile.objects.filter(export=export, remote_id="")
    if export.step_in_flight or not (documents or rows.filter(is_left_out=True).exists()):
        return
    plan_files(export)
    rows.update(is_left_out=False)
    if rows.filter(document__in=documents).update(is_left_out=True):
        labels = dict(export.application.answers.values_list("document", "label"))
        names = [f"the file for “{labels[pk]}”" if pk in labels else "the résumé" for pk in left_out(export)]
        text = f"To be sent to Greenhouse without {', '.join(names)}"
        tell(application=export.application, kind=EventKind.REQUESTED, text=text, origin=Origin.MEMBER, actor=by)
