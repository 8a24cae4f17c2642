"""The fourth step: the résumé and the files that came as answers, each once (contract §6.9)."""

from collections.abc import Sequence

from candidates.models import Answer, Document, EventKind
from integrations.greenhouse import outgoing
from integrations.greenhouse.errors import Rejected
from integrations.greenhouse.export.healing import look_after_refusal
from integrations.greenhouse.export.walk import NeedsPerson, Walk
from integrations.greenhouse.schemas import AttachmentPayload
from integrations.models import Export, ExportFile, ExportStep, FileType

_WORDS = {FileType.RESUME: "Résumé", FileType.COVER_LETTER: "Cover letter"}


def send_files(walk: Walk) -> None:
    """Attach each file, unless the application already has this very file.

    Effects: one write for each file, and one reading if any could be there. A file that is refused does not keep the
    others back; `Walk.refused_files` names what is to be said in the end.
    """
    walk.ensure_ours()  # rows are made for it
    left = [file for file in _files_of(walk.export) if not file.remote_id]
    if not left:
        return
    there: Sequence[AttachmentPayload] = ()
    if walk.came_back or not walk.application_is_new:  # a new application has none, and reading costs a request
        there = walk.client.fetch_attachments(application_id=walk.export.application_remote_id)
    for file in left:
        _send_file(walk, file, there)


def left_out(export: Export) -> list[int]:
    """The documents that a recruiter sends the person without."""
    rows = export.files.filter(is_left_out=True, document__isnull=False)
    return [pk for pk in rows.values_list("document", flat=True) if pk]


def plan_files(export: Export) -> None:
    """Make a row for every file of the application that has none. Repeat: harmless."""
    known = set(export.files.values_list("document", flat=True))
    rows = [row for row in planned_files(export) if row.document_id not in known]
    ExportFile.objects.bulk_create(rows, ignore_conflicts=True)


def planned_files(export: Export) -> list[ExportFile]:
    """Every file of the application as it is to arrive, the résumé first; unsaved."""
    application = export.application
    documents = [(application.resume, FileType.RESUME)] if application.resume else []
    answers = Answer.objects.filter(application=application.pk).exclude(document=None).select_related("document")
    documents += [(answer.document, outgoing.type_of(answer)) for answer in answers if answer.document]
    return [
        ExportFile(
            export=export,
            document=document,
            position=position,
            type=kind,
            filename=outgoing.filename(application, document),
        )
        for position, (document, kind) in enumerate(documents)
    ]


def _files_of(export: Export) -> list[ExportFile]:
    plan_files(export)
    return list(export.files.exclude(document=None).exclude(is_left_out=True).select_related("document"))


def _send_file(walk: Walk, file: ExportFile, there: Sequence[AttachmentPayload]) -> None:
    for attachment in there:
        if attachment.filename == file.filename:
            _settle(walk, file, attachment)
            return
    assert file.document is not None  # noqa: S101 - those without one were left out; for the type checker
    content = _content_of(file.document)
    kind = type_beside(walk, file, there)
    walk.begin(ExportStep.FILE)
    try:
        created = _sent(walk, file, kind, content)
    except Rejected as exc:
        walk.commit()  # a refusal is an answer: nothing is in flight
        look_after_refusal(walk, exc)
        file.problem_code = "resume_refused" if file.type == FileType.RESUME else "file_refused"
        file.save(update_fields=["problem_code"])
        walk.refused_files.append(file.problem_code)
        return
    _settle(walk, file, created)


def _sent(walk: Walk, file: ExportFile, kind: str, content: bytes) -> AttachmentPayload:
    application_id = walk.export.application_remote_id
    try:
        return walk.client.send_attachment(outgoing.attachment_body(application_id, file.filename, kind, content))
    except Rejected as exc:
        if "type" not in exc.fields or kind == FileType.OTHER:
            raise
    # Not every account takes every type, but all take this one.
    return walk.client.send_attachment(outgoing.attachment_body(application_id, file.filename, FileType.OTHER, content))


def type_beside(walk: Walk, file: ExportFile, there: Sequence[AttachmentPayload]) -> str:
    """A new résumé or letter pushes the one before aside (contract §6.9), so an older one comes as another file."""
    newest = max((row.created_at for row in there if row.type == file.type and row.created_at), default=None)
    assert file.document is not None  # noqa: S101 - for the type checker
    if file.type == FileType.FORM_ATTACHMENT or newest is None or file.document.created_at > newest:
        return file.type
    if file.type == FileType.RESUME:
        walk.remark("resume_older")
    return FileType.OTHER


def _settle(walk: Walk, file: ExportFile, attachment: AttachmentPayload) -> None:
    file.remote_id, file.problem_code = str(attachment.id), ""
    word = _WORDS.get(FileType(file.type), "File")
    walk.commit(event=(EventKind.FILE_ADDED, f"{word} added in Greenhouse"), file=file)


def _content_of(document: Document) -> bytes:
    try:
        with document.file.open("rb") as stream:
            content: bytes = stream.read()
    except FileNotFoundError as exc:
        raise NeedsPerson("resume_lost") from exc
    return content
