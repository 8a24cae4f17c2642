"""Small pieces of interface that every template may use: icons, form controls, initials."""

import re
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.forms.boundfield import BoundWidget
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ICONS = settings.BASE_DIR / "static" / "vendor" / "tabler-icons-3.51.0"
_PATHS = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_NAME = re.compile(r"[a-z0-9-]+")
# The invisible square that every Tabler icon starts with; it only costs bytes.
_FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


@lru_cache(maxsize=256)
def _icon_paths(name: str) -> SafeString:
    if not _NAME.fullmatch(name):
        raise ValueError(f"No icon can be called {name!r}.")
    drawing = _PATHS.search((ICONS / f"{name}.svg").read_text())
    if drawing is None:
        raise ValueError(f"The icon {name!r} is not an SVG drawing.")
    lines = (line.strip() for line in drawing.group(1).replace(_FRAME, "").splitlines())
    return mark_safe("".join(lines))  # noqa: S308 - our own vendored files


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, css: str = "") -> SafeString:
    """Draw a vendored icon in the colour of the text around it; it says nothing to a screen reader.

    Raises: FileNotFoundError for an icon that was not vendored, so that a typing error shows at once.
    """
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        css,
        _icon_paths(name),
    )


def field_kind(field: BoundField) -> str:
    """Say how a field is laid out: `check`, `choices`, `hidden`, `select` or `input`."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "check"
    return "select" if isinstance(widget, Select) else "input"


register.filter("field_kind", field_kind)

_CONTROL_CLASSES = {"check": "form-check-input", "select": "form-select", "input": "form-control"}


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Render a field's widget with our classes; Django itself ties help and errors to it."""
    given = field.field.widget.attrs
    classes = [
        _CONTROL_CLASSES.get(field_kind(field), ""),
        given.get("class", ""),
        "is-invalid" if field.errors else "",
    ]
    attrs: dict[str, Any] = {"class": " ".join(filter(None, classes))}
    if str(given.get("placeholder", "")).lower() in {str(field.label).lower(), "email address"}:
        attrs["placeholder"] = False  # allauth repeats the label inside the field; False leaves the attribute out
    return field.as_widget(attrs=attrs)


@register.simple_tag
def choice_control(choice: BoundWidget) -> SafeString:
    """Render one radio button or box of a group with our class."""
    choice.data["attrs"] = {**choice.data["attrs"], "class": "form-check-input"}
    return choice.tag()


@register.filter
def initials(name: object) -> str:
    """Shorten a name to the one or two letters of its avatar."""
    words: list[str] = re.findall(r"\w+", str(name).split("@")[0])
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def tone(name: object) -> str:
    """Give a name one of six avatar colours, always the same one."""
    return f"tone-{sum(str(name).encode()) % 6 + 1}"
