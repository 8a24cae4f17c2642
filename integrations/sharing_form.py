"""The form of *Send to Greenhouse*: to which job, as what, where, from which source, to whose credit."""

from typing import Any

from django import forms

from accounts.models import User
from integrations.arrival import Arrival
from integrations.hiring_plan import Choice, Lists
from integrations.ids import as_ids
from integrations.link_settings import creditable, used_sources
from integrations.models import Connection, GreenhouseJob, SendsAs
from integrations.roles import jobs_to_send_to
from integrations.sending_form import CreditField, offer, usual_source

NO_JOB, OWN_JOB = "none", "own"
_NOTHING = Choice("", "")


class ShareForm(forms.Form):
    """What a recruiter asks for one person, or for many.

    Stages, sources and pools are Greenhouse's own lists: only what was seen there may be chosen. For many there is the
    job `own`: each goes to the job that theirs is connected to, as the settings of that job say.
    """

    greenhouse_job = forms.CharField(label="Greenhouse job", required=False)
    sends_as = forms.ChoiceField(
        label="Send as", choices=SendsAs.choices, initial=SendsAs.CANDIDATE, widget=forms.RadioSelect
    )
    stage = forms.ChoiceField(label="Stage", required=False, help_text="Where they start.")
    pool = forms.ChoiceField(label="Prospect pool", required=False, help_text="Where prospects are kept.")
    source = forms.ChoiceField(label="Source", required=False, help_text="Where Greenhouse's reports count them.")
    credit_to = CreditField()

    def __init__(
        self,
        data: Any = None,
        *,
        connection: Connection,
        by: User,
        lists: Lists | None = None,
        takes_own: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.connection, self.by, self.takes_own = connection, by, takes_own
        self.lists = lists or Lists()
        self._stages = offer(self.fields["stage"], _NOTHING, self.lists.stages, [], "The first stage")
        usual, used = f"As for all jobs ({usual_source(connection)})", used_sources(connection)
        self._sources = offer(self.fields["source"], _NOTHING, self.lists.sources, used, usual)
        self._pools = _offer_pools(self.fields["pool"], self.lists)
        members = self.fields["credit_to"]
        assert isinstance(members, CreditField)  # noqa: S101 - for the type checker
        members.queryset = creditable(connection.employer_id).exclude(pk=by.pk)
        members.empty_label = f"{by}, who sends"

    @property
    def chosen_job(self) -> str:
        """What the radio buttons hold: the primary key of a Greenhouse job, `none`, `own` or nothing yet."""
        return str(self["greenhouse_job"].value() or "")

    @property
    def job(self) -> GreenhouseJob | None:
        """The chosen job if it can be chosen."""
        return jobs_to_send_to(self.connection).filter(pk__in=as_ids([self.chosen_job])).first()

    @property
    def goes_to_own(self) -> bool:
        return self.takes_own and self.chosen_job == OWN_JOB

    @property
    def needs_lists(self) -> bool:
        """True if something was chosen that only Greenhouse's lists can tell to be there."""
        return not self.goes_to_own and any(self[name].value() for name in ("stage", "source", "pool"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["job"] = self.job
        if self.goes_to_own:
            return data
        if data["job"] is None and self.chosen_job not in ("", NO_JOB):
            self.add_error("greenhouse_job", "This job is not open in Greenhouse any more. Choose another.")
        elif data["job"] is None and data.get("sends_as") != SendsAs.PROSPECT:
            self.add_error("greenhouse_job", "Choose a job. Only a prospect can go without one.")
        return data

    @property
    def arrival(self) -> Arrival:
        data = self.cleaned_data
        is_prospect = data["sends_as"] == SendsAs.PROSPECT
        stage = "" if is_prospect else data["stage"]
        pool, pool_stage = self._pools[data["pool"] if is_prospect else ""]
        return Arrival(
            sends_as=data["sends_as"],
            stage_remote_id=stage,
            stage_name=self._stages[stage],
            pool_remote_id=pool.remote_id,
            pool_name=pool.name,
            pool_stage_remote_id=pool_stage.remote_id,
            pool_stage_name=pool_stage.name,
            source_remote_id=data["source"],
            source_name=self._sources[data["source"]],
            credit_to=data["credit_to"] or self.by,
        )

    def as_typed(self) -> dict[str, Any]:
        """What was sent, unchecked, to show the form once more."""
        return {name: self.data[name] for name in self.fields if name in self.data}


def _offer_pools(field: forms.Field, lists: Lists) -> dict[str, tuple[Choice, Choice]]:
    """Offer each pool, and each stage of it, as `pool/stage`."""
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    places: dict[str, tuple[Choice, Choice]] = {"": (_NOTHING, _NOTHING)}
    choices: list[Any] = [("", "No pool")]
    for pool in lists.pools or ():
        own = Choice(pool.remote_id, pool.name)
        in_pool = {pool.remote_id: _NOTHING} | {f"{pool.remote_id}/{stage.remote_id}": stage for stage in pool.stages}
        places |= {value: (own, stage) for value, stage in in_pool.items()}
        labels = [
            (value, f"{pool.name}, {stage.name}" if stage.name else pool.name) for value, stage in in_pool.items()
        ]
        choices.append((pool.name, labels))
    field.choices = choices
    unknown = "Greenhouse does not list this pool any more. Choose another."
    not_now = "Greenhouse did not show its prospect pools, so none can be chosen now. Try again in a minute."
    field.error_messages["invalid_choice"] = unknown if lists.pools is not None else not_now
    return places
