"""The pages of letters: who may, what they show, and the link to get no more."""

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Employer, Membership, User
from candidates.mail import relaying, unsubscribing, writing
from candidates.mail.adding import add_answer
from candidates.mail.addresses import relay_address
from candidates.models import (
    Activity,
    Candidate,
    Conversation,
    DoNotContact,
    MailState,
    MailTemplate,
    Message,
    Profile,
)
from tests.factories import ApplicationFactory, JobFactory, ProfileFactory

HOME = "/employers/lumen-robotics"


def at(candidate: Candidate) -> str:
    return f"{HOME}/candidates/{candidate.key}/email/"


def fields(page: Any) -> dict[str, str]:
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key
    return {"key": key[1], "subject": "Robots", "body": "Hello {first_name}"}


def test_pages_by_role(
    client: Client, as_rita: Client, as_bob: Client, as_charlie: Client, ada: Candidate, message: Message
) -> None:
    template = MailTemplate.objects.create(
        employer=message.conversation.employer, name="First", subject="Hi", body="Hello"
    )
    conversation, templates = message.conversation.get_absolute_url(), f"{HOME}/messages/templates/"
    read = [f"{HOME}/messages/", conversation, templates]
    write = [at(ada), f"{templates}new/", f"{templates}{template.pk}/"]
    post = [f"{templates}{template.pk}/delete/", f"{HOME}/messages/{message.key}/again/"]
    post += [f"{HOME}/candidates/{ada.key}/do-not-contact/"]
    for page in [*read, *write]:
        assert "/accounts/login/" in client.get(page)["Location"]
        assert as_charlie.get(page).status_code == 404
        assert as_bob.get(page).status_code == (200 if page in read else 403)
        assert as_rita.get(page).status_code == 200
    for page in [*write, *post]:
        assert "/accounts/login/" in client.post(page)["Location"]
        assert as_charlie.post(page).status_code == 404
        assert as_bob.post(page).status_code == 403
    assert Message.objects.count() == MailTemplate.objects.count() == 1
    assert not DoNotContact.objects.exists()


def test_what_belongs_to_another_employer_is_not_there(as_charlie: Client, ada: Candidate, message: Message) -> None:
    template = MailTemplate.objects.create(employer=message.conversation.employer, name="A", subject="B", body="C")
    other = "/employers/other"
    for page in (f"messages/{message.conversation.key}/", f"messages/templates/{template.pk}/"):
        assert as_charlie.get(f"{other}/{page}").status_code == 404
    for page in (f"messages/{message.key}/again/", f"messages/templates/{template.pk}/delete/"):
        assert as_charlie.post(f"{other}/{page}").status_code == 404
    page = as_charlie.get(f"{other}/candidates/{ada.key}/email/")
    assert "First letter" not in page.text
    data = {**fields(page), "template": template.pk, "send": "1"}
    assert "Select a valid choice" in as_charlie.post(f"{other}/candidates/{ada.key}/email/", data).text


def test_a_letter_is_previewed_then_sent_once_however_often_it_is_pressed(
    as_rita: Client, membership: Membership, ada: Candidate
) -> None:
    data = fields(as_rita.get(at(ada)))
    preview = as_rita.post(at(ada), {**data, "preview": "1"}).text
    assert "What arrives" in preview
    assert "Hello Ada" in preview
    assert not Message.objects.exists()
    for _ in range(2):
        answer = as_rita.post(at(ada), {**data, "send": "1"})
    assert answer["Location"] == Conversation.objects.get().get_absolute_url()
    assert Message.objects.get().text == "Hello Ada"
    as_rita.post(at(ada), {**data, "body": "Another letter", "send": "1", "is_confirmed": "on"})  # by going back
    assert Message.objects.count() == 2
    assert "private" not in as_rita.get(answer["Location"]).text


def test_a_template_fills_the_letter_and_asks_for_the_job_it_names(
    as_rita: Client, employer: Employer, ada: Candidate
) -> None:
    body = "Dear {first_name}, {job} at {company}?"
    template = MailTemplate.objects.create(employer=employer, name="First", subject="{job}", body=body)
    job = JobFactory(employer=employer, title="Robot engineer")
    data = fields(as_rita.get(at(ada)))
    used = as_rita.post(at(ada), {**data, "template": template.pk, "use": "1"}).text
    assert body in used
    data |= {"subject": template.subject, "body": body, "preview": "1"}
    assert "Choose a job, or take {job} out." in as_rita.post(at(ada), data).text
    assert "Dear Ada, Robot engineer at Lumen Robotics?" in as_rita.post(at(ada), {**data, "job": job.pk}).text
    assert "{wrong} is not a field" in as_rita.post(at(ada), {**data, "body": "{wrong}"}).text


def test_a_warning_is_ticked_before_the_letter_leaves(
    as_rita: Client, membership: Membership, ada: Candidate, employer: Employer
) -> None:
    unsubscribing.mark(employer=employer, candidate=ada, by=membership.user, reason="<b>no</b>")
    page = as_rita.get(at(ada))
    assert "&lt;b&gt;no&lt;/b&gt;" in page.text
    data = {**fields(page), "send": "1"}
    assert "Tick this" in as_rita.post(at(ada), data).text
    assert not Message.objects.exists()
    as_rita.post(at(ada), {**data, "is_confirmed": "on"})
    assert Message.objects.exists()


def test_whoever_hid_meanwhile_is_nowhere(as_rita: Client, message: Message, ada: Candidate) -> None:
    data = fields(as_rita.get(at(ada)))
    Profile.objects.update(is_listed=False)
    assert as_rita.get(at(ada)).status_code == 404
    assert as_rita.post(at(ada), {**data, "send": "1"}).status_code == 404
    assert as_rita.get(message.conversation.get_absolute_url()).status_code == 404
    assert "Lovelace" not in as_rita.get(f"{HOME}/messages/").text
    assert as_rita.post(f"{HOME}/messages/{message.key}/again/").status_code == 404
    assert as_rita.post(f"{HOME}/candidates/{ada.key}/do-not-contact/").status_code == 404
    assert Message.objects.count() == 1


def test_the_unsubscribed_are_said_to_be(as_rita: Client, ada: Candidate, message: Message) -> None:
    unsubscribing.unsubscribe(ada, message.conversation.employer)
    assert "No e-mail wanted" in as_rita.get(at(ada)).text
    assert "No e-mail wanted" in as_rita.get(message.conversation.get_absolute_url()).text
    assert "Does not want email" in as_rita.get(f"{HOME}/candidates/{ada.key}/").text


def test_unread_answers_come_first_until_their_own_reader_looks(
    as_rita: Client, as_alice: Client, membership: Membership, message: Message
) -> None:
    add_answer(conversation=message.conversation, subject="Re: Robots", text="Yes <script>")
    later = ProfileFactory(candidate__first_name="Zoe", candidate__last_name="Zane").candidate
    writing.send(membership=membership, candidate=later, draft=writing.Draft("Later", "Hello"))
    text = as_rita.get(f"{HOME}/messages/").text
    assert text.index("Ada Lovelace") < text.index("Zoe Zane")
    assert "New answer" in text
    as_alice.get(message.conversation.get_absolute_url())
    assert "New answer" in as_rita.get(f"{HOME}/messages/").text
    assert "Yes &lt;script&gt;" in as_rita.get(message.conversation.get_absolute_url()).text
    assert "New answer" not in as_rita.get(f"{HOME}/messages/").text
    assert "Zoe Zane" not in as_alice.get(f"{HOME}/messages/").text
    assert "Zoe Zane" in as_alice.get(f"{HOME}/messages/?whose=team").text


def test_a_letter_that_failed_says_why_and_is_sent_again(as_rita: Client, message: Message) -> None:
    Message.objects.update(state=MailState.UNKNOWN, code="silent")
    page = message.conversation.get_absolute_url()
    assert "fell silent half-way" in as_rita.get(page).text
    assert "Not sent" in as_rita.get(f"{HOME}/messages/").text
    again = as_rita.post(f"{HOME}/messages/{message.key}/again/", follow=True).text
    assert "It is being sent again." in again
    relaying.pass_on(message.pk)
    assert len(mail.outbox) == 1


def test_lists_cost_the_same_however_long_they_are(
    as_rita: Client, membership: Membership, employer: Employer, message: Message
) -> None:
    def cost(page: str) -> int:
        as_rita.get(page)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert as_rita.get(page).status_code == 200
        return len(queries)

    pages = [f"{HOME}/messages/?whose=team", message.conversation.get_absolute_url(), f"{HOME}/messages/templates/"]
    add_answer(conversation=message.conversation, subject="Hi", text="The first")
    before = [cost(page) for page in pages]
    for number in range(4):
        person = ProfileFactory().candidate
        ApplicationFactory(candidate=person, job=JobFactory(employer=employer))
        writing.send(membership=membership, candidate=person, draft=writing.Draft("Hi", "Hello"))
        add_answer(conversation=message.conversation, subject="Hi", text=f"Letter {number}")
        MailTemplate.objects.create(employer=employer, name=f"T{number}", subject="x", body="y", updated_by=None)
    assert [cost(page) for page in pages] == before


def test_templates_are_written_changed_and_deleted(as_rita: Client, rita: User, employer: Employer) -> None:
    new = f"{HOME}/messages/templates/new/"
    data = {"name": " First  letter ", "subject": "Hi\r\nBcc: x {first_name}", "body": "Dear {frst_name}"}
    assert "{frst_name} is not a field" in as_rita.post(new, data).text
    as_rita.post(new, {**data, "body": "Dear {first_name}"})
    template = MailTemplate.objects.get()
    assert (template.name, template.subject) == ("First letter", "Hi Bcc: x {first_name}")
    assert (template.employer, template.updated_by) == (employer, rita)
    assert "There is a template of this name" in as_rita.post(new, {**data, "name": "FIRST LETTER", "body": "x"}).text
    page = f"{HOME}/messages/templates/{template.pk}/"
    as_rita.post(page, {"name": "First letter", "subject": "Hello", "body": "Hi"})
    template.refresh_from_db()
    assert template.subject == "Hello"
    as_rita.post(f"{page}delete/")
    assert not MailTemplate.objects.exists()


def test_the_card_shows_letters_marks_and_the_own_relay_address(
    as_rita: Client, as_bob: Client, message: Message, ada: Candidate
) -> None:
    card = f"{HOME}/candidates/{ada.key}/"
    own = relay_address(message.conversation.member_token)
    assert own in as_rita.get(card).text
    assert own not in as_bob.get(card).text
    assert "No answer yet" in as_bob.get(card).text
    as_rita.post(f"{card}do-not-contact/", {"on": "yes", "reason": "x" * 301})
    assert not DoNotContact.objects.exists()
    for _ in range(2):
        as_rita.post(f"{card}do-not-contact/", {"on": "yes", "reason": "By phone"})
    assert "Marked “do not contact” by Rita Weber: By phone" in as_rita.get(card).text
    for _ in range(2):
        as_rita.post(f"{card}do-not-contact/", {"on": "no"})
    assert Activity.objects.filter(kind__in=("do_not_contact", "contact_again")).count() == 2


def test_an_address_for_the_own_mail_program_is_made_when_asked_for(
    as_rita: Client, membership: Membership, ada: Candidate
) -> None:
    assert "Get the address" in as_rita.get(at(ada)).text
    assert not Conversation.objects.exists()
    as_rita.post(at(ada), {"address": "1"})
    conversation = Conversation.objects.get()
    assert relay_address(conversation.member_token) in as_rita.get(at(ada)).text
    assert "Lovelace" not in as_rita.get(f"{HOME}/messages/").text


def link(message: Message) -> str:
    relaying.pass_on(message.pk)
    return str(mail.outbox[-1].extra_headers["List-Unsubscribe"]).strip("<>").removeprefix("http://localhost:8000")


def test_unsubscribing_needs_one_click_no_log_in_and_works_twice(message: Message, ada: Candidate) -> None:
    program = Client(enforce_csrf_checks=True)
    page = link(message)
    assert "Do you want no more email from Lumen Robotics" in program.get(page).text
    assert not DoNotContact.objects.exists()  # a scanner that follows links says nothing
    for _ in range(2):
        assert program.post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert DoNotContact.objects.get().employer == message.conversation.employer
    assert "You get no more email from Lumen Robotics" in program.get(page).text
    program.post(page, {"what": "all"})
    assert "You get no more email from employers" in program.get(page).text
    program.post(page, {"what": "again"})
    assert not DoNotContact.objects.exists()


def test_a_link_that_is_not_ours_is_nothing_and_one_of_the_gone_says_so(client: Client, message: Message) -> None:
    page = link(message)
    assert client.get(page.replace("/unsubscribe/", "/unsubscribe/9")).status_code == 404
    message.conversation.candidate.delete()
    for answer in (client.get(page), client.post(page)):
        assert "There is nothing left to write to" in answer.text


@pytest.mark.parametrize("name", ["messages", "mail_templates"])
def test_empty_lists_say_what_to_do(as_rita: Client, as_bob: Client, name: str) -> None:
    page = reverse(name, args=["lumen-robotics"])
    assert "yet" in as_rita.get(page).text
    assert "yet" in as_bob.get(page).text
