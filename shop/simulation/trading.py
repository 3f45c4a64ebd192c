"""What orders come to and what a measure costs: prices, coupons and contests by the house's own code."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.contests.closing import Outcome, draw_contest
from shop.contests.drafts import ContestDraft, EntryDraft
from shop.contests.drawing import Record, check_record
from shop.contests.entering import enter
from shop.contests.mailboxes import person_key_of
from shop.contests.models import Contest
from shop.contests.public_queries import list_receipts, map_excluded
from shop.contests.queries import list_winners
from shop.contests.service import create_contest, publish_contest
from shop.core.db import Database
from shop.core.errors import Conflict
from shop.coupons.customers import customer_keys
from shop.coupons.discounting import CouponTerms, Discount, DiscountLine, discount
from shop.coupons.drafts import CouponDraft
from shop.coupons.models import Coupon, CouponAudience, CouponKind
from shop.coupons.queries import get_coupon, terms_of
from shop.coupons.redeeming import take_use
from shop.coupons.service import create_coupon
from shop.page.models import Page
from shop.pricing.totals import LineInput, compute_totals
from shop.simulation.chance import luck
from shop.simulation.house import (
    COUNTRY,
    PRICES,
    SHIPPING,
    SIGNER,
    TAX_BP,
    email_of,
    list_goods,
    open_house,
    open_page,
    write_accounts,
)
from shop.simulation.measures import Done, Entry, Measure, uses_coupon
from shop.simulation.parameters import World
from shop.simulation.people import DAY_MINUTES, instant
from shop.simulation.world import PageWorld, Sale

PAGE = 1
TWO_UNITS = 0.2


@dataclass(slots=True)
class Trade:
    """What a page sold and paid for it in the days that count; amounts in minor units."""

    orders: int = 0
    from_posts: int = 0
    with_coupon: int = 0
    refused: int = 0
    """Orders that meant to use the coupon a second time and were told why not."""
    revenue: int = 0
    """What was paid, shipping included."""
    cost: int = 0
    entries: int = 0
    refused_entries: int = 0
    """Entries after the end, or of people who had entered."""


def trade(page: PageWorld, measure: Measure, done: Done) -> Trade:
    """Settle a page's sales from day 0 on, and what its measure cost."""
    last = page.world.days * DAY_MINUTES
    sales = sorted((sale for sale in page.sales if 0 <= sale.minute < last), key=lambda one: one.minute)
    found = Trade(orders=len(sales), from_posts=sum(sale.by == "post" for sale in sales))
    with open_house() as database:
        with database.transaction() as session:
            shop = open_page(session, page_id=PAGE, slug=measure.value, since=instant(-1_000_000))
            people = {sale.person_id for sale in sales} | {one.person_id for one in done.entries}
            write_accounts(session, people)
            coupon_id = _offer(session, shop, page.world) if measure is Measure.COUPON else None
        for number, sale in enumerate(sales, start=1):
            coupon = coupon_id if coupon_id and uses_coupon(page, done, sale) else None
            with database.transaction() as session:
                _sell(session, page, (number, sale), coupon, found)
        if measure is Measure.CONTEST:
            _hold_contest(database, page.world, done.entries, found)
    found.cost += _bought(page.world, measure)
    return found


def _bought(world: World, measure: Measure) -> int:
    if measure is Measure.BURST:
        return world.burst_price * world.scaled(world.burst_likes) // 1000
    if measure is Measure.STEALTH:
        return world.stealth_price * world.scaled(world.stealth_likes) // 1000
    return 0


def _offer(session: Session, shop: Page, world: World) -> int:
    first = world.measure_day * DAY_MINUTES
    draft = CouponDraft(
        code="SPRING15", title="15 % off", kind=CouponKind.PERCENT, percent_bp=world.coupon_percent_bp,
        audience=CouponAudience.EVERYBODY, starts_at=instant(first),
        ends_at=instant(first + world.coupon_days * DAY_MINUTES), is_once=True, is_listed=True,
        is_embeddable=True,
    )  # fmt: skip
    return create_coupon(session, page=shop, draft=draft, account_id=None, now=instant(first)).id


def _sell(
    session: Session, page: PageWorld, order: tuple[int, Sale], coupon_id: int | None, found: Trade
) -> None:
    """Price an order by the shop's own totals, and take the coupon's use as a placement would."""
    sale = order[1]
    place = luck(page.seed, "goods", sale.person_id, int(sale.minute))
    line = LineInput(
        PRICES[int(place * len(PRICES))], 1 + (luck(page.seed, "units", sale.person_id) < TWO_UNITS), TAX_BP
    )
    off = [0]
    if coupon_id is not None:
        coupon = get_coupon(session, page_id=PAGE, coupon_id=coupon_id)
        taken = _take(session, coupon, order, line)
        if taken is None:
            found.refused += 1
        else:
            off = taken.line_amounts
            found.with_coupon += 1
            found.cost += taken.amount
    totals = compute_totals([line], shipping_amount=SHIPPING, shipping_tax_rate_bp=TAX_BP, line_discounts=off)
    found.revenue += totals.total_amount


def _take(session: Session, coupon: Coupon, order: tuple[int, Sale], line: LineInput) -> Discount | None:
    number, sale = order
    found = discount(
        terms_of(session, coupon), [DiscountLine(1, frozenset(), line.unit_amount, line.quantity)]
    )
    keys = customer_keys(SIGNER, account_id=sale.person_id, email=email_of(sale.person_id))
    try:
        with session.begin_nested():
            take_use(
                session, coupon_id=coupon.id, order_id=number, keys=keys, amount=found.amount,
                now=instant(sale.minute),
            )  # fmt: skip
    except Conflict:
        return None
    return found


def _hold_contest(database: Database, world: World, entries: Sequence[Entry], found: Trade) -> None:
    """Publish a contest, enter everybody at their time, draw it, check the draw, and count what its prize is worth."""
    first = world.measure_day * DAY_MINUTES
    ends = instant(first + world.contest_days * DAY_MINUTES)
    with database.transaction() as session:
        shop = session.get_one(Page, PAGE)
        prize = list_goods(session, shop, [world.contest_prize], instant(first))[0]
        draft = ContestDraft(
            title="Win it", body="Enter, and you may win.", prize="The best thing of the shop",
            organiser="A shop, 1 Rue Neuve, Paris", starts_at=instant(first), ends_at=ends,
            prize_product_id=prize.id, prize_value_amount=world.contest_prize, countries=(COUNTRY,),
        )  # fmt: skip
        made = create_contest(session, page_id=PAGE, account_id=None, draft=draft, now=instant(first))
        contest = publish_contest(
            session, page_id=PAGE, contest_id=made.id, account_id=None, now=instant(first)
        )
        for entry in sorted(entries, key=lambda one: (one.minute, one.person_id)):
            _enter(session, contest, entry, found)
        found.entries = contest.entry_count
    with database.transaction() as session:
        drawn = draw_contest(session, contest_id=made.id, signer=SIGNER, now=ends)
        if drawn is not Outcome.DRAWN:  # pragma: no cover - the real draw would have failed its own tests
            raise RuntimeError(f"the contest was not drawn: {drawn}")
    with database.reading() as session:
        _check(session, session.get_one(Contest, made.id))
    off = discount(_prize_terms(), [DiscountLine(prize.id, frozenset(), world.contest_prize, 1)])
    found.cost += off.amount + (SHIPPING if off.frees_shipping else 0)


def _enter(session: Session, contest: Contest, entry: Entry, found: Trade) -> None:
    email = email_of(entry.person_id)
    draft = EntryDraft(
        person_key=person_key_of(SIGNER, email), name=f"Person {entry.person_id}", email=email, language="en",
        country=COUNTRY, account_id=entry.person_id, is_new_follower=entry.is_new_follower,
        is_old_enough=True, accepts_rules=True,
    )  # fmt: skip
    try:
        with session.begin_nested():
            enter(session, contest=contest, draft=draft, now=instant(entry.minute))
    except Conflict:
        found.refused_entries += 1


def _check(session: Session, contest: Contest) -> None:
    """Do the draw's steps again from what is public; BadRecord when they give other winners."""
    numbers = [entry.number or 0 for _, entry in list_winners(session, contest.id)]
    check_record(
        Record(
            contest_id=contest.id, commitment=contest.commitment or "",
            receipts=list_receipts(session, contest.id), chain=contest.chain,
            excluded=map_excluded(session, contest), winner_count=contest.winner_count, seed=contest.seed,
            winners=numbers,
        )
    )  # fmt: skip


def _prize_terms() -> CouponTerms:
    return CouponTerms(CouponKind.PERCENT, percent_bp=10_000, has_free_shipping=True, unit_limit=1)
