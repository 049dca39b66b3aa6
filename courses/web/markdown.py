"""Markdown to HTML that is safe to show: what an author wrote is rendered, then cut to an allow-list.

Authors may use HTML inside Markdown, so nothing the renderer gives out is trusted: the sanitiser sees
all of it, decides which elements, attributes and classes stay, and where an image may come from. Math
stays as escaped TeX in marked elements; the browser typesets it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

Attachments = Mapping[str, Mapping[str, str]]
"""{file name: {media type: base64 text}}, as nbformat has it."""

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del"),
    *("details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span"),
    *(
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ),
}
_ATTRIBUTES = {
    "*": {"class", "title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"align", "style", "colspan", "rowspan"},
    "th": {"align", "style", "colspan", "rowspan", "scope"},
    "details": {"open"},
}
_SCHEMES = {"http", "https", "mailto", "data", "attachment"}
"""Those that reach the attribute filter, which alone decides what an image or a link may point to."""

_CLASSES = {
    "span": re.compile(r"math inline|sw-bound|[a-z][a-z0-9]{0,2}"),
    "div": re.compile(r"math block|table-wrap"),
    "pre": re.compile(r"hl"),
    "code": re.compile(r"language-[\w+-]{1,40}"),
}
"""Whole values of `class` that stay; the short ones on `span` are Pygments'."""

_SHORT = 24
"""Characters of a formula that fits into any line; a longer one may have to be broken."""
_OPENING, _CLOSING = re.compile(r"[(\[{“‘«„]+$"), re.compile(r"^[)\]}”’».,:;!?…]+")
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")


class MarkdownRenderer:
    """Implements the port `TextRenderer`. Safe from any thread; remembers what it rendered lately."""

    def __init__(self, remembered: int = 4096) -> None:
        self._markdown = _build_parser()
        self._remembered = lru_cache(maxsize=remembered)(self._render)

    def html(self, markdown: str, *, attachments: Attachments | None = None, base: str = "") -> str:
        """Return sanitised HTML. `base` is put before relative addresses of images."""
        if attachments:
            return self._render(markdown, base, attachments)
        return self._remembered(markdown, base)

    def _render(self, markdown: str, base: str, attachments: Attachments | None = None) -> str:
        return sanitise(self._markdown.render(markdown), base=base, attachments=attachments)


def sanitise(html: str, *, base: str = "", attachments: Attachments | None = None) -> str:
    """Cut an HTML fragment to the allow-list and settle where its images come from."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(base, attachments or {}),
        filter_style_properties={"text-align"},
        tag_attribute_values={"pre": {"tabindex": {"0"}}, "div": {"tabindex": {"0"}}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _attribute_filter(base: str, attachments: Attachments) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "class":
            pattern = _CLASSES.get(tag)
            return value if pattern and pattern.fullmatch(value) else None
        if name == "src":
            return _image_address(value, base, attachments)
        if name == "href" and urlsplit(value).scheme in ("data", "attachment"):
            return None
        return value

    return keep


def _image_address(address: str, base: str, attachments: Attachments) -> str | None:
    """Where an image is to be fetched, or None for one from another host or from outside the course."""
    if address.startswith("attachment:"):
        return _attachment(unquote(address.removeprefix("attachment:")), attachments)
    if address.startswith("data:"):
        return address if _DATA_IMAGE.fullmatch(address) else None
    parts = urlsplit(address)
    path = normpath(unquote(parts.path).replace("\\", "/"))
    if parts.scheme or parts.netloc or path.startswith(("/", "..")):
        return None
    return base + normpath(parts.path)


def _attachment(name: str, attachments: Attachments) -> str | None:
    for media_type, content in attachments.get(name, {}).items():
        address = f"data:{media_type};base64,{''.join(content.split())}"
        if _DATA_IMAGE.fullmatch(address):
            return address
    return None


def _build_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True})
    parser.enable(["table", "strikethrough"])
    dollarmath_plugin(parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    parser.add_render_rule("math_inline_double", _math_within_a_line)
    parser.core.ruler.push("bind_math", _bind_math)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _bind_math(state: StateCore) -> None:
    """Keep a formula and the punctuation at it on one line: browsers break lines at inline blocks."""
    for line in state.tokens:
        parts = line.children or []
        formulas = [at for at, part in enumerate(parts) if part.type.startswith("math_inline")]
        for place in reversed([at for at in formulas if len(parts[at].content) <= _SHORT]):
            opening = _cut(parts, place - 1, _OPENING)
            closing = _cut(parts, place + 1, _CLOSING)
            if opening or closing:
                start, end = _html(f'<span class="sw-bound">{opening}'), _html(f"{closing}</span>")
                parts[place : place + 1] = [start, parts[place], end]


def _cut(parts: Sequence[Token], place: int, pattern: re.Pattern[str]) -> str:
    """Take what matches out of a text, if there is a text with it."""
    found = 0 <= place < len(parts) and parts[place].type == "text" and pattern.search(parts[place].content)
    if not found:
        return ""
    parts[place].content = pattern.sub("", parts[place].content)
    return found[0]


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)


def _math_within_a_line(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """`$$x$$` amid prose: a block there would end the paragraph."""
    return f'<span class="math inline">{escapeHtml(tokens[index].content)}</span>'


def _image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """An image with its alternative text, or its title for want of one; another host's becomes a link."""
    token = tokens[index]
    title = str(token.attrs.get("title", ""))
    alt = renderer.renderInlineAsText(token.children or [], options, env) or title
    address = str(token.attrs.get("src", ""))
    if urlsplit(address).scheme in ("http", "https"):
        return f'<a href="{escapeHtml(address)}">{escapeHtml(alt or address)}</a>'
    token.attrs["alt"] = alt
    return renderer.renderToken(tokens, index, options, env)


def _fence(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Code that can scroll sideways, and so can be reached by keyboard."""
    token = tokens[index]
    language = token.info.split()[0] if token.info.strip() else ""
    name = f' class="language-{escapeHtml(language)}"' if language else ""
    code = _highlight(token.content, language)
    return f'<pre class="hl" tabindex="0"><code{name}>{code}</code></pre>\n'


def _table_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return '<div class="table-wrap" tabindex="0">' + renderer.renderToken(tokens, index, options, env)


def _table_close(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return renderer.renderToken(tokens, index, options, env) + "</div>\n"


def _highlight(code: str, language: str) -> str:
    """Highlighted code as spans with Pygments' short classes; plain text for an unknown language."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return escapeHtml(code)
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))
