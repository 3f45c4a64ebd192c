"""How well colours can be told apart, as WCAG measures it."""

TEXT_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of normal size."""


def contrast_ratio(first: str, second: str = "#ffffff") -> float:
    """Return the WCAG contrast ratio of two ``#rrggbb`` colours: 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """Return the relative luminance of ``#rrggbb``: 0 for black, 1 for white (WCAG 2.2, definitions)."""

    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= _LINEAR_PART else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(color[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


_LINEAR_PART = 0.04045  # of sRGB's transfer function (IEC 61966-2-1)
