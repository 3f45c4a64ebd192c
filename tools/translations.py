"""Keeps the French catalogue: ``merge FILE``, ``compile``, ``check``.

``check`` extracts every message from code and templates and fails on one that is untranslated,
fuzzy or equal to its msgid (unless listed in ``same-in-french.txt``), and on obsolete ones.
"""

import fcntl
import sys
from pathlib import Path

import polib
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "shop" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
SAME = ROOT / "tools" / "same-in-french.txt"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "N_": None}
METHODS = [
    ("shop/sandbox/**", "ignore"),
    ("shop/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]


def extract() -> dict[str, str | None]:
    """Return every msgid in use with its plural (or None)."""
    found: dict[str, str | None] = {}
    for folder in ("shop", "templates"):
        methods = [
            (pattern.split("/", 1)[1], method) for pattern, method in METHODS if pattern.startswith(folder)
        ]
        options = {pattern: {"silent": "false"} for pattern, method in methods if method == "jinja2"}
        rows = extract_from_dir(ROOT / folder, methods, options, keywords=KEYWORDS)
        for _file, _line, message, _comments, _context in rows:
            if isinstance(message, tuple):
                found[message[0]] = message[1]
            else:
                found.setdefault(message, None)
    found.pop("", None)
    return found


def load() -> polib.POFile:
    """Return the catalogue, empty when there is none yet."""
    if CATALOGUE.exists():
        return polib.pofile(str(CATALOGUE), wrapwidth=110)
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Language": "fr",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    return catalogue


def save(catalogue: polib.POFile) -> None:
    """Write the catalogue sorted, so that two people's additions rarely meet, and compile it."""
    catalogue.sort(key=lambda entry: entry.msgid)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))


def merge(path: Path) -> int:
    """Add or replace the entries of ``path`` in the catalogue."""
    catalogue = load()
    known = {entry.msgid: entry for entry in catalogue}
    for entry in polib.pofile(str(path)):
        old = known.get(entry.msgid)
        if old is None:
            fresh = polib.POEntry(
                msgid=entry.msgid,
                msgstr=entry.msgstr,
                msgid_plural=entry.msgid_plural,
                msgstr_plural=entry.msgstr_plural,
            )
            if "%(" in entry.msgid:
                fresh.flags = ["python-format"]
            catalogue.append(fresh)
        else:
            old.msgstr, old.msgid_plural, old.msgstr_plural = (
                entry.msgstr,
                entry.msgid_plural,
                entry.msgstr_plural,
            )
    save(catalogue)
    return 0


def problems() -> list[str]:
    """Return a line for each message that is not properly translated."""
    used = extract()
    catalogue = {entry.msgid: entry for entry in load() if not entry.obsolete}
    same = set(SAME.read_text(encoding="utf-8").splitlines()) if SAME.exists() else set()
    found = []
    for msgid, plural in sorted(used.items()):
        entry = catalogue.get(msgid)
        texts = [] if entry is None else list(entry.msgstr_plural.values()) if plural else [entry.msgstr]
        if entry is None or not texts or not all(texts) or "fuzzy" in entry.flags:
            found.append(f"untranslated: {msgid!r}")
        elif msgid in texts and msgid not in same:
            found.append(f"same as English: {msgid!r}")
    found += [f"obsolete: {msgid!r}" for msgid in sorted(set(catalogue) - set(used))]
    return found


def main(arguments: list[str]) -> int:
    """Run one command; return the exit status."""
    with (ROOT / "shop" / "translations" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        match arguments:
            case ["merge", path]:
                return merge(Path(path))
            case ["compile"]:
                save(load())
                return 0
            case ["prune"]:
                catalogue = load()
                used = extract()
                for entry in [entry for entry in catalogue if entry.msgid not in used]:
                    catalogue.remove(entry)
                save(catalogue)
                return 0
            case ["check"]:
                found = problems()
                print("\n".join(found) or "translations: complete")
                return 1 if found else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
