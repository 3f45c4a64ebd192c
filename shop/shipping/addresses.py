"""What an address has in which country, as the payment page asks for it too."""

WITH_STATES = frozenset({"US", "CA", "AU", "MX", "BR", "IN", "JP", "CN"})
"""Countries whose addresses name a state, a province or a prefecture."""
WITHOUT_POSTAL_CODES = frozenset({
    "AE", "AO", "BS", "BW", "BZ", "FJ", "GH", "HK", "IE", "JM", "KE", "MO", "NG", "PA", "QA", "UG",
})  # fmt: skip
"""Countries whose addresses may have no postal code."""


def has_states(country: str) -> bool:
    """Tell whether an address in a country (ISO 3166-1) names a state."""
    return country in WITH_STATES


def needs_postal_code(country: str) -> bool:
    """Tell whether an address in a country (ISO 3166-1) must have a postal code."""
    return country not in WITHOUT_POSTAL_CODES
