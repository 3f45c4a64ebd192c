"""Marks texts for translation where no request, and so no language, is at hand."""


def N_(message: str) -> str:  # noqa: N802 - the customary name, known to the extractor
    """Return ``message`` unchanged; the extractor finds it and an edge translates it."""
    return message


LANGUAGES: tuple[str, ...] = ("en", "fr")
DEFAULT_LANGUAGE = "en"
