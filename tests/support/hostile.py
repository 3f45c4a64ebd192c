"""What no browser sends: a form's pairs bent in one way, as the raw bytes of a request."""

import json
import random
import re
from dataclasses import dataclass
from urllib.parse import quote_plus, urlsplit

from tests.support.html import HtmlForm

Pairs = list[tuple[str, str | bytes]]

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "vitrinedrill"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
NASTY: tuple[str | bytes, ...] = (
    "9" * 30, "-1", "0", "-0", "1e999", "NaN", "1.5", "1,5", "½", "٣", "²", str(2**31), str(2**63), str(2**64),
    "a\0b", "\0", b"\xed\xa0\x80", b"\xff\xfe\xc0\x80", "\u202eevil\u202c", "🪔" * 20, "e\u0301" * 30, "\u2028\u2029",
    " ", "\t\r\n", "\r\nSet-Cookie: x=1", "' OR 1=1 --", '"><img src=x onerror=alert(1)>', "<script>alert(1)</script>",
    "{{7*7}}", "${7*7}", "%s%n%x", "%(name)s", "{0}", "../../../../etc/passwd", "javascript:alert(1)", "//evil.example",
    "https://evil.example/", "data:text/html,x", "null", "None", "true", "[]", "{}", "id:1", "en", "FR", "EUR",
    "x" * 100_000, "é" * 50_000, "0" * 100_000, "a,b;" * 20_000, "[" * 5_000, "2026-02-30", "9999-99-99", "0000-01-01",
    "10000-01-01", "12/24/2026", "2026-11-24T25:61", "+1", "1 000", "1\u00a0000,00", "0x10", "1_000", "٣٤", "=1+1", "@x",
)  # fmt: skip
EXTRA: tuple[tuple[str, str], ...] = (
    ("status", "paid"), ("role", "owner"), ("page_id", "2"), ("account_id", "1"), ("is_admin", "1"), ("id", "1"),
    ("total", "0"), ("amount", "-100"), ("next", "//evil.example"), ("version", "999999"), ("action", "delete"),
    ("__class__", "x"), ("lang", "xx"), ("number", "LUM-1"), ("stock", "99999999999"),
)  # fmt: skip


@dataclass(frozen=True)
class Attack:
    """One bent request: where it goes, what it carries, and how it was bent (for the failure's text)."""

    method: str
    target: str
    content_type: str | None
    body: bytes
    how: str


def bend(form: HtmlForm, chance: random.Random, foreign_ids: list[str]) -> Attack:
    """Return ``form`` as it is sent, bent in one to three ways."""
    pairs: Pairs = [(name, value) for name, value in form.sent()]
    pairs += _pressed(form, chance)
    how = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        name = chance.choice(_WAYS)
        how.append(name.__name__.lstrip("_") + ":" + name(pairs, form, chance, foreign_ids))
    action = form.action
    if foreign_ids and chance.random() < 0.15:
        action, count = re.subn(r"/\d+(?=/|$)", lambda _: f"/{chance.choice(foreign_ids)}", action)
        how.append(f"{count} ids in the address")
    parts = urlsplit(action)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    if form.method != "POST":
        return Attack(
            "GET", f"{parts.path}?{encode(pairs)[:60_000].decode('ascii')}", None, b"", ", ".join(how)
        )
    content_type, body, shape = _body(form, pairs, chance)
    return Attack("POST", target, content_type, body, f"{', '.join(how)}; {shape}")


def _pressed(form: HtmlForm, chance: random.Random) -> Pairs:
    buttons = [one for one in form.fields if one.kind == "button"]
    if not buttons:
        return []
    button = chance.choice(buttons)
    return [(button.name, button.value)]


def _place(pairs: Pairs, chance: random.Random) -> int:
    return chance.randrange(len(pairs)) if pairs else -1


def _without(pairs: Pairs, _form: HtmlForm, chance: random.Random, _ids: list[str]) -> str:
    place = _place(pairs, chance)
    return pairs.pop(place)[0] if place >= 0 else ""


def _without_most(pairs: Pairs, _form: HtmlForm, chance: random.Random, _ids: list[str]) -> str:
    pairs[:] = chance.sample(pairs, min(1, len(pairs)))
    return "all but one"


def _doubled(pairs: Pairs, _form: HtmlForm, chance: random.Random, _ids: list[str]) -> str:
    place = _place(pairs, chance)
    if place < 0:
        return ""
    name = pairs[place][0]
    pairs.insert(chance.choice((0, len(pairs))), (name, chance.choice(NASTY)))
    return name


def _replaced(pairs: Pairs, form: HtmlForm, chance: random.Random, _ids: list[str]) -> str:
    names = [one.name for one in form.fields if one.kind not in ("button", "file")]
    if not names:
        return ""
    name, value = chance.choice(names), chance.choice(NASTY)
    pairs[:] = [(key, old) for key, old in pairs if key != name] + [(name, value)]
    return f"{name}={value[:40]!r}"


def _everything(pairs: Pairs, form: HtmlForm, chance: random.Random, _ids: list[str]) -> str:
    pairs[:] = [(name, chance.choice(NASTY)) for name, _ in pairs[:200]]
    return "all"


def _foreign(pairs: Pairs, _form: HtmlForm, chance: random.Random, ids: list[str]) -> str:
    if not ids:
        return ""
    changed = 0
    for place, (name, value) in enumerate(pairs):
        if isinstance(value, str) and (value.isdecimal() or value.startswith("id:") or "id" in name):
            other = chance.choice(ids)
            pairs[place] = (name, f"id:{other}" if value.startswith("id:") else other)
            changed += 1
    return f"{changed} ids"


def _array(pairs: Pairs, _form: HtmlForm, chance: random.Random, _ids: list[str]) -> str:
    place = _place(pairs, chance)
    if place < 0:
        return ""
    name, value = pairs[place]
    pairs[place : place + 1] = chance.choice(
        ([(f"{name}[]", value)], [(f"{name}[0][x]", value)], [(name, value)] * 50, [(f"{name}.x", value)])
    )
    return name


def _renamed(pairs: Pairs, _form: HtmlForm, chance: random.Random, _ids: list[str]) -> str:
    """Numbers within names (rows of a table) become others."""
    number = chance.choice(("0", "999", "-1", "9" * 30, "٣", "", "1" * 4))
    pairs[:] = [(re.sub(r"\d+", number, name, count=1), value) for name, value in pairs]
    return number[:10]


def _extra(pairs: Pairs, _form: HtmlForm, chance: random.Random, _ids: list[str]) -> str:
    more = chance.sample(EXTRA, 4)
    pairs.extend(more)
    return "+".join(name for name, _ in more)


_WAYS = (_without, _without_most, _doubled, _replaced, _replaced, _replaced, _everything, _foreign, _foreign, _array, _renamed, _extra)  # fmt: skip


def encode(pairs: Pairs) -> bytes:
    """Return pairs as a form's body; bytes and what UTF-8 cannot say are percent-encoded as they are."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode("ascii")


def _quoted(text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return quote_plus(raw)


def _body(form: HtmlForm, pairs: Pairs, chance: random.Random) -> tuple[str | None, bytes, str]:
    kind = "multipart" if "multipart" in form.enctype else "urlencoded"
    shape = chance.choices(
        (kind, "other", "json", "text", "none", "utf-16", "no boundary", "unclosed", "files", "many"),
        (60, 12, 4, 3, 3, 3, 3, 4, 5, 3),
    )[0]
    if shape == "other":
        shape = "urlencoded" if kind == "multipart" else "multipart"
    whole = multipart(pairs, as_files=shape == "files")
    flat = {name: value if isinstance(value, str) else value.decode("latin-1") for name, value in pairs}
    many = pairs + [(f"x{number}", "1") for number in range(20_000)] if shape == "many" else pairs
    content = {
        "multipart": (MULTIPART, whole),
        "files": (MULTIPART, whole),
        "unclosed": (MULTIPART, whole[: chance.randrange(max(1, len(whole)))]),
        "no boundary": ("multipart/form-data", whole),
        "json": ("application/json", json.dumps(flat).encode()),
        "text": ("text/plain", encode(pairs)),
        "none": (None, encode(pairs)),
        "utf-16": (f"{FORM}; charset=utf-16", encode(pairs)),
    }
    content_type, body = content.get(shape, (FORM, encode(many)))
    return content_type, body, shape


def multipart(pairs: Pairs, *, as_files: bool = False) -> bytes:
    """Return pairs as a multipart body, as fields or as files with a hostile name."""
    parts = []
    for name, value in pairs:
        raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        shown = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{shown}"'
        if as_files:
            head += '; filename="../../x\0.php"\r\nContent-Type: image/png'
        parts.append(head.encode("utf-8", "surrogatepass") + b"\r\n\r\n" + raw + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
