"""Forms about Greenhouse."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings

from integrations.greenhouse.schemas import SourcePayload
from integrations.models import AnonymiseRule, Connection, CredentialKind, ReopenRule
from integrations.problems import Problem

_LEAVES_NO_TRACE = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class ActingUserForm(forms.Form):
    """In whose name we work in Greenhouse: a person by e-mail, or Greenhouse's own service user."""

    email = forms.EmailField(
        label="Email",
        error_messages={"required": "Enter the address of a Site Admin, or choose the service user below."},
        help_text="The address of a Greenhouse Site Admin. Candidates we send are added in this person's name.",
    )
    acts_as_service_user = forms.BooleanField(
        label="Act as the Greenhouse service user instead of a person",
        required=False,
        help_text="The credential's own user, who never leaves the company. Then the Email may stay empty.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get(self.add_prefix("acts_as_service_user")):
            self.fields["email"].required = False

    @property
    def person(self) -> str:
        """The person's address; empty for the service user, whatever was typed beside it."""
        return "" if self.as_service_user else str(self.cleaned_data["email"])

    @property
    def as_service_user(self) -> bool:
        return bool(self.cleaned_data["acts_as_service_user"])

    def add_problem(self, problem: Problem, detail: str) -> None:
        """Put what Greenhouse said into words, beside the field that repairs it."""
        words = f"{problem.sentence} {problem.next_step}"
        words = f"{words} ({detail})" if detail else words
        field = self.field_for(problem)
        if field in self.fields:
            self.add_error(field, words)
        else:
            self.add_error(None, f"{words} Nothing was saved.")

    def field_for(self, problem: Problem) -> str:
        return problem.field


class IntegrationForm(ActingUserForm):
    """The credential an employer stores.

    What a person has just typed is kept when something is wrong with it; what is stored is never shown again.
    """

    credential_kind = forms.ChoiceField(
        label="Credential",
        choices=[(kind.value, kind.label) for kind in (CredentialKind.OAUTH, CredentialKind.API_KEY)],
        widget=forms.RadioSelect,
        initial=CredentialKind.OAUTH,
    )
    client_id = forms.CharField(
        label="Client ID",
        error_messages={"required": "Enter the client ID."},
        max_length=200,
        widget=forms.TextInput(attrs=_LEAVES_NO_TRACE),
    )
    client_secret = forms.CharField(
        label="Client secret",
        error_messages={"required": "Enter the client secret."},
        max_length=500,
        widget=forms.PasswordInput(attrs=_LEAVES_NO_TRACE, render_value=True),
    )
    api_key = forms.CharField(
        label="API Key",
        error_messages={"required": "Enter your API Key."},
        max_length=500,
        widget=forms.PasswordInput(attrs=_LEAVES_NO_TRACE, render_value=True),
    )
    field_order = ("credential_kind", "client_id", "client_secret", "api_key", "email", "acts_as_service_user")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:  # only the fields of the chosen credential are asked for
            by_key = self.data.get("credential_kind") == CredentialKind.API_KEY
            for name in ("client_id", "client_secret") if by_key else ("api_key",):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("client_id", "client_secret", "api_key"):
            data[name] = re.sub(r"\s+", "", data.get(name) or "")  # pasted keys bring spaces and line breaks
        return data

    def as_arguments(self) -> dict[str, Any]:
        """What `connecting.connect` wants to know of the credential."""
        kind = CredentialKind(self.cleaned_data["credential_kind"])
        by_key = kind == CredentialKind.API_KEY
        return {
            "kind": kind,
            "client_id": "" if by_key else self.cleaned_data["client_id"],
            "secret": self.cleaned_data["api_key" if by_key else "client_secret"],
            "email": self.person,
            "as_service_user": self.as_service_user,
        }

    def field_for(self, problem: Problem) -> str:
        by_key = self.cleaned_data["credential_kind"] == CredentialKind.API_KEY
        return "api_key" if by_key and problem.field in ("client_id", "client_secret") else problem.field


class InvitationForm(forms.Form):
    """The colleague who may create the credential in Greenhouse."""

    email = forms.EmailField(label="Your colleague's address", max_length=254)


class SourceForm(forms.Form):
    """One source of Greenhouse's list, or none."""

    source = forms.ChoiceField(label="Source", required=False)

    def __init__(self, *args: Any, sources: Sequence[SourcePayload], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = {str(source.id): source for source in sources}
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", "No source"), *((pk, _source_label(source)) for pk, source in self.sources.items())]

    @property
    def chosen(self) -> SourcePayload | None:
        return self.sources.get(self.cleaned_data["source"])


def _source_label(source: SourcePayload) -> str:
    strategy = source.type.name if source.type else ""
    return f"{source.name} · {strategy}" if strategy else source.name


class NewSecretForm(forms.Form):
    """For how long the webhook secret until now stays good beside the new one."""

    keep_days_chosen = forms.TypedChoiceField(
        label="The old secret stays good for",
        choices=[("7", "7 days"), ("1", "1 day"), ("30", "30 days"), ("0", "no time at all: somebody may know it")],
        coerce=int,
        initial="7",
        help_text="Until then deliveries signed with either are taken, so none is lost while you paste the new one.",
    )

    @property
    def keep_days(self) -> int:
        return int(self.cleaned_data["keep_days_chosen"])


class PeopleRuleForm(forms.Form):
    """What becomes of our copy of people who are anonymized in Greenhouse."""

    anonymise_rule = forms.ChoiceField(
        label="When a person is anonymized in Greenhouse",
        choices=AnonymiseRule.choices,
        widget=forms.RadioSelect,
        help_text="Our copy is what they sent us: name, addresses, files, answers. What became of their application "
        "stays in the timeline either way. Anonymizing cannot be undone.",
    )


class ImportSettingsForm(forms.Form):
    """How the career site is followed. `seen` names the custom fields there are, by key."""

    sync_minutes = forms.IntegerField(
        label="Look for changes every … minutes",
        required=False,
        min_value=5,
        max_value=24 * 60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reopen_rule = forms.ChoiceField(
        label="When a job that Greenhouse closed while it was live is back there",
        choices=ReopenRule.choices,
        widget=forms.RadioSelect,
    )
    employment_type_key = forms.ChoiceField(label="Custom field that says the employment type", required=False)
    remote_key = forms.ChoiceField(label="Custom field that says remote", required=False)

    def __init__(self, *args: Any, connection: Connection, seen: Mapping[str, str], **kwargs: Any) -> None:
        stored = {name: getattr(connection, name) for name in self.base_fields}
        kwargs.setdefault("initial", stored)
        super().__init__(*args, **kwargs)
        usual = settings.GREENHOUSE_SYNC_MINUTES
        self.fields["sync_minutes"].widget.attrs["placeholder"] = usual
        self.fields["sync_minutes"].help_text = f"Empty: every {usual}. From 5 minutes to 1440, which is once a day."
        type_labels = self._offer("employment_type_key", seen, "None: jobs say no employment type")
        remote_labels = self._offer("remote_key", seen, "None: the location’s words say it")
        # What is stored, by field, for those who may only read it.
        self.in_words = {
            "sync_minutes": f"every {connection.sync_minutes or usual} minutes",
            "reopen_rule": connection.get_reopen_rule_display(),
            "employment_type_key": type_labels[connection.employment_type_key],
            "remote_key": remote_labels[connection.remote_key],
        }

    def _offer(self, name: str, seen: Mapping[str, str], none: str) -> dict[str, str]:
        stored = self.initial[name]
        unseen = {stored: f"{stored} (no job has it yet)"} if stored and stored not in seen else {}
        labels = {"": none, **unseen, **seen}
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = list(labels.items())
        return labels
