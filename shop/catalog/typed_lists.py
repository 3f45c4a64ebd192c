"""Values as people type them in one field: "S, M, L", or "Small, 24 cm; Large, 38 cm"."""

import re

_PIECE = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*|([^,;\n]*))([,;\n]|$)')
_PIECE_SEMICOLON = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*|([^;\n]*))([;\n]|$)')


def split_values(text: str) -> list[str]:
    """Return the values in ``text``: separated by commas, or by semicolons when there is one.

    A value in double quotes may hold either; a quote inside is doubled.
    """
    outside_quotes = re.sub(r'"(?:[^"]|"")*"', "", text)
    pattern = _PIECE_SEMICOLON if ";" in outside_quotes else _PIECE
    values, position = [], 0
    while position <= len(text):
        found = pattern.match(text, position)
        if found is None:  # an unpaired quote: take the rest as it stands
            values.append(text[position:])
            break
        quoted, plain, mark = found.groups()
        values.append(quoted.replace('""', '"') if quoted is not None else plain)
        if not mark:
            break
        position = found.end()
    return [value.strip() for value in values if value.strip()]


def join_values(values: list[str]) -> str:
    """Return values as a text that ``split_values`` takes apart again."""
    needs_semicolon = any("," in value for value in values)
    written = [
        '"' + value.replace('"', '""') + '"'
        if ";" in value or '"' in value or (needs_semicolon and len(values) == 1)
        else value
        for value in values
    ]
    return ("; " if needs_semicolon and len(values) > 1 else ", ").join(written)
