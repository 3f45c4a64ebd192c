"""What a profile says of whether its account is real: little, so its weight is bounded. Pure.

The weights were fitted to 576 labelled accounts of another network (docs/algorithms/fan-quality.md says which, how
well, and why the constant of that file is not taken: half of its accounts are fake, of a page's fans far fewer are).
"""

WEIGHTS = {"no_picture": 3.40, "digits": 5.22, "no_bio": 1.65}
"""Log-odds of a missing picture, of a handle of digits only (times the share of digits), of a missing bio."""
CONSTANT = -2.33
"""Of the labelled accounts, where as many are fake as real."""
SHRINK = 0.2
"""How much of the fitted log-odds is believed: another network, and people here often show neither picture nor bio."""
BOUND = 0.8


def digit_share(handle: str) -> float:
    """Return which share of a handle's characters are digits (0 to 1)."""
    return sum(character.isdigit() for character in handle) / len(handle) if handle else 0.0


def fitted(*, has_picture: bool, has_bio: bool, handle: str) -> float:
    """Return the log-odds of being fake as the labelled accounts teach them."""
    return (
        CONSTANT
        + WEIGHTS["no_picture"] * (not has_picture)
        + WEIGHTS["digits"] * digit_share(handle)
        + WEIGHTS["no_bio"] * (not has_bio)
    )


def profile_weight(*, has_picture: bool | None, has_bio: bool | None, handle: str | None) -> float:
    """Return the log-odds that a profile gives, between -0.8 and 0.8; 0 when anything of it is unknown."""
    if has_picture is None or has_bio is None or handle is None:
        return 0.0
    found = SHRINK * fitted(has_picture=has_picture, has_bio=has_bio, handle=handle)
    return max(-BOUND, min(BOUND, found))
