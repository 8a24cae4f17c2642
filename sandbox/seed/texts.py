"""Job advertisements in HTML, from the plain words of the data file."""

from html import escape

from sandbox.exchange import Record

_HEADINGS = (
    ("What you will do", "What you bring", "What we offer"),
    ("The work", "You are likely a good match if", "Why Lumen"),
    ("Your first year", "What helps", "In return"),
)
_OFFER = (
    "30 days of holiday, and people who use them",
    "Equity for everyone, explained in plain numbers",
    "A learning budget of 2,000 a year and a robot lab with an open door",
    "Working hours that fit around families and trains",
)
ABOUT = (
    "Lumen Robotics builds mobile robots that move pallets, totes and people's least favourite kilometres "
    "through warehouses. 180 of us in Berlin, Zurich, Rotterdam, Leipzig and Pittsburgh keep "
    "1,400 robots moving at 60 sites."
)


def _list(items: list[str] | tuple[str, ...]) -> str:
    return "<ul>" + "".join(f"<li>{escape(item, quote=False)}</li>" for item in items) + "</ul>"


def post_html(job: Record, post: Record) -> str:
    """Write the advertisement of one post."""
    do, bring, offer = _HEADINGS[len(job["name"]) % len(_HEADINGS)]
    parts = [f"<p>{escape(ABOUT, quote=False)}</p>"]
    parts += [f"<p>{escape(text, quote=False)}</p>" for text in job.get("intro", "").split("\n") if text]
    if job.get("do"):
        parts += [f"<h3>{do}</h3>", _list(job["do"])]
    if job.get("bring"):
        parts += [f"<h3>{bring}</h3>", _list(job["bring"])]
    parts += [f"<h3>{offer}</h3>", _list(_OFFER)]
    if post.get("extra"):
        parts.append(post["extra"])
    parts.append("<p><em>We read every application ourselves and answer within ten days.</em></p>")
    return "\n".join(parts)
