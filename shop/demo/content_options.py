"""The choices that several products of the demo share: colours with their swatches, and sizes."""

from shop.demo.content_types import Option, Picture, Text, say

COLOURS: dict[str, tuple[Text, str]] = {
    "ecru": (say("Écru", "Ecru"), "#e9dfcb"),
    "craie": (say("Craie", "Chalk"), "#ece6da"),
    "argile": (say("Argile", "Clay"), "#b9694a"),
    "sauge": (say("Sauge", "Sage"), "#8f9f84"),
    "encre": (say("Encre", "Ink blue"), "#2c3e5a"),
    "laiton": (say("Laiton brossé", "Brushed brass"), "#b8924a"),
    "noir": (say("Noir mat", "Matt black"), "#2a2826"),
    "fume": (say("Fumé", "Smoke"), "#6b5c50"),
    "tilleul": (say("Tilleul", "Linden green"), "#9fae86"),
}


def colour_option(*keys: str, name: Text | None = None) -> Option:
    """Return the option of these colours, in this order; it is called Colour unless `name` says else."""
    return Option(
        name=name or say("Couleur", "Colour"),
        values=tuple(COLOURS[key][0] for key in keys),
        swatches=tuple(COLOURS[key][1] for key in keys),
    )


def size_option(*values: str | Text, name: Text | None = None) -> Option:
    """Return the option of these sizes; a plain string is the same in both languages."""
    texts = tuple(value if isinstance(value, Text) else say(value, value) for value in values)
    return Option(name=name or say("Dimensions", "Size"), values=texts)


def picture(file: str, fr: str, en: str) -> Picture:
    """Return the picture in `file` with its alternative text in both languages."""
    return Picture(file=file, alt=say(fr, en))
