"""Text from Greenhouse and from recruiters, made safe before it is stored."""

import html as entities
import re

import nh3

from jobs.videos import frames_as_links

_TAGS = {
    *("p", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd"),
    *("b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "code", "pre", "blockquote", "hr"),
    *("a", "img", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
# Whatever stands inside these is not text for a reader, so it goes with the tag.
_DROPPED_WHOLE = {
    *("script", "style", "iframe", "svg", "math", "object", "noscript", "template", "noembed", "noframes"),
    *("title", "select", "textarea", "button", "audio", "video", "canvas", "applet"),
}


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("img", "src") and not value.strip().lower().startswith("https://"):
        return None
    return value


# Built once: making a cleaner costs as much as cleaning a short text.
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED_WHOLE,
    attributes={
        "a": {"href"},
        "img": {"src", "alt"},
        "th": {"colspan", "rowspan"},
        "td": {"colspan", "rowspan"},
    },
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"img": {"loading": "lazy", "referrerpolicy": "no-referrer"}},
)

# A hint beside a form field: a few words and a link, which must not take the visitor away from what they typed.
_HINT_CLEANER = nh3.Cleaner(
    tags={"p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "a"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)

_TAG = re.compile(r"<[/!]?[a-zA-Z][^<>]*>|<!--")
_KNOWN = r"(?:p|div|span|br|h[1-6]|ul|ol|li|b|strong|i|em|u|a|table|blockquote|hr|img|section|html|body)"
_ESCAPED_START = re.compile(rf"\s*&lt;{_KNOWN}(?:\s|/|&gt;)", re.IGNORECASE)
_ESCAPED_END = re.compile(rf"&lt;/{_KNOWN}\s*&gt;|&lt;br\s*/?\s*&gt;", re.IGNORECASE)
# The look at one letter first makes this twice as fast, and it runs over every post of a sync.
_LAYOUT = re.compile(
    r"(</?)(?=[acfhmnsACFHMNS])(?i:section|article|header|footer|main|aside|nav|figure|center|address)(?=[\s/>])"
)
_HEADING = re.compile(r"<(/?)h([1-6])>")
_NESTED_HEADING = re.compile(r"<h[1-6]>(?:(?!</h[1-6]>).)*?<h[1-6]>", re.DOTALL)
_IMAGE = re.compile(r"<img\b[^>]*>")
_BLANK_LINES = re.compile(r"\n\s*\n")
_BLOCK_TAG = re.compile(r"</?(?:p|br|div|h[1-6]|[uod]l|li|d[dt]|tr|t[dh]|table|blockquote|hr|pre)\b[^>]*>")
_SPACE = re.compile(r"\s+")
_TOP_HEADING = 3  # the page has its own first and second level


def clean(html: str) -> str:
    """Make HTML from outside safe to store and to show as it is.

    Takes HTML, HTML whose tags arrive escaped, or plain text, which becomes paragraphs.
    Repeat: cleaning what was cleaned changes nothing, so an edited description does not drift.
    """
    # A browser sends every line end of a text area as two characters; unequal texts would look edited.
    text = html.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return ""
    if _is_escaped(text):
        text = _unescaped(text)
    if not _TAG.search(text):
        text = _paragraphs(text)
    text = frames_as_links(text)
    # Layout tags we do not keep would glue the words on their two sides together.
    result = _CLEANER.clean(_LAYOUT.sub(r"\1div", text))
    if "<img" in result:
        result = _IMAGE.sub(_whole_image, result)
    if "<h" in result:
        if _NESTED_HEADING.search(result):
            # A heading in a heading, once the tag between them is gone: a parser will not read it back so.
            result = _CLEANER.clean(result)
        result = _outlined(result)
    result = result.strip()
    return f"<p>{result}</p>" if result and "<" not in result else result


def clean_hint(html: str) -> str:
    """Make a short HTML text from outside safe to show beside a form field: no headings, tables or pictures."""
    return _HINT_CLEANER.clean(clean(html)).strip()


def text_summary(html: str, length: int) -> str:
    """Return the first words of cleaned HTML as plain text, for a meta description.

    Units: `length` counts characters, the closing ellipsis included.
    """
    spaced = _BLOCK_TAG.sub(" ", html)
    text = _SPACE.sub(" ", entities.unescape(_TAG.sub("", spaced))).strip()
    if len(text) <= length:
        return text
    words, space, _ = text[:length].rpartition(" ")
    return (words if space else text[: length - 1]).rstrip(" ,;:.–-") + "…"


def _is_escaped(text: str) -> bool:
    """Tell HTML that arrives escaped from HTML that merely mentions a tag.

    The escaped kind has no real tag at all, and opens with an escaped one or closes one later.
    """
    if "&lt;" not in text or _TAG.search(text):
        return False
    return bool(_ESCAPED_START.match(text) or _ESCAPED_END.search(text))


def _unescaped(text: str) -> str:
    # Only what escaping makes; every other entity is HTML's own and the parser's business. A replacement
    # each is ten times faster than `html.unescape`, and a sync does this for every post.
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&#x27;", "'")):
        text = text.replace(entity, char)
    return text.replace("&amp;", "&")


def _paragraphs(text: str) -> str:
    # A lone "<" is a sign in plain text; an HTML parser would swallow what follows it.
    lines = text.replace("<", "&lt;").strip()
    parts = (part.strip().replace("\n", "<br>") for part in _BLANK_LINES.split(lines))
    return "".join(f"<p>{part}</p>" for part in parts if part)


def _whole_image(match: re.Match[str]) -> str:
    tag = match[0]
    if " src=" not in tag:
        return ""
    return tag if " alt=" in tag else tag.replace("<img", '<img alt=""', 1)


def _outlined(html: str) -> str:
    """Number the headings by their depth from `_TOP_HEADING` on, so that no level is skipped."""
    depths: list[int] = []
    open_levels: list[int] = []

    def renumber(match: re.Match[str]) -> str:
        if match[1]:
            level = open_levels.pop() if open_levels else _TOP_HEADING
            return f"</h{level}>"
        original = int(match[2])
        while depths and depths[-1] >= original:
            depths.pop()
        depths.append(original)
        open_levels.append(min(_TOP_HEADING + len(depths) - 1, 6))
        return f"<h{open_levels[-1]}>"

    return _HEADING.sub(renumber, html)
