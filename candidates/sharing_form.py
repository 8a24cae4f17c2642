"""The form of *Share with Team*: who, and a note."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet

from accounts.models import Membership
from candidates.models.shares import MAX_NOTE


class ColleaguesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Members of the team by their names; two of one name are told apart by their addresses."""

    def label_from_instance(self, obj: Any) -> str:
        user = obj.user
        name = user.get_full_name()
        return f"{name} ({user.email})" if name else user.email


class ShareWithTeamForm(forms.Form):
    to = ColleaguesField(
        label="Colleagues",
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one colleague."},
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only your colleagues read it.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        super().__init__(data, initial={"key": uuid4()})
        field = self.fields["to"]
        assert isinstance(field, ColleaguesField)  # noqa: S101 - for the type checker
        field.queryset = colleagues_of(membership)

    @property
    def has_colleagues(self) -> bool:
        return bool(self["to"].subwidgets)

    def as_asked(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"to": list(data["to"]), "note": data["note"], "key": data["key"]}


def colleagues_of(membership: Membership) -> QuerySet[Membership]:
    """Everybody else of the team who can log in."""
    rows = Membership.objects.filter(employer=membership.employer_id, user__is_active=True).exclude(pk=membership.pk)
    return rows.select_related("user").order_by("user__first_name", "user__last_name", "user__email")
