"""A company's logo: what is taken, who may change it, and how it is shown to the public."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.logos import MAX_BYTES, MAX_PIXELS, check_logo
from accounts.models import Employer
from accounts.services import set_logo
from tests.accounts import pictures

PNG = pictures.png()
REAL = {
    "png": PNG,
    "jpg": pictures.JPEG,
    "webp": pictures.WEBP,
    "lossless": pictures.WEBP_LOSSLESS,
    "extended": pictures.WEBP_EXTENDED,
}


def upload(content: bytes, name: str = "logo.gif") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/svg+xml")


def address(employer: Employer) -> str:
    return reverse("company_logo_change", args=[employer.slug])


def files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.fixture
def with_logo(employer: Employer) -> Employer:
    set_logo(employer=employer, logo=check_logo(upload(PNG)))
    return employer


@pytest.mark.parametrize("kind", REAL)
def test_check_logo_when_the_picture_is_real_then_names_its_kind_whatever_its_name(kind: str) -> None:
    logo = check_logo(upload(REAL[kind]))
    assert logo.extension == (kind if kind in ("png", "jpg") else "webp")
    assert logo.content == REAL[kind]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b" ", "empty"),
        (PNG + bytes(MAX_BYTES), "too_big"),
        (b'<?xml version="1.0"?><svg onload="alert(1)">', "vector"),
        (b"GIF89a" + bytes(20), "unknown"),
        (b"%PDF-1.4", "unknown"),
        (PNG[:30], "broken"),
        (PNG[:-12], "broken"),
        (pictures.JPEG[:100], "broken"),
        (pictures.JPEG[:-2], "broken"),
        (pictures.WEBP[:-1], "broken"),
        (pictures.WEBP[:20], "broken"),
        (pictures.png(0, 2), "broken"),
        (pictures.png(MAX_PIXELS + 1, 1), "too_wide"),
        (pictures.JPEG.replace(b"\x08\x00\x02\x00\x03", b"\x08\x10\x01\x00\x03"), "too_wide"),
    ],
)
def test_check_logo_when_it_is_no_picture_for_us_then_says_why(content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        check_logo(upload(content, "logo.png"))
    assert caught.value.code == code


@given(start=st.sampled_from([PNG[:12], b"\xff\xd8\xff", b"RIFF\x20\0\0\0WEBP", b""]), rest=st.binary(max_size=80))
def test_check_logo_when_given_any_bytes_then_answers_or_refuses(start: bytes, rest: bytes) -> None:
    with suppress(ValidationError):
        assert check_logo(upload(start + rest)).content == start + rest


def test_logo_when_an_admin_saves_it_then_shows_it_and_lets_the_one_before_go(
    as_alice: Client, employer: Employer, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    for content in (PNG, pictures.JPEG):
        with django_capture_on_commit_callbacks(execute=True):
            page = as_alice.post(address(employer), {"logo": upload(content)}, follow=True)
    employer.refresh_from_db()
    assert "The logo is saved." in page.text
    assert f'src="{employer.logo_url}"' in page.text
    (path,) = files(settings)
    assert path.read_bytes() == pictures.JPEG
    assert path.name == employer.logo_name
    assert path.stat().st_mode & 0o777 == 0o600


def test_logo_when_removed_then_the_initials_are_back_and_the_file_is_gone(
    as_alice: Client, with_logo: Employer, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = as_alice.post(address(with_logo), {"remove": "1"}, follow=True).text
    assert "The logo is removed." in page
    assert "<img" not in page
    assert ">LR</span>" in page
    assert files(settings) == []


@pytest.mark.parametrize(
    ("content", "words"), [(b"<svg>", "an SVG drawing"), (None, "Choose a picture."), (b"", "is empty")]
)
def test_logo_when_it_is_refused_then_says_why_and_keeps_the_one_before(
    as_alice: Client, with_logo: Employer, content: bytes | None, words: str
) -> None:
    before = with_logo.logo_url
    page = as_alice.post(address(with_logo), {} if content is None else {"logo": upload(content)})
    assert page.status_code == 200
    assert words in page.text
    assert 'name="tagline"' in page.text
    with_logo.refresh_from_db()
    assert with_logo.logo_url == before


@pytest.mark.parametrize(("who", "status"), [("client", 302), ("as_charlie", 404), ("as_bob", 403), ("as_rita", 403)])
def test_logo_when_anyone_but_an_admin_changes_it_then_it_stays(
    request: pytest.FixtureRequest, with_logo: Employer, who: str, status: int
) -> None:
    client = request.getfixturevalue(who)
    for sent in ({"remove": "1"}, {"logo": upload(pictures.JPEG)}):
        assert client.post(address(with_logo), sent).status_code == status
    assert Employer.objects.get(pk=with_logo.pk).logo_name == with_logo.logo_name


def test_logo_when_asked_for_then_comes_as_a_picture_that_may_be_kept_for_ever(
    client: Client, with_logo: Employer
) -> None:
    response = client.get(with_logo.logo_url)
    assert b"".join(response.streaming_content) == PNG
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert not response.has_header("Vary")
    assert not response.cookies


def test_logo_when_an_older_address_is_asked_for_then_leads_to_the_newest(
    client: Client, with_logo: Employer, settings: Any
) -> None:
    before = with_logo.logo_url
    set_logo(employer=with_logo, logo=check_logo(upload(pictures.WEBP)))
    assert client.get(before)["Location"] == with_logo.logo_url
    assert client.get(with_logo.logo_url)["Content-Type"] == "image/webp"
    Path(with_logo.logo.path).unlink()
    assert client.get(with_logo.logo_url).status_code == 404
    set_logo(employer=with_logo, logo=None)
    assert client.get(before).status_code == 404
    assert client.get(before.replace(with_logo.slug, "nobody")).status_code == 404


def test_logo_when_an_operator_removes_it_then_it_is_gone(admin_client: Client, with_logo: Employer) -> None:
    page = reverse("admin:accounts_employer_change", args=[with_logo.pk])
    assert with_logo.logo_url in admin_client.get(page).text
    chosen = {"action": "remove_logo", "_selected_action": [with_logo.pk]}
    admin_client.post(reverse("admin:accounts_employer_changelist"), chosen)
    assert not Employer.objects.get(pk=with_logo.pk).logo
