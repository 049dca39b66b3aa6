"""What authors' Markdown becomes, and what of it never reaches a page."""

import pytest

from courses.web.markdown import MarkdownRenderer

PIXEL = "iVBORw0KGgo="


@pytest.fixture(scope="module")
def renderer() -> MarkdownRenderer:
    return MarkdownRenderer()


def test_prose(renderer: MarkdownRenderer) -> None:
    """Emphasis, tables and struck text render; headings get no ids that could clash on the page."""
    html = renderer.html("# Title\n\n*a* ~~b~~\n\n| x |\n|--:|\n| 1 |\n")
    assert "<h1>Title</h1>" in html
    assert "<em>a</em> <s>b</s>" in html
    assert '<td style="text-align:right">1</td>' in html


def test_math_stays_tex(renderer: MarkdownRenderer) -> None:
    """Math is left to the browser as escaped TeX, within a line and as a block."""
    html = renderer.html("so $a < b$ and $$c$$ here\n\n$$\nx & y\n$$\n")
    assert '<span class="math inline">a &lt; b</span>' in html
    assert '<span class="math inline">c</span> here' in html
    assert '<div class="math block">\nx &amp; y\n</div>' in html


def test_punctuation_stays_at_its_formula(renderer: MarkdownRenderer) -> None:
    """No line can end between them, if it is short; words and code keep as they are."""
    assert "sw-bound" not in renderer.html("($F = a + b + c + d + e + f + g$)")
    formula = '<span class="math inline">F</span>'
    assert f'a <span class="sw-bound">({formula}):</span> x' in renderer.html("a ($F$): x")
    assert f'<span class="sw-bound">{formula},</span> {formula}' in renderer.html("$F$, $F$")
    assert f"a {formula} b <code>(</code>{formula}<code>)</code>" in renderer.html("a $F$ b `(`$F$`)`")


def test_prices_are_no_math(renderer: MarkdownRenderer) -> None:
    """Two prices in a line do not become a formula."""
    assert "math" not in renderer.html("It costs $5, or $6 with milk.")


def test_code_is_highlighted(renderer: MarkdownRenderer) -> None:
    """Fenced Python gets Pygments' classes, and can be scrolled by keyboard."""
    html = renderer.html("```python\nif a < 1:\n    pass\n```")
    assert '<pre class="hl" tabindex="0"><code class="language-python">' in html
    assert '<span class="k">if</span>' in html
    assert "&lt;" in html


def test_unknown_language(renderer: MarkdownRenderer) -> None:
    """Code in a language nobody knows is shown plainly."""
    assert "a &lt; b" in renderer.html("```klingon\na < b\n```")


def test_image_base(renderer: MarkdownRenderer) -> None:
    """A relative image is fetched from the course's file route."""
    html = renderer.html("![A plot](images/a%20b.png)", base="/learn/c/files/")
    assert html == '<p><img src="/learn/c/files/images/a%20b.png" alt="A plot"></p>\n'


def test_image_title_stands_in(renderer: MarkdownRenderer) -> None:
    """An image without alternative text is described by its title."""
    assert 'alt="A plot"' in renderer.html('![](a.png "A plot")')


def test_attachment(renderer: MarkdownRenderer) -> None:
    """A notebook's attachment travels inside the page."""
    html = renderer.html(
        "![x](attachment:my%20plot.png)", attachments={"my plot.png": {"image/png": PIXEL + "\n"}}
    )
    assert f'src="data:image/png;base64,{PIXEL}"' in html


def test_missing_attachment(renderer: MarkdownRenderer) -> None:
    """An attachment that is not there leaves its alternative text."""
    assert renderer.html("![x](attachment:no.png)") == '<p><img alt="x"></p>\n'


def test_other_hosts_image_becomes_a_link(renderer: MarkdownRenderer) -> None:
    """No page asks another host for anything: its image is offered as a link."""
    html = renderer.html("![photo](https://elsewhere.example/x.png)")
    assert "<img" not in html
    assert '<a href="https://elsewhere.example/x.png" rel="noopener noreferrer">photo</a>' in html


def test_base_separates_what_is_remembered(renderer: MarkdownRenderer) -> None:
    """The same text in two courses keeps its own images."""
    assert "/one/" in renderer.html("![x](a.png)", base="/one/")
    assert "/two/" in renderer.html("![x](a.png)", base="/two/")


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
        "<iframe src='https://evil.example'></iframe>",
        "<object data='x.swf'></object><embed src='x.swf'>",
        "<form action='/logout' method='post'><button>Win</button><input name=a></form>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='JaVa\tScript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "[x](javascript:alert(1)) <javascript:alert(1)>",
        "<p style='position:fixed;inset:0'>x</p>",
        "<td style='background:url(//evil.example)'>x</td>",
        "<style>*{display:none}</style>",
        "<link rel=stylesheet href=//evil.example>",
        "<base href='//evil.example/'>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<math><mtext></table></math><img src=x onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<img src='//evil.example/x.png'>",
        "<img src='data:text/html;base64,PHNjcmlwdD4='>",
        "<img srcset='//evil.example/x.png 1x'>",
        "$<img src=x onerror=alert(1)>$",
        '```"><script>alert(1)</script>\nx\n```',
        "![x](../../logout) <img src='/logout'> <img src='..\\..\\logout'>",
        "<div id=app data-step=1 class='sw-checkpoint'>x</div>",
        "<template><script>alert(1)</script></template>",
    ],
)
def test_hostile_markup(renderer: MarkdownRenderer, source: str) -> None:
    """No script, handler, style, frame, form, foreign address, id or class of ours gets through."""
    live = _live_markup(renderer.html(source, base="/learn/c/files/"))
    for forbidden in (
        *("<script", "<svg", "<iframe", "<object", "<embed", "<form", "<input", "<button", "<style", "<link"),
        *("<base", "<meta", "<template", "<math", "onerror", "onload", "javascript:", "text/html", "srcset"),
        *("position", "url(", "evil.example", "logout", " id=", "data-step", "sw-checkpoint"),
    ):
        assert forbidden not in live, live


def _live_markup(html: str) -> str:
    """Only what is inside tags: escaped text may say what it likes."""
    return " ".join(part.split(">")[0].join(("<", ">")) for part in html.split("<")[1:]).lower()
