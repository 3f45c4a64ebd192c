"""Light markdown: what people may mark in a post, as safe HTML or as plain text.

Bold, italic, lists, quotes and links; an address that stands bare becomes a link. A heading is bold, a
line break stays one. Pictures, HTML and everything else are shown as they were typed.
"""

import re
from collections.abc import Iterable, Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a"}
REL = "nofollow ugc noopener"
ELLIPSIS = "…"

_ADDRESS = re.compile(r"(?<![\w@/.])(?:https?://|www\.)[^\s<>\"«»]+", re.IGNORECASE)
_LINKABLE = re.compile(r"(?:https?://[^\s/]|mailto:[^\s@]+@)", re.IGNORECASE)
_AFTER = ".,;:!?'\"…"
_PLAIN = ("text", "code_inline")
_MAX_NESTING = 40
_TOO_DEEP = re.compile(
    r"^((?:[ \t]*(?:>|(?:[*+-]|\d{1,9}[.)])[ \t]+)){8})(?:[ \t]*(?:>|(?:[*+-]|\d{1,9}[.)])[ \t]+))+",
    re.MULTILINE,
)
"""Marks of quotes and lists beyond the eighth at the beginning of a line: the parser drops what stands too deep."""


def render(text: str) -> str:
    """Return what somebody wrote as safe HTML of paragraphs; its links carry ``rel="nofollow ugc noopener"``."""
    return nh3.clean(
        _MARKDOWN.render(_tidy(text)),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=REL,
    ).strip()


def plain(text: str, limit: int | None = None) -> str:
    """Return what somebody wrote in one line without its marks, cut at a word to at most ``limit`` characters."""
    line = " ".join("".join(_pieces(_MARKDOWN.parse(_tidy(text)))).split())
    if limit is None or len(line) <= limit:
        return line
    cut = line[:limit]
    at_word = cut[: limit - 1] if line[limit - 1] == " " else cut[: limit - 1].rpartition(" ")[0]
    return f"{(at_word or cut[: limit - 1]).rstrip(_AFTER + ' ')}{ELLIPSIS}"


def _tidy(text: str) -> str:
    return _TOO_DEEP.sub(r"\1", text.replace("\x00", "").replace("\r\n", "\n").strip())


def _pieces(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _pieces(token.children or [])
            yield " "
        elif token.type in _PLAIN:
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "


def _make_headings_bold(state: StateCore) -> None:
    for place, token in enumerate(state.tokens):
        if token.type == "heading_open":
            token.type, token.tag = "paragraph_open", "p"
            inline = state.tokens[place + 1]
            inline.children = [
                Token("strong_open", "strong", 1),
                *(inline.children or []),
                Token("strong_close", "strong", -1),
            ]
        elif token.type == "heading_close":
            token.type, token.tag = "paragraph_close", "p"


def _link_addresses(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_with_links(token.children))


def _with_links(children: Iterable[Token]) -> Iterator[Token]:
    depth = 0
    for token in children:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not depth:
            yield from _split(token.content)
        else:
            yield token


def _split(text: str) -> Iterator[Token]:
    place = 0
    for found in _ADDRESS.finditer(text):
        address = _without_punctuation(found[0])
        target = address if "://" in address else f"https://{address}"
        if not _is_linkable(target) or "." not in target:
            continue
        yield _text(text[place : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": _MARKDOWN.normalizeLink(target)})
        yield _text(address)
        yield Token("link_close", "a", -1)
        place = found.start() + len(address)
    yield _text(text[place:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _without_punctuation(address: str) -> str:
    """Return an address without what ends the sentence around it; a bracket stays when it was opened inside."""
    while address:
        last = address[-1]
        if last in _AFTER or (last == ")" and address.count("(") < address.count(")")):
            address = address[:-1]
        else:
            break
    return address


def _is_linkable(url: str) -> bool:
    return _LINKABLE.match(url) is not None


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": _MAX_NESTING})
    markdown.disable(
        ["code", "fence", "hr", "reference", "lheading", "html_block", "html_inline", "image", "backticks"]
    )
    markdown.validateLink = _is_linkable  # type: ignore[method-assign]
    markdown.core.ruler.push("bold_headings", _make_headings_bold)
    markdown.core.ruler.push("bare_addresses", _link_addresses)
    return markdown


_MARKDOWN = _markdown()
