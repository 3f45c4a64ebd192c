"""How a shop dresses its payment page: colours, corners, pictures; the page stays readable in any of them."""

from __future__ import annotations

import re

from shop.sandbox.errors import Obj, invalid, missing_param
from shop.sandbox.fields import checked_url

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
# What a session says when it is told nothing; the page then keeps its own colours, which know light and dark.
PLAIN = {
    "background_color": "#ffffff",
    "border_style": "rounded",
    "button_color": "#0074d4",
    "display_name": "",
    "font_family": "default",
    "icon": None,
    "logo": None,
}
# Where sRGB's curve begins to bend.
_KNEE = 0.04045
_RADII = {"rectangular": "0", "pill": "26px"}
_SERIFS = frozenset({"bitter", "hahmlet", "lora", "noto_serif", "pridi", "pt_serif", "roboto_slab"})
_MONOSPACED = frozenset({"inconsolata", "m_plus_1_code", "ubuntu_mono"})


def brand_of(given: Obj) -> Obj:
    """Return a session's ``branding_settings``, checked; an empty text leaves the default."""
    for name in ("background_color", "button_color"):
        if given.get(name) and not _HEX.fullmatch(given[name]):
            raise invalid("A colour must be like `#0074d4`.", f"branding_settings[{name}]")
    for name in ("icon", "logo"):
        if name in given:
            if not given[name].get("url"):
                raise missing_param(f"branding_settings[{name}][url]")
            checked_url(given[name]["url"], f"branding_settings[{name}][url]")
    return PLAIN | {name: value for name, value in given.items() if value != ""}


def _luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= _KNEE else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ink_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour (always at least 4.5 to 1)."""
    light = _luminance(colour)
    return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"


def style_sheet(session: Obj) -> str:
    """Return the CSS of what a session's brand changes."""
    brand, rules = session["branding_settings"], []
    if brand["button_color"] != PLAIN["button_color"]:
        colour = brand["button_color"]
        rules.append(f":root {{ --button: {colour}; --on-button: {ink_on(colour)}; }}")
    if brand["background_color"] != PLAIN["background_color"]:
        colour = brand["background_color"]
        ink = ink_on(colour)
        rules.append(
            f".summary {{ --panel: {colour}; --field: {colour}; --ink: {ink}; --quiet: {ink}; --line: {ink}; "
            f"--accent: {ink}; --on-accent: {colour}; --hair: color-mix(in srgb, {ink} 25%, {colour}); "
            f"color: {ink}; color-scheme: {'dark' if ink == '#ffffff' else 'light'}; }}"
        )
    if brand["border_style"] in _RADII:
        rules.append(f":root {{ --radius: {_RADII[brand['border_style']]}; }}")
    if brand["font_family"] != "default":
        family = brand["font_family"]
        kind = "serif" if family in _SERIFS else "monospace" if family in _MONOSPACED else "sans-serif"
        name = family.replace("_", " ").title()
        rules.append(f':root {{ font-family: "{name}", {kind}; }}')
    return "\n".join(rules)
