"""The words of a profile: as they are compared, and kept in step."""

import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from candidates.models import Document, DocumentText, Profile, ProfileText
from candidates.search import index
from candidates.search.words import Clause, fold, parse, term_word
from tests.factories import CandidateFactory, DocumentFactory, ProfileFactory


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Zoë  Müller", "zoe muller"),
        ("C++, C#; .NET and Node.js/TypeScript", "cplusplus csharp dotnet and nodejs typescript"),
        ("front-end_dev (m/f/d)", "front end dev m f d"),
        ("\x00 ½ 🚀 … '\"", "1 2"),
        ("x" * 5000, "x" * 64),
    ],
)
def test_fold_leaves_plain_words(written: str, compared: str) -> None:
    assert fold(written) == compared


def test_parse_when_written_like_in_a_search_engine_is_clauses() -> None:
    assert parse('the python OR "machine learning" -java back-end') == (
        Clause((("python",), ("machine", "learning"))),
        Clause((("java",),), is_excluded=True),
        Clause((("back", "end"),)),
    )


@pytest.mark.parametrize("odd", ["", "OR", "OR OR", '"', '""', "-", "--", "the of", "* ( ) & | !", "\x00", "🚀"])
def test_parse_when_nothing_is_said_is_empty(odd: str) -> None:
    assert parse(odd) == ()


def test_parse_when_there_are_too_many_words_stops() -> None:
    assert len(parse("word " * 500)) == 12


@pytest.mark.django_db
def test_refresh_writes_the_words_of_everything_and_again_changes_nothing() -> None:
    document: Document = DocumentFactory(candidate=CandidateFactory(first_name="Zoë", last_name="Núñez"))
    DocumentText.objects.create(document=document, text="Wrote firmware in C++")
    profile: Profile = ProfileFactory(
        candidate=document.candidate, resume=document, current_title="Engineer", skills=["Rust"], locations=["Zürich"]
    )
    index.refresh([profile.pk])
    index.refresh([profile.pk, profile.pk])
    text = ProfileText.objects.get()
    assert text.headline == "zoe nunez engineer rust"
    assert text.wishes.split() == [
        "zurich",
        *(term_word(pk) for pk in profile.terms.order_by("pk").values_list("pk", flat=True)),
    ]
    assert text.resume == "wrote firmware in cplusplus"


@pytest.mark.django_db
def test_refresh_asks_as_often_for_many_as_for_one(django_assert_num_queries: Any) -> None:
    profiles = ProfileFactory.create_batch(3)
    for some in (profiles[:1], profiles):
        with django_assert_num_queries(6):
            index.refresh(profile.pk for profile in some)


@pytest.mark.django_db
def test_a_deleted_profile_takes_its_words_out_of_the_index() -> None:
    profile: Profile = ProfileFactory(current_title="Beekeeper")
    index.refresh([profile.pk])
    profile.candidate.delete()
    assert not ProfileText.objects.exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT rowid FROM candidates_profiletext_words('beekeeper')")
            assert cursor.fetchall() == []
            cursor.execute(
                "INSERT INTO candidates_profiletext_words(candidates_profiletext_words) VALUES ('integrity-check')"
            )


@pytest.mark.django_db
def test_stale_names_who_was_changed_or_never_read(django_assert_num_queries: Any) -> None:
    new, read, changed = ProfileFactory.create_batch(3)
    index.refresh([read.pk, changed.pk])
    Profile.objects.filter(pk=changed.pk).update(updated_at=timezone.now())
    assert index.stale(10) == [new.pk, changed.pk]


@pytest.mark.django_db
def test_rebuild_search_reads_everybody_again(capsys: Any) -> None:
    ProfileFactory.create_batch(2)
    call_command("rebuild_search")
    assert ProfileText.objects.count() == 2
    assert "2 profiles" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_refresh_while_the_profile_is_being_saved_then_keeps_the_newer_words() -> None:
    profile = ProfileFactory(current_title="Welder")
    index.refresh([profile.pk])
    sweep = threading.Thread(target=_refresh_and_close, args=(profile.pk,))
    with transaction.atomic():
        Profile.objects.filter(pk=profile.pk).update(current_title="Carpenter")
        index.refresh([profile.pk])
        sweep.start()
        sweep.join(timeout=0.5)  # until it has read what it can, if it does not wait
    sweep.join(timeout=20)
    assert "carpenter" in ProfileText.objects.get(pk=profile.pk).headline


def _refresh_and_close(pk: int) -> None:
    try:
        index.refresh([pk])
    finally:
        connection.close()
