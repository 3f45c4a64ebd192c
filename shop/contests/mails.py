"""What the mails about contests say; each leads to its entry's own page, or a winner's to the prize."""

from collections.abc import Callable
from dataclasses import dataclass, field

import flask_babel
from flask import url_for
from sqlalchemy.orm import Session

from shop.contests.access import ENDPOINT, entry_token, mark_of
from shop.contests.closing import REPLACED_MAIL, WON_MAIL
from shop.contests.entering import CONFIRM_MAIL, ENTERED_MAIL
from shop.contests.models import Contest, ContestEntry, ContestWinner
from shop.contests.public_queries import find_entry_view, find_winner
from shop.contests.public_views import instant_text
from shop.contests.queries import find_entry
from shop.contests.telling import CANCELLED_MAIL, OVER_MAIL, PHOTO_REFUSED_MAIL
from shop.core.errors import NotFound
from shop.core.mail import Mail
from shop.coupons.claiming import claim_token
from shop.coupons.models import Coupon, HoldingWay
from shop.page.days import zone_name
from shop.page.models import Page
from shop.web.context import signer
from shop.web.mailing import MailContent
from shop.web.templating import date_text, localized
from shop.web.zone import set_zone

_: Callable[..., str] = flask_babel.gettext


@dataclass(frozen=True, slots=True)
class About:
    """All that a mail may tell of."""

    entry: ContestEntry
    contest: Contest
    page: Page
    winner: ContestWinner | None
    coupon: Coupon | None

    @property
    def title(self) -> str:
        """The contest's name in the reader's language."""
        return str(localized(self.contest, "title"))

    @property
    def entry_link(self) -> str:
        """Where the entry is looked at, confirmed and taken back."""
        return url_for(ENDPOINT, token=entry_token(signer(), self.entry), _external=True)

    def prize_link(self, coupon: Coupon) -> str:
        """Where a winner puts the coupon into the wallet."""
        token = claim_token(signer(), coupon_id=coupon.id, way=HoldingWay.PRIZE)
        return url_for("coupon_acts.show_claim", token=token, _external=True)

    @property
    def check_link(self) -> str:
        """Where anybody does the draw again."""
        return url_for(
            "contest_pages.show_check", page_slug=self.page.slug, contest_slug=self.contest.slug, _external=True
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject line, what is said, a button, and facts as (label, value)."""

    title: str
    paragraphs: list[str]
    label: str
    link: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    small: str = ""


def _confirm(about: About) -> Letter:
    return Letter(
        _("Confirm your entry to “%(contest)s”", contest=about.title),
        [
            _("One more step, and you take part: press the button before %(when)s.", when=_end(about)),
            *(
                [_("It confirms the address of your account, too: your later entries count at once.")]
                if about.entry.account_id is not None
                else []
            ),
            _(
                "Was that not you? Then do nothing: the entry does not count, and it is all that we write to you."
            ),
        ],
        _("Confirm my entry"),
        about.entry_link,
    )


def _entered(about: About) -> Letter:
    return Letter(
        _("You take part in “%(contest)s”", contest=about.title),
        [
            _(
                "Good luck! The winners are drawn after %(when)s. You get an e-mail whatever comes out.",
                when=_end(about),
            )
        ],
        _("See my entry"),
        about.entry_link,
        [(_("Number"), str(about.entry.number)), (_("Receipt"), str(about.entry.receipt)),
         (_("Chain after your entry"), str(about.entry.chain))],
        _(
            "Keep this e-mail: with the receipt you can check that your entry was drawn from, and that nothing was "
            "changed. You can take your entry back until the draw."
        ),
    )  # fmt: skip


def _won(about: About) -> Letter:
    prize = str(localized(about.contest, "prize"))
    title = _("You have won: %(prize)s", prize=prize)
    if about.coupon is None or about.coupon.ends_at is None:
        told = _(
            "Congratulations! %(page)s will write to you at this address about your prize.",
            page=about.page.name,
        )
        return Letter(title, [told], _("See my entry"), about.entry_link)
    return Letter(
        title,
        [
            _("Congratulations! You were drawn in “%(contest)s”.", contest=about.title),
            _(
                "Your prize is a coupon: it takes the whole price and the shipping off. Press the button, and it is "
                "in your wallet. Then order as usual; there is nothing to pay."
            ),
        ],
        _("Take my prize"),
        about.prize_link(about.coupon),
        [(_("Code"), about.coupon.code), (_("To be used by"), date_text(about.coupon.ends_at))],
        _(
            "It is for you alone, so do not pass this e-mail on. What you do not want goes to the next one drawn."
        ),
    )


def _over(about: About) -> Letter:
    return Letter(
        _("“%(contest)s” is drawn", contest=about.title),
        [
            _("This time others were drawn. Thank you for taking part!"),
            _(
                "Every entry that could win had the same chance. You can do the draw again yourself and see it."
            ),
        ],
        _("Check the draw"),
        about.check_link,
    )


def _cancelled(about: About) -> Letter:
    return Letter(
        _("“%(contest)s” was cancelled", contest=about.title),
        [
            _("%(page)s has cancelled the contest, and nobody is drawn. The reason:", page=about.page.name),
            about.contest.cancel_reason,
        ],
        _("See my entry"),
        about.entry_link,
    )


def _photo_refused(about: About) -> Letter:
    return Letter(
        _("Your photo does not take part in “%(contest)s”", contest=about.title),
        [
            _(
                "%(page)s looks at each photo before it takes part, and did not accept yours:",
                page=about.page.name,
            ),
            about.entry.refused_reason,
        ],
        _("See my entry"),
        about.entry_link,
    )


def _replaced(about: About) -> Letter:
    reason = about.winner.replaced_reason if about.winner else ""
    return Letter(
        _("Your prize of “%(contest)s” went to the next one", contest=about.title),
        [
            _("%(page)s has given it to the next one in the draw’s order. The reason:", page=about.page.name),
            reason,
        ],
        _("See my entry"),
        about.entry_link,
        small=_("If you think that this is not right, write to %(email)s.", email=about.page.contact_email)
        if about.page.contact_email
        else "",
    )


def _end(about: About) -> str:
    return instant_text(about.contest.ends_at, zone_name(about.page.country))


LETTERS: dict[str, Callable[[About], Letter]] = {
    CONFIRM_MAIL: _confirm,
    ENTERED_MAIL: _entered,
    WON_MAIL: _won,
    OVER_MAIL: _over,
    CANCELLED_MAIL: _cancelled,
    PHOTO_REFUSED_MAIL: _photo_refused,
    REPLACED_MAIL: _replaced,
}


def _render(session: Session, mail: Mail) -> MailContent:
    row = find_entry_view(session, int(mail.context["entry_id"]))
    if row is None:
        raise NotFound
    entry, contest, page = row
    winner = find_winner(session, entry.id)
    coupon = session.get(Coupon, winner.coupon_id) if winner and winner.coupon_id else None
    set_zone(zone_name(page.country))
    letter = LETTERS[mail.kind](About(entry, contest, page, winner, coupon))
    return MailContent(letter.title, "contest", {"letter": letter, "page": page})


def is_void(session: Session, mail: Mail) -> bool:
    """Tell whether a mail is about what is no longer so: an entry that was deleted or overwritten, a prize handed on."""
    if mail.kind not in LETTERS:
        return False
    entry = find_entry(session, int(mail.context["entry_id"]))
    if entry is None or mark_of(entry) != mail.context["mark"]:
        return True
    winner = find_winner(session, entry.id) if mail.kind == WON_MAIL else None
    return winner is not None and winner.replaced_at is not None


RENDERERS: dict[str, Callable[[Session, Mail], MailContent]] = dict.fromkeys(LETTERS, _render)
