"""A page's accent colour in both schemes, always readable: WCAG contrast, computed here."""

LIGHT_SURFACE = "#faf9f7"
DARK_SURFACE = "#1d1b1a"
TEXT_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of normal size."""
_STEPS = 50


def contrast(first: str, second: str) -> float:
    """Return the WCAG contrast ratio of two ``#rrggbb`` colours: 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: str, surface: str) -> str:
    """Return ``color``, moved towards black or white as little as makes it readable on ``surface``."""
    goal = "#000000" if _luminance(surface) > _MIDDLE else "#ffffff"
    for step in range(_STEPS + 1):
        moved = _mix(color, goal, step / _STEPS)
        if contrast(moved, surface) >= TEXT_CONTRAST:
            return moved
    return goal


def text_on(color: str) -> str:
    """Return near-white or near-black, whichever reads better on ``color``."""
    return max("#ffffff", "#14110f", key=lambda text: contrast(text, color))


def theme_css(color: str) -> str:
    """Return the style sheet that gives a page the accent ``color`` (``#rrggbb``) in both schemes."""
    light, dark = readable(color, LIGHT_SURFACE), readable(color, DARK_SURFACE)
    return (
        "@layer tokens{:root{"
        f"--page-accent:light-dark({light},{dark});"
        f"--page-on-accent:light-dark({text_on(light)},{text_on(dark)})"
        "}}\n"
    )


_LINEAR_END = 0.04045  # of the sRGB transfer curve (IEC 61966-2-1)
_MIDDLE = 0.18  # the luminance at which black and white stand out equally


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= _LINEAR_END else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(value) for value in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(color: str, goal: str, share: float) -> str:
    pairs = zip(_channels(color), _channels(goal), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)
