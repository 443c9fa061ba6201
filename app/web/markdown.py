"""Notes in Markdown as HTML: HTML in them is escaped, and nothing is loaded from elsewhere."""

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

from app.cache import Cache

MAX_NESTING = 20  # of quotes and lists: beyond, a text takes long
MAX_KEPT_TEXTS = 200
_RENDERED: Cache[str, str] = Cache(MAX_KEPT_TEXTS)


def _open_link(
    renderer: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    environment: Any,
) -> str:
    """A link tells its target nothing of where it was."""
    tokens[index].attrSet("rel", "noopener noreferrer nofollow")
    html: str = renderer.renderToken(tokens, index, options, environment)  # type: ignore[attr-defined]
    return html


def _make_parser() -> MarkdownIt:
    options = {"html": False, "linkify": False, "maxNesting": MAX_NESTING}
    parser = MarkdownIt("js-default", options).disable("image")
    parser.add_render_rule("link_open", _open_link)
    return parser


_PARSER = _make_parser()


def render_markdown(text: str) -> Markup:
    """The HTML of a text. Its headings begin at the third level, below those of a page."""

    def render() -> str:
        tokens = _PARSER.parse(text)
        for token in tokens:
            if token.type in ("heading_open", "heading_close"):
                level = int(token.tag[1:])
                token.tag = f"h{min(level + 2, 6)}"
        html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
        return html

    return Markup(_RENDERED.get_or_make(text, render))
