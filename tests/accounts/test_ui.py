"""The small pieces of interface: icons, form fields, pages of a list."""

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from accounts.templatetags.ui import ICONS, icon, initials, tone

TEMPLATES = Path(settings.BASE_DIR) / "templates"


class Form(forms.Form):
    title = forms.CharField(help_text="One line.", widget=forms.TextInput(attrs={"placeholder": "Title"}))
    about = forms.CharField(widget=forms.Textarea(attrs={"class": "tall"}), required=False)
    kind = forms.ChoiceField(choices=[("a", "A")])
    live = forms.BooleanField(required=False)
    way = forms.ChoiceField(choices=[("x", "X"), ("y", "Y")], widget=forms.RadioSelect)
    resume = forms.FileField()
    token = forms.CharField(widget=forms.HiddenInput)


def field(name: str, form: forms.Form | None = None, **words: object) -> str:
    return render_to_string("_field.html", {"field": (form or Form())[name], **words})


def test_icon_when_drawn_is_silent_for_screen_readers() -> None:
    assert icon("briefcase").startswith('<svg class="icon "')
    assert 'aria-hidden="true"' in icon("briefcase", "ms-auto")
    assert 'class="icon ms-auto"' in icon("briefcase", "ms-auto")


@pytest.mark.parametrize("name", ["../../app", "no/such", "briefcas"])
def test_icon_when_the_name_is_wrong_fails_at_once(name: str) -> None:
    with pytest.raises((ValueError, FileNotFoundError)):
        icon(name)


def test_icons_when_named_in_any_template_are_vendored() -> None:
    named = {
        found
        for template in TEMPLATES.rglob("*.html")
        for found in re.findall(r"""(?:\{% icon |icon=)["']([a-z0-9-]+)["']""", template.read_text())
    }
    assert named
    assert {name for name in named if not (ICONS / f"{name}.svg").exists()} == set()


def test_templates_when_compiled_are_all_well_formed() -> None:
    for template in TEMPLATES.rglob("*.html"):
        engines["django"].get_template(str(template.relative_to(TEMPLATES)))


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("title", "form-control"),
        ("about", "form-control tall"),
        ("kind", "form-select"),
        ("live", "form-check-input"),
        ("resume", "form-control"),
    ],
)
def test_field_when_shown_has_a_label_of_its_own_and_our_class(name: str, css: str) -> None:
    html = field(name)
    assert f'for="id_{name}"' in html
    assert f'class="{css}"' in html
    assert "is-invalid" not in html


def test_field_when_wrong_ties_help_and_error_to_the_control() -> None:
    html = field("title", Form({}))
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert "is-invalid" in html


def test_field_when_a_group_is_wrong_ties_the_error_to_the_group() -> None:
    html = field("way", Form({}))
    assert re.search(r'<fieldset[^>]*aria-describedby="id_way_error"', html)
    assert html.count('class="form-check-input"') == 2
    assert 'id="id_way_error"' in html


def test_field_when_optional_says_so_and_when_hidden_shows_no_label() -> None:
    assert "optional" in field("about")
    assert "optional" not in field("title")
    assert "label" not in field("token")


def test_field_when_the_placeholder_repeats_the_label_leaves_it_out() -> None:
    assert "placeholder" not in field("title")


def test_field_when_what_was_typed_is_html_shows_it_as_text() -> None:
    assert "<script>" not in field("title", Form({"title": "<script>"}))


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Maya Chen", "MC"), ("Ana María López", "AL"), ("maya@lumen.example", "M"), ("李", "李"), ("", "?")],
)
def test_initials_when_taken_are_one_or_two_letters(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_tone_when_asked_again_is_the_same() -> None:
    assert tone("Maya Chen") == tone("Maya Chen")
    assert {tone(str(number)) for number in range(50)} == {f"tone-{number}" for number in range(1, 7)}


def test_pagination_when_turned_keeps_the_other_words_of_the_address() -> None:
    page = Paginator(range(30), 10).get_page(2)
    html = render_to_string("_pagination.html", {"page": page}, RequestFactory().get("/?q=robot&page=2"))
    assert 'href="?q=robot&amp;page=1"' in html
    assert 'href="?q=robot&amp;page=3"' in html
    assert "Page 2 of 3" in html


def test_pagination_when_one_page_is_enough_is_not_there() -> None:
    page = Paginator(range(3), 10).get_page(1)
    assert render_to_string("_pagination.html", {"page": page}, RequestFactory().get("/")).strip() == ""
