"""What a browser makes of a page: its links, its forms with what stands in them, its elements."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
TEXT_TYPES = frozenset("text search email url tel password number color date time hidden".split())


@dataclass
class Field:
    """One control of a form: its name, its type, what stands in it and what may be chosen."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)
    is_set: bool = True
    """Whether a browser would send it: a box that is not ticked is not sent."""


@dataclass
class HtmlForm:
    """A form as the page has it."""

    page: str
    action: str
    method: str
    enctype: str
    fields: list[Field] = field(default_factory=list)
    ident: str = ""

    @property
    def shape(self) -> tuple[str, str, tuple[str, ...]]:
        """What tells one kind of form from another: numbers in its address aside."""
        path = "/".join("#" if part.isdecimal() else part for part in self.action.split("?")[0].split("/"))
        names = {"".join("#" if letter.isdecimal() else letter for letter in one.name) for one in self.fields}
        return self.method, path, tuple(sorted(names))

    def sent(self) -> list[tuple[str, str]]:
        """Return the pairs that a browser sends when nothing was changed."""
        return [(one.name, one.value) for one in self.fields if one.is_set and one.kind != "file"]


@dataclass
class Element:
    """A start tag."""

    tag: str
    attributes: dict[str, str]


class Document(HTMLParser):
    """A parsed page."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = url
        self.elements: list[Element] = []
        self.links: list[str] = []
        self.forms: list[HtmlForm] = []
        self.words: list[str] = []
        self._form: HtmlForm | None = None
        self._select: Field | None = None
        self._textarea: Field | None = None
        self._loose: list[tuple[str, Field]] = []
        self.feed(text)
        self.close()
        by_ident = {form.ident: form for form in self.forms if form.ident}
        for ident, loose in self._loose:
            if ident in by_ident:
                by_ident[ident].fields.append(loose)

    @property
    def text(self) -> str:
        """All text of the page, scripts' data apart from nothing."""
        return " ".join(self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, given))
        if tag == "a" and given.get("href"):
            self.links.append(urljoin(self.url, given["href"]))
        elif tag == "form":
            self._form = HtmlForm(
                page=self.url,
                action=urljoin(self.url, given.get("action") or self.url),
                method=given.get("method", "get").upper(),
                enctype=given.get("enctype", "application/x-www-form-urlencoded"),
                ident=given.get("id", ""),
            )
            self.forms.append(self._form)
        elif tag in ("input", "textarea", "select", "button") and given.get("name"):
            self._add(tag, given)
        elif tag == "option" and self._select is not None:
            value = given.get("value", "")
            self._select.choices.append(value)
            if "selected" in given or len(self._select.choices) == 1:
                self._select.value = value

    def _add(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text" if tag == "input" else tag)
        made = Field(given["name"], kind, given.get("value", ""))
        if kind in ("checkbox", "radio"):
            made.value = given.get("value", "on")
            made.is_set = "checked" in given
        elif tag == "button":
            made.kind, made.is_set = "button", False
        if tag == "select":
            self._select = made
        elif tag == "textarea":
            self._textarea = made
        if given.get("form"):
            self._loose.append((given["form"], made))
        elif self._form is not None:
            self._form.fields.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea.value += data
        self.words.append(data)
