"""Template filters of the sandbox's pages."""

from django.template import Library

from sandbox import clock

register = Library()


@register.filter
def when(text: str | None) -> str:
    """Write a stored moment for people, in UTC."""
    return f"{clock.parse(text):%-d %b %Y, %H:%M} UTC" if text else "–"


@register.filter
def size(count: int) -> str:
    return f"{count / 1024:.0f} kB" if count >= 1024 else f"{count} bytes"


@register.filter
def words(name: str) -> str:
    """Write a code such as `in_process` in words."""
    return str(name).replace("_", " ")
