"""The form in which a member says what they want to be told."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField

from candidates.models import NoticeKind, Rhythm
from candidates.notices.choosing import Wish

ABOUT = {
    NoticeKind.NEW_APPLICANT: "Somebody applies to one of the company's jobs.",
    NoticeKind.REPLY: "Somebody answers an e-mail of the team.",
    NoticeKind.STAGE_MOVED: "Somebody is moved, rejected or hired in Greenhouse.",
    NoticeKind.EXPORT_NEEDS_ATTENTION: "Sending somebody to Greenhouse has stopped. Admins are also asked by e-mail.",
    NoticeKind.MENTION: "A colleague writes your name in a note.",
    NoticeKind.SHARED: "A colleague shares somebody with you. That comes by e-mail at once, too.",
    NoticeKind.SAVED_SEARCH: "Somebody new matches a search that you saved, which says itself what is e-mailed.",
}


class Row(NamedTuple):
    """One kind of notice with its two fields."""

    label: str
    about: str
    in_page: BoundField
    by_email: BoundField


class WishesForm(forms.Form):
    """A switch and a rhythm for each kind of notice."""

    def __init__(self, *args: Any, wishes: dict[NoticeKind, Wish], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, wish in wishes.items():
            self.fields[f"page_{kind}"] = forms.BooleanField(
                label=f"{kind.label}: in the page", required=False, initial=wish.in_page
            )
            self.fields[f"email_{kind}"] = forms.ChoiceField(
                label=f"{kind.label}: by e-mail", choices=Rhythm.choices, initial=wish.by_email
            )

    @property
    def rows(self) -> Iterator[Row]:
        return (Row(kind.label, ABOUT[kind], self[f"page_{kind}"], self[f"email_{kind}"]) for kind in NoticeKind)

    @property
    def wishes(self) -> dict[NoticeKind, Wish]:
        """What was chosen; only of a valid form."""
        data = self.cleaned_data
        return {kind: Wish(data[f"page_{kind}"], Rhythm(data[f"email_{kind}"])) for kind in NoticeKind}
