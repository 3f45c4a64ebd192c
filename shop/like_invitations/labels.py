"""What the figures of an invitation say, in plain sentences."""

from flask_babel import format_decimal
from flask_babel import gettext as _

from shop.core.intervals import Interval
from shop.like_invitations.judging import Uplift, Verdict

HUNDRED = "#,##0.0"


def per_hundred(share: float) -> str:
    """Return a share (0 to 1) as so many of a hundred visitors, with one decimal and a true minus sign."""
    # Half a tenth either way is none: a minus before nothing would puzzle.
    rounded = round(share * 100, 1) or 0.0
    return str(format_decimal(rounded, HUNDRED)).replace("-", "\N{MINUS SIGN}")


def likes_sentence(uplift: Uplift) -> str:
    """Return what can be said of the invitation's effect on likes."""
    words = _bounds(uplift.difference)
    match uplift.verdict:
        case Verdict.MORE:
            return str(_("The invitation brings likes: %(by)s more of 100 visitors like the page.", **words))
        case Verdict.FEWER:
            return str(_("With the invitation %(by)s fewer of 100 visitors like the page.", **words))
        case Verdict.LITTLE:
            return str(
                _("The invitation changes next to nothing: less than one like more or less of 100 visitors.")
            )
        case Verdict.TOO_EARLY:
            return str(_("It is too early to tell whether the invitation brings likes."))
    return _no_group()


def orders_sentence(uplift: Uplift) -> str:
    """Return what can be said of the invitation's effect on who buys."""
    words = _bounds(uplift.difference)
    match uplift.verdict:
        case Verdict.MORE:
            return str(_("The invitation brings orders: %(by)s more of 100 visitors buy.", **words))
        case Verdict.FEWER:
            return str(
                _("With the invitation %(by)s fewer of 100 visitors buy. Think of turning it off.", **words)
            )
        case Verdict.LITTLE:
            return str(
                _(
                    "For sales the invitation changes next to nothing: less than one buyer more or less of 100 visitors."
                )
            )
        case Verdict.TOO_EARLY:
            return str(_("It is too early to tell whether the invitation changes what is bought."))
    return _no_group()


def interval_sentence(uplift: Uplift) -> str | None:
    """Return the difference with its interval; None when there is nothing to compare."""
    if uplift.verdict is Verdict.NO_GROUP or uplift.held_out.high - uplift.held_out.low >= 1:
        return None
    words = _bounds(uplift.difference)
    if uplift.difference.excludes_zero:
        return str(
            _(
                "Difference so far: %(exact)s of 100 visitors; with 95 %% certainty between %(low)s and %(high)s.",
                **words,
            )
        )
    return str(
        _(
            "Difference so far: %(exact)s of 100 visitors; chance alone could make it anything from %(low)s to %(high)s.",
            **words,
        )
    )


def _no_group() -> str:
    return str(_("Nobody is held out, so nothing can be said about what the invitation brings."))


def _bounds(difference: Interval) -> dict[str, str]:
    return {
        "by": per_hundred(abs(difference.estimate)),
        "exact": _signed(difference.estimate),
        "low": _signed(difference.low),
        "high": _signed(difference.high),
    }


def _signed(share: float) -> str:
    text = per_hundred(share)
    return f"+{text}" if round(share * 100, 1) > 0 else text
