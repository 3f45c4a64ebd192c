"""The palette of the illustrations and how its colours are mixed."""

PAPER = "#f6f0e6"
ECRU = "#e6dac4"
CHALK = "#ebe4d7"
CLAY = "#bb6c4c"
SAGE = "#8d9d81"
INK = "#2f4260"
BRASS = "#b8924a"
OAK = "#cda06a"
RATTAN = "#c99f66"
CHARCOAL = "#2b2927"
SMOKE = "#6b5a4c"
LINDEN = "#9fae7e"
AMBER = "#c98a3c"
GLOW = "#ffdb97"
SHADE = "#38261b"

SAND_WALL = "#e8dccb"
CREAM_WALL = "#f0e8da"
BLUSH_WALL = "#e6cbb9"
CLAY_WALL = "#cf977c"
SAGE_WALL = "#b8c1aa"
MIST_WALL = "#b4bfc8"
NIGHT_WALL = "#27313f"
DUSK_WALL = "#4a3a38"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, other: str, share: float) -> str:
    """Return `colour` with a `share` (0 to 1) of `other`, both `#rrggbb`."""
    parts = (round(a + (b - a) * share) for a, b in zip(_channels(colour), _channels(other), strict=True))
    return "#" + "".join(f"{max(0, min(255, part)):02x}" for part in parts)


def light(colour: str, share: float) -> str:
    """Return `colour` nearer to the warm white of the lamp."""
    return mix(colour, "#fffaf0", share)


def dark(colour: str, share: float) -> str:
    """Return `colour` nearer to the warm brown of the shadows."""
    return mix(colour, "#2a1a14", share)


def brightness(colour: str) -> float:
    """Return how bright a colour looks, from 0 (black) to 1 (white)."""
    red, green, blue = _channels(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255
