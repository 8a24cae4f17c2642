"""People from a CSV file: what each row would do is said first, done after that, and done once."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from candidates import tasks
from candidates.importing import forgetting, letters, running, services
from candidates.joining.profiles import ProfileData
from candidates.joining.profiles import save as save_profile
from candidates.models import Candidate, CandidateImport, HiddenFrom, ImportState, Profile, ProfileText, RowOutcome
from tests.factories import ApplicationFactory, ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db
HEAD = ["first_name", "last_name", "email", "title", "skills", "years", "hidden_from"]
ADA = ["Ada", "Okafor", "ada@example.org", "Welder", "Welding; TIG", "9", "Acme, Inc.; acme.example"]
BOB = ["Bob", "Brandt", "BOB@example.org", "Baker", "", "", ""]


@pytest.fixture
def operator() -> User:
    user: User = UserFactory(is_staff=True, is_superuser=True)
    return user


def file_of(*rows: list[str], head: list[str] = HEAD) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode()


def brought(operator: User, *rows: list[str], **more: Any) -> CandidateImport:
    """An import that was read."""
    each = services.start(
        content=file_of(*rows), filename="people.csv", by=operator, **{"writes_letters": False, **more}
    )
    finish(each)
    return each


def finish(each: CandidateImport) -> None:
    while running.run(each.pk):
        pass
    each.refresh_from_db()


def confirmed(operator: User, *rows: list[str], **more: Any) -> CandidateImport:
    each = brought(operator, *rows, **more)
    assert services.confirm(each=each, by=operator)
    finish(each)
    return each


def outcomes(each: CandidateImport) -> dict[int, tuple[str, str]]:
    return {row.line: (row.outcome, " ".join(reason for _, reason in row.problems)) for row in each.rows.all()}


def test_read_then_every_row_is_weighed_and_nobody_is_there_yet(operator: User) -> None:
    each = brought(operator, ADA, ["", "", "nobody"], BOB, ["Ada", "Twice", "ADA@example.org"])
    assert each.state == ImportState.READY
    assert {line: outcome for line, (outcome, _) in outcomes(each).items()} == {
        2: RowOutcome.NEW,
        3: RowOutcome.BAD,
        4: RowOutcome.NEW,
        5: RowOutcome.SKIPPED,
    }
    assert each.rows.get(line=3).problems == [
        ["first_name", "There is no first name."],
        ["last_name", "There is no last name."],
        ["email", "This is not an email address."],
    ]
    assert "Line 2 has the same address" in outcomes(each)[5][1]
    assert not Candidate.objects.exists()


def test_confirm_then_they_are_in_the_network_found_and_hidden_as_they_said(operator: User) -> None:
    each = confirmed(operator, ADA, BOB)
    assert each.state == ImportState.DONE
    assert each.confirmed_by == operator
    ada = Profile.objects.get(candidate__email="ada@example.org")
    assert (ada.candidate.name, ada.current_title, ada.years) == ("Ada Okafor", "Welder", 9)
    assert sorted(ada.terms.values_list("name", flat=True)) == ["TIG", "Welding"]
    assert sorted(HiddenFrom.objects.values_list("key", flat=True)) == ["acme"]
    assert "tig" in ProfileText.objects.get(profile=ada).headline
    assert Candidate.objects.filter(email="bob@example.org").exists()
    assert {row.candidate_id for row in each.rows.all()} == set(Candidate.objects.values_list("pk", flat=True))


def test_confirm_when_pressed_twice_or_run_twice_then_everybody_is_there_once(operator: User) -> None:
    each = confirmed(operator, ADA, BOB)
    assert not services.confirm(each=each, by=operator)
    assert running.run(each.pk) is False
    assert Candidate.objects.count() == Profile.objects.count() == 2


def test_import_when_the_worker_dies_between_portions_then_the_next_goes_on(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PER_PORTION", 2)
    monkeypatch.setattr(running, "SLICE_SECONDS", -1)
    people = [[f"P{number}", "Person", f"p{number}@example.org"] for number in range(5)]
    each = services.start(content=file_of(*people), filename="x.csv", writes_letters=False, by=operator)
    assert running.run(each.pk) is True
    assert each.rows.count() == 2
    finish(each)
    assert (each.state, each.rows.count()) == (ImportState.READY, 5)
    services.confirm(each=each, by=operator)
    assert running.run(each.pk) is True
    assert Profile.objects.count() == 2
    CandidateImport.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))  # killed with it in hand
    assert (running.run(each.pk), running.due()) == (False, [])
    CandidateImport.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert running.due() == [each.pk]
    finish(each)
    assert (each.state, Profile.objects.count()) == (ImportState.DONE, 5)
    assert not each.rows.filter(done_at=None).exists()


def test_import_when_somebody_joined_themselves_then_they_are_left_alone_also_after_the_dry_run(operator: User) -> None:
    own = ProfileFactory(candidate__email="ada@example.org", current_title="Poet")
    each = brought(operator, ADA, BOB)
    assert outcomes(each)[2] == (RowOutcome.SKIPPED, outcomes(each)[2][1])
    assert "joined themselves" in outcomes(each)[2][1]
    bob = ProfileFactory(candidate__email="bob@example.org", current_title="Singer")  # between look and confirm
    services.confirm(each=each, by=operator)
    finish(each)
    for profile, title in ((own, "Poet"), (bob, "Singer")):
        profile.refresh_from_db()
        assert (profile.current_title, profile.imported_at) == (title, None)
    assert outcomes(each)[3][0] == RowOutcome.SKIPPED


def test_import_when_imported_before_then_changes_what_the_file_says_and_keeps_the_rest(operator: User) -> None:
    confirmed(operator, ADA)
    profile = Profile.objects.get()
    profile.terms.model.objects.filter(key="tig").update(name="TIG")
    each = confirmed(operator, ["Ada", "Okafor-Hale", "ada@example.org", "", "Welding; MIG", "", "Umbra"])
    assert outcomes(each)[2][0] == RowOutcome.CHANGED
    profile = Profile.objects.get()
    assert (profile.candidate.name, profile.current_title, profile.years) == ("Ada Okafor-Hale", "Welder", 9)
    assert sorted(profile.terms.values_list("name", flat=True)) == ["MIG", "Welding"]
    assert sorted(HiddenFrom.objects.values_list("key", flat=True)) == ["acme", "umbra"], "nobody is unhidden"
    assert "mig" in ProfileText.objects.get().headline
    again = brought(operator, ["Ada", "Okafor-Hale", "ada@example.org", "Welder"])
    assert outcomes(again)[2] == (RowOutcome.SKIPPED, "All of this is known already.")


def test_import_when_the_person_saved_the_profile_since_then_it_is_theirs(operator: User) -> None:
    confirmed(operator, ADA)
    save_profile(email="ada@example.org", data=ProfileData(first_name="Ada", last_name="Okafor"))
    assert "It is theirs." in outcomes(brought(operator, ["Ada", "New", "ada@example.org"]))[2][1]


def test_import_when_somebody_only_applied_then_gets_a_profile_and_keeps_the_name(operator: User) -> None:
    application = ApplicationFactory(candidate__email="ada@example.org", candidate__first_name="Adaeze")
    confirmed(operator, ADA)
    assert Profile.objects.get().candidate == application.candidate
    application.candidate.refresh_from_db()
    assert application.candidate.first_name == "Adaeze"


def test_import_when_asked_to_then_the_new_people_get_one_letter_without_a_word_of_the_file(operator: User) -> None:
    confirmed(operator, ADA, BOB, writes_letters=True)
    Candidate.objects.get(email="bob@example.org").delete()
    for _ in range(2):
        for row_id in letters.owed():
            tasks.write_import_letter(row_id)
    (letter,) = mail.outbox
    assert letter.to == ["ada@example.org"]
    assert "/profile/" in letter.body
    assert "Ada" not in letter.body
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert letters.owed() == []


def test_import_when_nobody_asked_for_letters_then_none_is_owed(operator: User) -> None:
    confirmed(operator, ADA)
    assert letters.owed() == []


def test_cancel_then_the_file_is_gone_and_nothing_can_be_confirmed(operator: User) -> None:
    each = brought(operator, ADA)
    path = each.file.storage.path(each.file.name)
    assert services.cancel(each=each)
    assert not services.confirm(each=each, by=operator)
    assert not services.cancel(each=each)
    with pytest.raises(FileNotFoundError):
        open(path)  # noqa: PTH123, SIM115


def test_sweep_when_a_week_old_then_file_and_quotes_are_gone_and_the_outcome_stays(operator: User) -> None:
    each = confirmed(operator, ADA, ["Eve", "Example", "not-an-address"])
    waiting = brought(operator, BOB)
    forgetting.sweep()
    each.refresh_from_db()
    assert each.file
    CandidateImport.objects.update(uploaded_at=timezone.now() - timedelta(days=8))
    tasks.sweep_files()
    each.refresh_from_db()
    waiting.refresh_from_db()
    assert not each.file
    assert (each.state, waiting.state) == (ImportState.DONE, ImportState.CANCELLED)
    assert outcomes(each)[3] == (RowOutcome.BAD, "")


def test_run_when_the_file_is_gone_then_says_so(operator: User) -> None:
    each = services.start(content=file_of(ADA), filename="x.csv", writes_letters=False, by=operator)
    each.file.storage.delete(each.file.name)
    finish(each)
    assert (each.state, each.problem) == (ImportState.UNREADABLE, "The file is gone. Choose it again.")
