"""From Markdown to a page and to plain text: no HTML passes through, no image, and only safe links."""

from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")


def to_html(markdown: str) -> str:
    """The HTML of a text."""
    return str(_MARKDOWN.render(markdown)).strip()


def to_plain_text(markdown: str) -> str:
    """The same for readers without HTML: paragraphs, lists with dashes, links with their address behind them."""
    blocks = "".join(_blocks(_MARKDOWN.parse(markdown)))
    return "\n".join(line.rstrip() for line in blocks.strip().splitlines())


def _blocks(tokens: list[Token]) -> Iterator[str]:
    bullets: list[Callable[[], str]] = []
    for token in tokens:
        if token.type in _LISTS:
            bullets.append(_LISTS[token.type](token))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            bullets.pop()
            yield "" if bullets else "\n"
        elif token.type == "list_item_open":
            yield "  " * (len(bullets) - 1) + bullets[-1]()
        elif token.type == "inline":
            yield "".join(_words(token.children or [])) + ("\n" if token.level and bullets else "\n\n")
        elif token.type in ("fence", "code_block"):
            yield f"{token.content}\n"
        elif token.type == "hr":
            yield "----\n\n"


def _dashes(token: Token) -> Callable[[], str]:
    return lambda: "- "


def _numbers(token: Token) -> Callable[[], str]:
    numbers = iter(range(int(token.attrs.get("start", 1)), 1_000_000_000))
    return lambda: f"{next(numbers)}. "


_LISTS = {"bullet_list_open": _dashes, "ordered_list_open": _numbers}


def _words(tokens: list[Token]) -> Iterator[str]:
    targets: list[str] = []
    said = ""
    for token in tokens:
        if token.type == "link_open":
            targets.append(str(token.attrs["href"]))
            said = ""
        elif token.type == "link_close":
            target = targets.pop()
            yield "" if target.removeprefix("mailto:") == said else f" ({target.removeprefix('mailto:')})"
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        else:
            said += token.content
            yield token.content
