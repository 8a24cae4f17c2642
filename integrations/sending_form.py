"""The form about how the people of one connected job are sent to Greenhouse."""

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import User
from integrations.hiring_plan import Choice, Lists
from integrations.link_settings import Settings, creditable, used_sources, used_stages
from integrations.models import Connection, JobLink, Sends, SendsAs


class CreditField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Which member gets the credit; the form fills in who may be chosen."""

    def __init__(self) -> None:
        super().__init__(
            label="Credit",
            queryset=User.objects.none(),
            required=False,
            help_text="Who gets the credit in Greenhouse, found there by their email.",
        )

    def label_from_instance(self, obj: User) -> str:
        name = obj.get_full_name()
        return f"{name} · {obj.email}" if name else obj.email


class SendingForm(forms.Form):
    """How the people of one connected job are sent to Greenhouse.

    Stages and sources are Greenhouse's own lists. While one is not at hand, only what jobs use already may be chosen.
    """

    sends = forms.ChoiceField(label="Applicants are sent", choices=Sends.choices, widget=forms.RadioSelect)
    sends_as = forms.ChoiceField(label="They arrive as", choices=SendsAs.choices, widget=forms.RadioSelect)
    stage = forms.ChoiceField(
        label="Stage", required=False, help_text="Where candidates start. Prospects have no stage."
    )
    source = forms.ChoiceField(label="Source", required=False, help_text="Where Greenhouse's reports count them.")
    credit_to = CreditField()

    def __init__(
        self,
        data: Any = None,
        *,
        link: JobLink,
        lists: Lists | None = None,
        initial: dict[str, Any] | None = None,
        prefix: str = "sending",
    ) -> None:
        self.stored = {
            "sends": link.sends,
            "sends_as": link.sends_as,
            "stage": link.stage_remote_id,
            "source": link.source_remote_id,
            "credit_to": link.credit_to_id,
        }
        super().__init__(data, initial={**self.stored, **(initial or {})}, prefix=prefix)
        self.lists = lists or Lists()
        stage = Choice(link.stage_remote_id, link.stage_name)
        self._stages = offer(self.fields["stage"], stage, self.lists.stages, used_stages(link), "The first stage")
        source = Choice(link.source_remote_id, link.source_name)
        used = used_sources(link.post.connection)
        usual = f"As for all jobs ({usual_source(link.post.connection)})"
        self._sources = offer(self.fields["source"], source, self.lists.sources, used, usual)
        self._offer_members(link)

    def _offer_members(self, link: JobLink) -> None:
        members = self.fields["credit_to"]
        assert isinstance(members, CreditField)  # noqa: S101 - for the type checker
        people = creditable(link.job.employer_id).values("pk")
        members.queryset = User.objects.filter(Q(pk__in=people) | Q(pk=link.credit_to_id)).order_by("first_name", "pk")
        acting = link.post.connection.acting_user_name or "Greenhouse’s service user"
        members.empty_label = f"{acting}, as whom we act"

    @property
    def was_sent(self) -> bool:
        return self.add_prefix("sends") in self.data

    @property
    def has_lists(self) -> bool:
        return self.lists.stages is not None and self.lists.sources is not None

    @property
    def is_shown(self) -> bool:
        """True when somebody is busy with it, so that it is not to be folded away."""
        return self.lists != Lists() or any(self._differs(name) for name in self.fields)

    @property
    def needs_lists(self) -> bool:
        """True if a stage or source was chosen that only Greenhouse's lists can tell to be one."""
        return any(self[name].value() and self._differs(name) for name in ("stage", "source"))

    def _differs(self, name: str) -> bool:
        return str(self[name].value() or "") != str(self.stored[name] or "")

    @property
    def settings(self) -> Settings:
        data = self.cleaned_data
        return Settings(
            sends=data["sends"],
            sends_as=data["sends_as"],
            stage_remote_id=data["stage"],
            stage_name=self._stages[data["stage"]],
            source_remote_id=data["source"],
            source_name=self._sources[data["source"]],
            credit_to=data["credit_to"],
        )

    def as_typed(self) -> dict[str, Any]:
        """What was sent, unchecked, to show the form once more."""
        return {name: self.data.get(self.add_prefix(name), "") for name in self.fields}


def offer(
    field: forms.Field, own: Choice, listed: list[Choice] | None, used: list[Choice], otherwise: str
) -> dict[str, str]:
    """Fill a choice with what Greenhouse lists, else with what jobs use; the own one stays even if it is gone.

    Shape: the names by id of all that may be chosen.
    """
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    names = {choice.remote_id: choice.name for choice in (used if listed is None else listed)}
    labels = dict(names)
    if own.remote_id and own.remote_id not in names:
        names[own.remote_id] = own.name
        labels = {own.remote_id: f"{own.name} (gone from Greenhouse)", **labels}
    field.choices = [("", otherwise), *labels.items()]
    unknown = "Greenhouse does not list this one any more. Choose another."
    not_now = "Greenhouse did not show its list, so no other choice can be checked. Try again in a minute."
    field.error_messages["invalid_choice"] = unknown if listed is not None else not_now
    return {**names, "": ""}


def usual_source(connection: Connection) -> str:
    """The name of the source that people carry unless told otherwise."""
    return connection.source_name if connection.source_remote_id else "none"
