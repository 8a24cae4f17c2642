"""The alarm clock of this room. Rules live in `stash.py`, `letters.py` and `search/`."""

from celery import shared_task

from accounts import invitations
from candidates import activity, letters, sharing_letters, stash, status_letters
from candidates.importing import forgetting, running
from candidates.importing import letters as import_letters
from candidates.joining import links, resumes
from candidates.mail import relaying, taking
from candidates.notices import digest, reading
from candidates.search import index

STALE_PER_SWEEP = 5000
WAKE_EXPIRES_SECONDS = 60  # an unread message is worthless by then: a sweep has sent another


@shared_task(ignore_result=True)
def sweep_files() -> None:
    """Delete files that nobody needs any more, so that quiet sites clean up too."""
    stash.sweep()
    stash.sweep_orphans()
    forgetting.sweep()


@shared_task(ignore_result=True)
def write_letters(application_id: int) -> None:
    letters.write(application_id)


@shared_task(ignore_result=True)
def wake_owed_letters() -> None:
    """Find the letters that nobody was woken for, or that the mail server did not take."""
    for application_id in letters.owed():
        write_letters.apply_async((application_id,), expires=WAKE_EXPIRES_SECONDS)
    for share_id in sharing_letters.owed():
        write_share.apply_async((share_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def write_share(share_id: int) -> None:
    sharing_letters.write(share_id)


@shared_task(ignore_result=True)
def sweep_accesses() -> None:
    """Forget who was merely in somebody's list a year ago."""
    activity.forget_old_listings()


@shared_task(ignore_result=True)
def sweep_search() -> None:
    """Read the profiles into the search that whoever saved them did not."""
    index.refresh(index.stale(STALE_PER_SWEEP))


@shared_task(ignore_result=True)
def write_digest(membership_id: int) -> None:
    digest.write(membership_id)


@shared_task(ignore_result=True)
def wake_digests() -> None:
    """Find the members who are owed a letter of what they were told."""
    for membership_id in digest.owed():
        write_digest.apply_async((membership_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def write_status_letter(letter_id: int) -> None:
    status_letters.write(letter_id)


@shared_task(ignore_result=True)
def wake_status_letters() -> None:
    """Find the letters to applicants that are due."""
    for letter_id in status_letters.owed():
        write_status_letter.apply_async((letter_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def sweep_notices() -> None:
    reading.forget_old()


@shared_task(ignore_result=True)
def write_link(sign_in_id: int) -> None:
    links.write(sign_in_id)


@shared_task(ignore_result=True)
def read_resume(document_id: int) -> None:
    resumes.read(document_id)


@shared_task(ignore_result=True)
def wake_joining() -> None:
    """Find the links and the résumés that nobody was woken for."""
    for sign_in_id in links.owed():
        write_link.apply_async((sign_in_id,), expires=WAKE_EXPIRES_SECONDS)
    for document_id in resumes.owed():
        read_resume.apply_async((document_id,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def sweep_links() -> None:
    links.sweep()
    invitations.sweep()


@shared_task(ignore_result=True)
def pass_message_on(message_id: int) -> None:
    relaying.pass_on(message_id)


@shared_task(ignore_result=True)
def answer_rejected(rejection_id: int) -> None:
    relaying.answer_rejected(rejection_id)


@shared_task(ignore_result=True)
def take_mail(inbound_id: int) -> None:
    """Read a letter that came in, and wake whoever sends what is owed now."""
    taking.take(inbound_id)
    wake_owed_mail()


@shared_task(ignore_result=True)
def wake_owed_mail() -> None:
    """Find the letters between teams and candidates that nobody was woken for, or that were put off."""
    relaying.settle_lost()
    for task, found in (
        (take_mail, taking.waiting()),
        (pass_message_on, relaying.owed_messages()),
        (answer_rejected, relaying.owed_rejections()),
    ):
        for pk in found:
            task.apply_async((pk,), expires=WAKE_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def sweep_mail() -> None:
    """Forget what came in by e-mail long ago."""
    taking.forget()


@shared_task(ignore_result=True)
def run_import(import_id: int) -> None:
    """Work on a file of people for a while, and call the next one if that was not all."""
    if running.run(import_id):
        run_import.delay(import_id)


@shared_task(ignore_result=True)
def write_import_letter(row_id: int) -> None:
    import_letters.write(row_id)


@shared_task(ignore_result=True)
def wake_imports() -> None:
    """Find the files that nobody works on, and the imported people who were not written to."""
    for import_id in running.due():
        run_import.apply_async((import_id,), expires=WAKE_EXPIRES_SECONDS)
    for row_id in import_letters.owed():
        write_import_letter.apply_async((row_id,), expires=WAKE_EXPIRES_SECONDS)
