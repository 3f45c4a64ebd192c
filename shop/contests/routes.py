"""An entry's own page, behind the signed link that its mails carry: confirmed there, looked at, taken back."""

from dataclasses import dataclass

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.login import current_account_id
from shop.contests.access import mark_of, read_entry_token
from shop.contests.drawing import receipt_text
from shop.contests.entering import (
    NotOpen,
    confirm_entry,
    facts_of,
    restore_entry,
    why_not_open,
    withdraw_entry,
)
from shop.contests.models import Contest, ContestEntry, ContestStatus, ContestWinner
from shop.contests.public_queries import find_entry_view, find_exclusion, find_prize, find_winner
from shop.contests.public_views import REASONS, view_contest
from shop.core.errors import NotFound
from shop.core.signing import BadLink
from shop.coupons.claiming import claim_token
from shop.coupons.models import Coupon, HoldingWay
from shop.page.days import zone_name
from shop.page.models import Page
from shop.web.context import database, now, signer
from shop.web.limits import limiter
from shop.web.locale import language
from shop.web.pages import flash_message, go, render, see_other
from shop.web.zone import set_zone

LOOKS = "60/minute"

blueprint = Blueprint("contests", __name__)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with what its page shows beside it; ``reason`` says why it could not win, after the draw."""

    entry: ContestEntry
    contest: Contest
    page: Page
    winner: ContestWinner | None
    reason: str | None
    prize: Coupon | None = None


@blueprint.get("/contest-entries/<token>")
@limiter.limit(LOOKS)
def show_entry(token: str) -> BaseResponse:
    """Show an entry to whoever has its link: what to do next, its number, its receipt, and how it came out."""
    found = _find(token)
    if found is None:
        return _private(render("contests/no_entry.html", status=BadLink.status))
    set_zone(zone_name(found.page.country))
    contest = view_contest(found.contest, found.page, now())
    return _private(
        render(
            "contests/entry.html",
            found=found,
            entry=found.entry,
            contest=contest,
            page=found.page,
            countries=dict(contest.countries),
            is_open=why_not_open(found.contest, now()) is None,
            can_leave=found.contest.status is ContestStatus.PUBLISHED,
            reasons=REASONS,
            prize_link=_prize_link(found.prize),
            receipt_text=receipt_text(facts_of(found.entry), found.entry.salt),
            token=token,
        )
    )


def _prize_link(prize: Coupon | None) -> str:
    """Return where a winner puts the prize into the wallet or the cart."""
    if prize is None:
        return ""
    token = claim_token(signer(), coupon_id=prize.id, way=HoldingWay.PRIZE)
    return url_for("coupon_acts.show_claim", token=token)


def _find(token: str) -> Found | None:
    try:
        ref = read_entry_token(signer(), token)
    except BadLink:
        return None
    with database().reading() as session:
        row = find_entry_view(session, ref.entry_id)
        if row is None or mark_of(row[0]) != ref.mark:
            return None
        entry, contest, page = row
        is_drawn = contest.status is ContestStatus.DRAWN
        winner = find_winner(session, entry.id) if is_drawn else None
        reason = (
            find_exclusion(session, contest, entry.number)
            if is_drawn and winner is None and entry.number is not None
            else None
        )
        coupon_id = winner.coupon_id if winner and winner.replaced_at is None else None
        prize = find_prize(session, coupon_id) if coupon_id is not None else None
    return Found(entry, contest, page, winner, reason, prize)


def _get(token: str) -> Found:
    found = _find(token)
    if found is None:
        raise BadLink
    return found


@blueprint.post("/contest-entries/<token>/confirmation")
@limiter.limit(LOOKS)
def create_confirmation(token: str) -> BaseResponse:
    """Let an entry count whose owner has answered the mail."""
    found = _get(token)
    try:
        with database().transaction() as session:
            confirm_entry(session, entry_id=found.entry.id, now=now(), reader_id=current_account_id())
    except NotOpen as error:
        flash_message(_(error.msgid), "error")
    except NotFound:
        pass  # taken back meanwhile: its page says so
    else:
        flash_message(_("You are in. Good luck!"))
    return see_other("contests.show_entry", token=token)


@blueprint.post("/contest-entries/<token>/withdrawal")
@limiter.limit(LOOKS)
def create_withdrawal(token: str) -> BaseResponse:
    """Take an entry out of the draw; one that was not confirmed yet is forgotten."""
    found = _get(token)
    was_counted = found.entry.number is not None
    try:
        with database().transaction() as session:
            is_out = withdraw_entry(session, entry_id=found.entry.id, now=now())
    except NotOpen as error:
        flash_message(_(error.msgid), "error")
        return see_other("contests.show_entry", token=token)
    if not was_counted:
        flash_message(_("Your entry is deleted."))
        return go(f"/{language()}/p/{found.page.slug}/contests/{found.contest.slug}")
    if is_out:
        flash_message(
            _("You are out of this contest."), undo=url_for("contests.delete_withdrawal", token=token)
        )
    return see_other("contests.show_entry", token=token)


@blueprint.post("/contest-entries/<token>/return")
@limiter.limit(LOOKS)
def delete_withdrawal(token: str) -> BaseResponse:
    """Put an entry back into the draw that its owner had taken out."""
    found = _get(token)
    try:
        with database().transaction() as session:
            is_in_again = restore_entry(session, entry_id=found.entry.id)
    except NotOpen as error:
        flash_message(_(error.msgid), "error")
    else:
        if is_in_again:
            flash_message(_("You are in again. Good luck!"))
    return see_other("contests.show_entry", token=token)


def _private(response: Response) -> BaseResponse:
    # As with a reset link: the address must not travel to others nor stay in a shared cache.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
