"""Descriptions: the little HTML that a shop's text may hold."""

import html
import re

import nh3

ALLOWED_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "a"}
_ALIASES = (
    ("b", "strong"),
    ("i", "em"),
    ("h1", "h3"),
    ("h2", "h3"),
    ("h5", "h4"),
    ("h6", "h4"),
    ("div", "p"),
)
_HAS_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_EMPTY_PARAGRAPH = re.compile(r"<p>(?:\s|<br>)*</p>")
_BETWEEN_PARAGRAPHS = re.compile(r"</p>\s+<p>")
_PLAIN_ONLY = re.compile(r"(?:<p>(?:[^<]|<br>)*</p>\s*)*")


def clean_description(text: str) -> str:
    """Return ``text`` as safe HTML of paragraphs, emphasis, lists, small headings and links.

    Text without any tag becomes paragraphs at its empty lines. Links open for http, https and mailto
    only and carry ``rel="noopener nofollow"``; scripts, styles and their content are dropped.
    """
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not _HAS_TAG.search(text):
        return _paragraphs(html.unescape(text))
    for alias, tag in _ALIASES:
        text = re.sub(rf"<(/?){alias}(?=[\s>/])[^>]*>", rf"<\1{tag}>", text, flags=re.IGNORECASE)
    cleaned = nh3.clean(
        text,
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    cleaned = cleaned.replace("&nbsp;", "\N{NO-BREAK SPACE}")
    cleaned = _BETWEEN_PARAGRAPHS.sub("</p><p>", _EMPTY_PARAGRAPH.sub("", cleaned)).strip()
    return cleaned if _HAS_TAG.search(cleaned) else _paragraphs(html.unescape(cleaned))


def _paragraphs(text: str) -> str:
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    lines = [[html.escape(line.strip(), quote=False) for line in part.split("\n")] for part in parts]
    return "".join(f"<p>{'<br>'.join(part)}</p>" for part in lines)


def editable_description(cleaned: str) -> str:
    """Return a description as its author would type it: plain text when it is only paragraphs, else HTML.

    ``clean_description`` gives the same description back.
    """
    if not _PLAIN_ONLY.fullmatch(cleaned):
        return cleaned
    parts = re.findall(r"<p>(.*?)</p>", cleaned, flags=re.DOTALL)
    text = "\n\n".join(html.unescape(part.replace("<br>", "\n")) for part in parts)
    # Text that itself looks like a tag ("a <b> c") would be read as one when it comes back.
    return cleaned if _HAS_TAG.search(text) or clean_description(text) != cleaned else text
