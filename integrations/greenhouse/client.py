"""The one door to an employer's Greenhouse: what connecting, importing, exporting and tracking ask of it.

No models, no settings, no retries. Numbers in brackets are sections of the Harvest v3 contract.

Source: harvestdocs.greenhouse.io, API reference, read 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from integrations.greenhouse import transport
from integrations.greenhouse.errors import NotFound
from integrations.greenhouse.harvest import IDS_PER_CALL, Body, Harvest, Id, Page, TokenSource, parse_reply, stamp
from integrations.greenhouse.schemas import (
    ApplicationPayload,
    ApplicationStagePayload,
    AttachmentPayload,
    CandidatePayload,
    InterviewStagePayload,
    NotePayload,
    ProspectDetailPayload,
    ProspectPoolPayload,
    ProspectPoolStagePayload,
    ReferrerPayload,
    RejectionDetailPayload,
    RejectionReasonPayload,
    SourcePayload,
    UserEmailPayload,
    UserPayload,
    WebhookPayload,
)

__all__ = ["CreatedCandidate", "GreenhouseClient", "Page", "People", "TokenSource"]

ATTACHMENT_READ_SECONDS: Final = 60.0
WEBHOOK_READ_SECONDS: Final = 40.0  # a ping is part of the answer


@dataclass(frozen=True, slots=True)
class CreatedCandidate:
    """What `send_candidate` made; the application's id is None when the reply did not say it: look it up."""

    candidate_id: int
    application_id: int | None


@dataclass(frozen=True, slots=True)
class People:
    """People who were asked for: those we may see, and how many more there are whom we may not (6.6)."""

    seen: tuple[CandidatePayload, ...]
    hidden: int


class GreenhouseClient(Harvest):
    """Harvest v3 in the words of our work; see `Harvest` for what holds of every method."""

    def fetch_users_by_email(self, email: str) -> list[UserPayload]:
        """Return the users who have this address, primary or secondary, in any case."""
        rows = self.fetch_all("user_emails", UserEmailPayload, params={"email": email})
        ids = [row.user_id for row in rows if _is_same_email(row.email, email)]
        return list(self.fetch_by_ids("users", UserPayload, key="ids", ids=ids))

    def fetch_candidate(self, candidate_id: Id) -> People:
        """Return the person with this id: nobody once merged away or deleted."""
        return self._people({"ids": str(int(candidate_id))}, lambda person: person.id == int(candidate_id))

    def fetch_candidates(self, ids: Iterable[Id]) -> People:
        """Return those of these people who are there, 50 to a request; the others were merged away or deleted."""
        wanted = sorted({int(remote_id) for remote_id in ids})
        parts = []
        for start in range(0, len(wanted), IDS_PER_CALL):
            some = wanted[start : start + IDS_PER_CALL]
            params = {"ids": ",".join(map(str, some))}
            parts.append(self._people(params, lambda person, some=some: person.id in some))  # type: ignore[misc]
        return People(tuple(person for part in parts for person in part.seen), sum(part.hidden for part in parts))

    def fetch_recent_candidates(self, since: datetime, cursor: str | None) -> Page[CandidatePayload]:
        """Return one page of the people to whom something happened since then, the newest people first."""
        params = {"last_activity_at": f"gte|{stamp(since)}"}
        return self.fetch_page("candidates", CandidatePayload, params=params, cursor=cursor, lenient=True)

    def fetch_candidates_by_email(self, email: str) -> People:
        """Return the people who have this address among theirs, in any case."""

        def has_it(person: CandidatePayload) -> bool:
            return any(_is_same_email(address.value, email) for address in person.email_addresses)

        return self._people({"email": email}, has_it)

    def _people(self, params: Mapping[str, str], fits: Callable[[CandidatePayload], bool]) -> People:
        seen: dict[int, CandidatePayload] = {}
        hidden = 0
        for page in self.fetch_pages("candidates", CandidatePayload, params=params):
            hidden += page.skipped
            # Checked again here: adopting a stranger because a filter was ignored would be beyond repair.
            seen |= {person.id: person for person in page.items if fits(person)}
        return People(tuple(seen.values()), hidden)

    def fetch_applications(
        self,
        *,
        ids: Iterable[Id] | None = None,
        candidate_ids: Iterable[Id] | None = None,
        job_ids: Iterable[Id] | None = None,
    ) -> list[ApplicationPayload]:
        """Return the applications that match every filter given; an empty filter matches none.

        Raises: ValueError when no filter is given at all.
        """
        given = {"ids": ids, "candidate_ids": candidate_ids, "job_ids": job_ids}
        filters = {key: values for key, values in given.items() if values is not None}
        if not filters:
            raise ValueError("all applications of an organisation are never wanted")
        return list(self.fetch_where("applications", ApplicationPayload, filters=filters))

    def fetch_applications_since(
        self, moment: datetime, *, job_ids: Iterable[Id] | None = None
    ) -> list[ApplicationPayload]:
        """Return the applications with any activity since then: on these jobs, or all prospects without any given.

        Shape: where Greenhouse ignores the date, there are more of them; each is as it stands now.
        """
        params = {"last_activity_at": f"gte|{stamp(moment)}"}
        if job_ids is None:
            return list(self.fetch_all("applications", ApplicationPayload, params={**params, "prospect": "true"}))
        filters = {"job_ids": job_ids}
        return list(self.fetch_where("applications", ApplicationPayload, filters=filters, params=params))

    def fetch_users(self, ids: Iterable[Id]) -> list[UserPayload]:
        """Return these users."""
        return list(self.fetch_by_ids("users", UserPayload, key="ids", ids=ids))

    def fetch_attachments(self, *, application_id: Id) -> list[AttachmentPayload]:
        """Return the files of one application."""
        ids = [application_id]
        return list(self.fetch_by_ids("attachments", AttachmentPayload, key="application_ids", ids=ids))

    def fetch_notes(self, *, candidate_id: Id) -> list[NotePayload]:
        """Return the activity feed of one candidate."""
        return list(self.fetch_by_ids("notes", NotePayload, key="candidate_ids", ids=[candidate_id]))

    def fetch_application_stages(
        self, application_ids: Iterable[Id], *, current: bool = True
    ) -> list[ApplicationStagePayload]:
        """Return the stages of applications: the current one of each, or the whole history too."""
        filters = {"application_ids": application_ids}
        params = {"current": "true"} if current else None
        return list(self.fetch_where("application_stages", ApplicationStagePayload, filters=filters, params=params))

    def fetch_rejection_details(self, application_ids: Iterable[Id]) -> list[RejectionDetailPayload]:
        """Return why and when these applications were rejected; the others have no row."""
        filters = {"application_ids": application_ids}
        return list(self.fetch_where("rejection_details", RejectionDetailPayload, filters=filters))

    def fetch_rejection_reasons(self) -> list[RejectionReasonPayload]:
        """Return all rejection reasons, with Greenhouse's own, which it leaves out unless asked (8)."""
        params = {"include_defaults": "true"}
        return list(self.fetch_all("rejection_reasons", RejectionReasonPayload, params=params))

    def fetch_sources(self) -> list[SourcePayload]:
        """Return all sources of the organisation."""
        return list(self.fetch_all("sources", SourcePayload))

    def fetch_referrers(self, user_ids: Iterable[Id]) -> list[ReferrerPayload]:
        """Return what stands for these users as the ones who get the credit (6.5); not everybody has such a record."""
        return list(self.fetch_where("referrers", ReferrerPayload, filters={"user_ids": user_ids}))

    def fetch_prospect_pools(self) -> list[ProspectPoolPayload]:
        """Return all pools that prospects can be put into."""
        return list(self.fetch_all("prospect_pools", ProspectPoolPayload, params={"active": "true"}))

    def fetch_prospect_pool_stages(self, pool_ids: Iterable[Id]) -> list[ProspectPoolStagePayload]:
        """Return the stages of these pools."""
        filters = {"prospect_pool_ids": pool_ids}
        return list(self.fetch_where("prospect_pool_stages", ProspectPoolStagePayload, filters=filters))

    def fetch_prospect_details(self, application_ids: Iterable[Id]) -> list[ProspectDetailPayload]:
        """Return in which pool these prospects are; applications on a job have no row."""
        filters = {"application_ids": application_ids}
        return list(self.fetch_where("prospect_details", ProspectDetailPayload, filters=filters))

    def fetch_interview_stages(self, job_ids: Iterable[Id]) -> list[InterviewStagePayload]:
        """Return the hiring plans of these jobs, inactive stages included."""
        filters = {"job_ids": job_ids}
        return list(self.fetch_where("job_interview_stages", InterviewStagePayload, filters=filters))

    def fetch_webhooks(self) -> list[WebhookPayload]:
        """Return the webhooks that we, as a partner, have in this organisation (6.15)."""
        return list(self.fetch_all("webhooks", WebhookPayload))

    def send_candidate(self, body: Body) -> CreatedCandidate:
        """Create a person, with at most one application; Greenhouse never merges by itself (6.6).

        Effects: one POST.
        Repeat: a second call makes a second person.
        """
        reply = self.write("POST", "/v3/candidates", body)
        record = transport.decode(reply)
        if not isinstance(record, dict):
            raise reply.misfit()
        # Most have seen an envelope, some the bare person.
        candidate_id = _id_of(record.get("candidate", record))
        if candidate_id is None:
            raise reply.misfit()
        # The person is certain and must not be lost; an application we cannot read is looked up by the
        # caller.
        return CreatedCandidate(candidate_id, _id_of(record.get("application")))

    def send_application(self, body: Body) -> ApplicationPayload:
        """Put a candidate on a job.

        Effects: one POST.
        Repeat: not documented (6.7); look before a second call.
        """
        return parse_reply(self.write("POST", "/v3/applications", body), ApplicationPayload)

    def send_attachment(self, body: Body) -> AttachmentPayload:
        """Attach a file to an application.

        Effects: one POST.
        Repeat: a second copy of the file.
        """
        reply = self.write("POST", "/v3/attachments", body, read_seconds=ATTACHMENT_READ_SECONDS)
        return parse_reply(reply, AttachmentPayload)

    def send_note(self, body: Body) -> NotePayload:
        """Add a note to a candidate; a note cannot be changed or deleted.

        Effects: one POST.
        Repeat: a second note.
        """
        return parse_reply(self.write("POST", "/v3/notes", body), NotePayload)

    def send_webhook(self, body: Body) -> WebhookPayload:
        """Make a webhook for one event.

        Effects: one POST, during which Greenhouse pings the address; one that does not answer comes back deactivated.
        Repeat: a second webhook.
        """
        reply = self.write("POST", "/v3/webhooks", body, read_seconds=WEBHOOK_READ_SECONDS)
        return parse_reply(reply, WebhookPayload)

    def update_webhook(self, webhook_id: Id, body: Body) -> WebhookPayload:
        """Change a webhook.

        Effects: one PATCH, during which Greenhouse pings the address.
        Repeat: harmless.
        """
        path = f"/v3/webhooks/{int(webhook_id)}"
        return parse_reply(self.write("PATCH", path, body, read_seconds=WEBHOOK_READ_SECONDS), WebhookPayload)

    def delete_webhook(self, webhook_id: Id) -> None:
        """Delete a webhook; one that is gone already is fine.

        Effects: one DELETE.
        Repeat: harmless.
        """
        with suppress(NotFound):
            self.write("DELETE", f"/v3/webhooks/{int(webhook_id)}")

    def update_candidate(self, candidate_id: Id, body: Body) -> CandidatePayload:
        """Change a person; each list in `body` replaces the whole list there (6.6).

        Effects: one PATCH.
        Repeat: harmless.
        """
        return parse_reply(self.write("PATCH", f"/v3/candidates/{int(candidate_id)}", body), CandidatePayload)


def _is_same_email(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _id_of(record: object) -> int | None:
    found = record.get("id") if isinstance(record, dict) else None
    return found if type(found) is int else None
