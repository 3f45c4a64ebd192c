"""A page's accent colour in both schemes, always readable on what it stands on."""

from shop.page.colors import TEXT_CONTRAST, contrast_ratio, luminance

LIGHT_SURFACE = "#faf9f7"
DARK_SURFACE = "#1d1b1a"
_MIDDLE = 0.18  # the luminance at which black and white stand out equally
_STEPS = 50


def readable(color: str, surface: str) -> str:
    """Return ``color``, moved towards black or white as little as makes it readable on ``surface``."""
    goal = "#000000" if luminance(surface) > _MIDDLE else "#ffffff"
    for step in range(_STEPS):
        moved = _mix(color, goal, step / _STEPS)
        if contrast_ratio(moved, surface) >= TEXT_CONTRAST:
            return moved
    return goal


def text_on(color: str) -> str:
    """Return white or black, whichever reads better on ``color``."""
    return max("#ffffff", "#000000", key=lambda text: contrast_ratio(text, color))


def theme_css(color: str) -> str:
    """Return the style sheet that gives a page the accent ``color`` (``#rrggbb``) in both schemes."""
    light, dark = readable(color, LIGHT_SURFACE), readable(color, DARK_SURFACE)
    return (
        "@layer tokens{:root{"
        f"--page-accent:light-dark({light},{dark});"
        f"--page-on-accent:light-dark({text_on(light)},{text_on(dark)})"
        "}}\n"
    )


def _mix(color: str, goal: str, share: float) -> str:
    pairs = ((int(color[at : at + 2], 16), int(goal[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)
