"""Embedded videos become links: a frame of somebody else's would follow our visitors, and our CSP allows none."""

import html as entities
import re
from urllib.parse import parse_qs, urlsplit

_FRAME = re.compile(r"<iframe\b[^<>]*>", re.IGNORECASE)
_SOURCE = re.compile(r"""\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ADDRESSES = (
    (re.compile(r"(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+)"), "YouTube", "https://www.youtube.com/watch?v="),
    (re.compile(r"player\.vimeo\.com/video/(\d+)"), "Vimeo", "https://vimeo.com/"),
    (re.compile(r"(?:www\.)?loom\.com/embed/(\w+)"), "Loom", "https://www.loom.com/share/"),
    (re.compile(r"fast\.wistia\.(?:net|com)/embed/iframe/(\w+)"), "Wistia", "https://fast.wistia.net/embed/iframe/"),
)


def frames_as_links(html: str) -> str:
    """Put a link before each frame that shows a video of a host we know. The frames stay, for the sanitiser to drop.

    Shape: what comes back is as unsafe as what was given.
    """
    return _FRAME.sub(_with_link, html) if "iframe" in html or "IFRAME" in html else html


def _with_link(match: re.Match[str]) -> str:
    source = _SOURCE.search(match[0])
    address = entities.unescape(next(filter(None, source.groups()), "")) if source else ""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return match[0]
    for pattern, host, page in _ADDRESSES:
        if found := pattern.fullmatch(f"{parts.netloc}{parts.path.rstrip('/')}"):
            secret = parse_qs(parts.query).get("h", [""])[0] if host == "Vimeo" else ""  # of an unlisted video
            link = page + found[1] + (f"/{secret}" if secret.isalnum() else "")
            return f' <a href="{link}">Watch the video on {host}</a> {match[0]}'
    return match[0]
