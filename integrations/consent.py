"""May somebody be put into an employer's ATS? Whoever applied there, yes; others decide it in their profile."""

from candidates.models import Application, ApplicationOrigin, Profile
from integrations.greenhouse.contacts import email_key


class NotToBeSent(Exception):
    """The person does not want it, or hid from the employer. `code` is one of `problems.py`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def refusal_of(application: Application) -> str:
    """Why somebody who was picked from the network is not to be sent, as a code of `problems.py`; empty if they may be.

    Asked again before the first write: they may hide, or change their mind, until the last moment.
    """
    if not application.is_sourced:
        return ""
    profile = Profile.objects.filter(candidate=application.candidate_id).first()
    if profile is None:
        return ""
    if not Profile.objects.visible_to(application.employer).filter(pk=profile.pk).exists():
        return "left_network"
    return "" if profile.can_be_sent or _gave_address(application) else "sending_not_wanted"


def has_private_email(application: Application) -> bool:
    """True for somebody of the network who has not given the employer this address: only its ATS is to get that."""
    if not application.is_sourced or _gave_address(application):
        return False
    return Profile.objects.filter(candidate=application.candidate_id).exists()


def _gave_address(application: Application) -> bool:
    """Whether they applied there with the address that was taken from their profile; it may be another one by now."""
    rows = Application.objects.for_employer(application.employer).filter(candidate=application.candidate_id)
    rows = rows.filter(origin=ApplicationOrigin.APPLIED)
    given = {
        email_key(text) for email, others in rows.values_list("email", "other_emails") for text in (email, *others)
    }
    return email_key(application.email) in given
