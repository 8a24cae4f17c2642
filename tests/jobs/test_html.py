import html as entities
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.html import clean, text_summary


class Reader(HTMLParser):
    """Collects what a browser would see: tags, and attributes decoded."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def assert_is_safe(html: str) -> None:
    seen = Reader(html)
    assert not {"script", "style", "iframe", "svg", "form", "input", "object", "math", "base", "meta"} & set(seen.tags)
    for tag, name, value in seen.attributes:
        assert not name.startswith("on")
        assert name in {"href", "rel", "src", "alt", "loading", "referrerpolicy", "colspan", "rowspan"}
        if name == "href":
            assert re.match(r"(https?|mailto):", value.strip(), re.IGNORECASE), (tag, value)
        if name == "src":
            assert value.lower().startswith("https://")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Build <b>robots</b>, <em>well</em>.</p>", "<p>Build <b>robots</b>, <em>well</em>.</p>"),
        ("<p style='color:red' class=x id=y onclick='a()'>x</p>", "<p>x</p>"),
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<style>p{}</style><iframe src='//x'>y</iframe><svg><text>z</text></svg><p>k</p>", "<p>k</p>"),
        ("<form action=/x><p>kept</p><input name=q><button>no</button></form>", "<p>kept</p>"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<p>a<!-- secret --><!--[if IE]>x<![endif]-->b</p>", "<p>ab</p>"),
        ("<h1>A</h1><h2>B</h2><h2>C</h2><h1>D</h1>", "<h3>A</h3><h4>B</h4><h4>C</h4><h3>D</h3>"),
        ("<h1>A<span><h2>B</h2></span></h1>", "<h3>A</h3><h4>B</h4>"),
        ("<h4>A</h4><h2>B</h2>", "<h3>A</h3><h3>B</h3>"),
        ("<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5>", "<h3>1</h3><h4>2</h4><h5>3</h5><h6>4</h6><h6>5</h6>"),
        ("<section><p>a</p></section><article>b</article>", "<div><p>a</p></div><div>b</div>"),
        ("one<br>two", "one<br>two"),
        (
            "<table><tr><th colspan=2 onclick=x>a</th></tr></table>",
            '<table><tbody><tr><th colspan="2">a</th></tr></tbody></table>',
        ),
        ("Salt &amp; pepper", "<p>Salt &amp; pepper</p>"),
        ("First\nline\n\n\nSecond", "<p>First<br>line</p><p>Second</p>"),
        ("if a < b and c<d & e", "<p>if a &lt; b and c&lt;d &amp; e</p>"),
        ("<span>just text</span>", "<p>just text</p>"),
        ("<p>a</p>\r\n<p>b</p>", "<p>a</p>\n<p>b</p>"),
        ("", ""),
        (" \n ", ""),
        ("<p>nul\x00</p>", "<p>nul</p>"),
    ],
)
def test_clean_when_given_html_then_keeps_text_and_drops_danger(html: str, expected: str) -> None:
    assert clean(html) == expected


@pytest.mark.parametrize(
    ("source", "link"),
    [
        ("https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("//www.youtube-nocookie.com/embed/a-b_c", "https://www.youtube.com/watch?v=a-b_c"),
        ("https://player.vimeo.com/video/76979871?h=8272103f6e&amp;dnt=1", "https://vimeo.com/76979871/8272103f6e"),
        ("https://www.loom.com/embed/0281766fa2d0/", "https://www.loom.com/share/0281766fa2d0"),
        ("https://youtube.com.evil.example/embed/x", ""),
        ("https://evil.example/youtube.com/embed/x", ""),
        ("javascript:alert(1)", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_clean_when_a_video_is_embedded_then_links_to_it_where_the_host_is_known(source: str, link: str) -> None:
    cleaned = clean(
        f'<div><iframe width="1" src="{source}" allow="autoplay">old <b>browser</b></iframe></div><p>After</p>'
    )
    assert_is_safe(cleaned)
    assert re.findall(r'href="([^"]*)"', cleaned) == ([link] if link else [])
    assert ("Watch the video on" in cleaned, "browser" in cleaned) == (bool(link), False)
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("href", ["javascript:alert(1)", "JaVa\nScript:alert(1)", "data:text/html,x", "/jobs", "//x.y"])
def test_clean_when_a_link_leads_nowhere_good_then_only_its_text_stays(href: str) -> None:
    cleaned = clean(f'<a href="{href}">text</a>')
    assert "href" not in cleaned
    assert ">text</a>" in cleaned


@pytest.mark.parametrize("href", ["https://x.example/a?b=1", "http://x.example", "mailto:jobs@x.example"])
def test_clean_when_a_link_is_good_then_it_stays_and_gives_nothing_away(href: str) -> None:
    assert (
        clean(f'<a href="{href}" target=_blank>t</a>') == f'<a href="{href}" rel="noopener noreferrer nofollow">t</a>'
    )


def test_clean_when_images_are_mixed_then_keeps_only_https_and_gives_them_an_alt() -> None:
    html = '<img src="http://a.b/x.png"><img src="data:image/png;base64,x"><img src="https://a.b/y.png" onload=z>'
    seen = Reader(clean(html))
    assert seen.tags == ["img"]
    assert ("img", "src", "https://a.b/y.png") in seen.attributes
    assert ("img", "alt", "") in seen.attributes
    assert 'alt="Our lab"' in clean('<img alt="Our lab" src="https://a.b/y.png">')


BODY = '<h2>Role</h2><p>Salt &amp; pepper, a &lt; b, &nbsp;<a href="https://x.example/?a=1&amp;b=2">it\'s</a></p>'


def test_clean_when_html_arrives_escaped_then_reads_it_as_html() -> None:
    assert clean(entities.escape(BODY)) == clean(BODY)
    assert "<h3>Role</h3>" in clean(entities.escape(BODY))


def test_clean_when_escaped_html_hides_a_script_then_drops_it() -> None:
    assert clean("&lt;p&gt;a&lt;script&gt;alert(1)&lt;/script&gt;&lt;/p&gt;") == "<p>a</p>"


@pytest.mark.parametrize("text", ["We like the &lt;div&gt; tag.", "<p>Know &lt;p&gt;x&lt;/p&gt; by heart</p>"])
def test_clean_when_html_only_mentions_a_tag_then_leaves_it_text(text: str) -> None:
    assert "&lt;" in clean(text)
    assert Reader(clean(text)).tags == ["p"]


PIECES = [
    *("<p>", "</p>", "<div>", "</div>", "<h1>", "</h1>", "<h4>", "</h5>", "<ul><li>", "</ul>", "<b>", "text ", "a < b"),
    *("&lt;p&gt;", "&lt;/p&gt;", "&amp;lt;script&amp;gt;", "&amp;", "&nbsp;", "\n\n", "\r\n", "<br>", "'\"<", "\x00"),
    *("<script>", "</script>", "<scr<script>ipt>", "<style>", "<svg onload=alert(1)>", "</svg>", "<math><mtext>"),
    *("<!--", "-->", "<table><tr><td>", "</table>", "<section>", "</section>", "<noscript>", "<template>", "<title>"),
    *(
        "<img src=x onerror=alert(1)>",
        "<img src='https://a.b/c.png' alt='<h1>'>",
        "<a href='https://x.y/?<h2>'>",
        "</a>",
    ),
    *('<a href="javascript:alert(1)" onclick=x>', "<a href=' java\tscript:alert(1)'>", "<iframe srcdoc='<script>'>"),
    *("<textarea>", "<body onload=x>", "<base href=//x>", "<form><input>", "<custom>", "<span>", "</span>"),
]


@settings(max_examples=400)
@given(html=st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)))
def test_clean_when_given_anything_then_is_safe_and_settles(html: str) -> None:
    for text in (html, entities.escape(html)):
        cleaned = clean(text)
        assert_is_safe(cleaned)
        assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("html", "length", "expected"),
    [
        ("<h3>Role</h3><p>Build <b>robots</b>, well &amp; fast.</p>", 100, "Role Build robots, well & fast."),
        ("<ul><li>One</li><li>Two</li></ul>", 100, "One Two"),
        ("<p>We build robots for farms</p>", 16, "We build robots…"),
        ("<p>We build, robots</p>", 12, "We build…"),
        ("<p>Donaudampfschiff</p>", 8, "Donauda…"),
        ("", 10, ""),
    ],
)
def test_text_summary_when_given_html_then_gives_its_first_words(html: str, length: int, expected: str) -> None:
    assert text_summary(html, length) == expected
    assert len(expected) <= length
