"""The rules of a contest, which the house writes from what the page said: general ones, then those of each country.

Where the rules come from is in docs/contests.md. They are made with care and are no legal advice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flask_babel
from babel import Locale
from flask_babel import force_locale

from shop.contests.closing import PATIENCE
from shop.contests.country_rules import COUNTRY_RULES, EUROPEAN
from shop.contests.drafts import ContestDraft
from shop.contests.forgetting import KEPT
from shop.contests.models import Contest, ContestKind
from shop.contests.public_views import instant_text
from shop.core.i18n import N_
from shop.core.money import format_amount
from shop.page.days import zone_name
from shop.page.models import Page

_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext

US_BOND_AMOUNT = 500_000
"""In cents: above it New York and Florida ask for a registration and a bond."""


@dataclass(frozen=True, slots=True)
class RulesSection:
    """A part of the rules; ``key`` is its fragment in the address."""

    key: str
    title: str
    paragraphs: Sequence[str]


def rules_of(contest: Contest, page: Page, language: str) -> list[RulesSection]:
    """Return the rules of a contest in ``language``: what every contest says, its page's additions, the law."""
    with force_locale(language):
        sections = [
            RulesSection("organiser", _("Who runs it"), _organiser(contest, page, language)),
            RulesSection("dates", _("From when to when"), _dates(contest, page)),
            RulesSection("free", _("Free, and without buying anything"), _free()),
            RulesSection("who", _("Who may enter"), _who(contest, page, language)),
            RulesSection("how", _("How to enter"), _how(contest, language)),
            RulesSection("draw", _("How the winners are found"), _draw(contest)),
            RulesSection("prize", _("What is won"), _prize(contest, language)),
            RulesSection("winners", _("How winners are told"), _winners(contest)),
            RulesSection("data", _("Your data"), _data(contest, page)),
            RulesSection("networks", _("Who has nothing to do with it"), _networks(page)),
            RulesSection("changes", _("Changes and cancelling"), _changes()),
        ]
        own = _said(contest, "rules", language)
        if own:
            sections.append(RulesSection("more", _("From %(page)s", page=page.name), _paragraphs(own)))
        sections.append(RulesSection("law", _("The law"), _law(contest, page, language)))
    return sections


def warnings_of(draft: ContestDraft, page: Page) -> list[str]:
    """Return msgids of what whoever publishes this had better ask a lawyer about, by the countries it is open to."""
    countries = {page.country, *(draft.countries or page.ships_to)}
    found = [COUNTRY_RULES[code].warning for code in sorted(countries & COUNTRY_RULES.keys())]
    warnings = [text for text in found if text]
    if draft.kind is ContestKind.DRAW and "BE" in countries:
        warnings.append(BELGIAN_DRAW)
    if "US" in countries and draft.prize_value_amount * draft.winner_count > US_BOND_AMOUNT:
        warnings.append(AMERICAN_BOND)
    return warnings


BELGIAN_DRAW = N_(
    "Belgium: a law of 1851 forbids lotteries, and it is disputed whether free ones are meant. A quiz is safer there "
    "than a plain draw."
)
AMERICAN_BOND = N_(
    "United States: for prizes of more than 5,000 dollars in all, New York and Florida ask for a registration and a bond."
)


def _said(contest: Contest, name: str, language: str) -> str:
    translated = (contest.translations or {}).get(language, {}).get(name)
    return str(translated or getattr(contest, name))


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def _organiser(contest: Contest, page: Page, language: str) -> list[str]:
    lines = [
        _(
            "The contest “%(title)s” is run by %(organiser)s.",
            title=_said(contest, "title", language),
            organiser=_name(contest, page),
        )
    ]
    if page.contact_email:
        lines.append(_("Write to %(email)s about anything in these rules.", email=page.contact_email))
    return lines


def _name(contest: Contest, page: Page) -> str:
    return ", ".join(line.strip() for line in contest.organiser.splitlines() if line.strip()) or page.name


def _dates(contest: Contest, page: Page) -> list[str]:
    zone = zone_name(page.country)
    return [
        _(
            "It begins on %(starts)s and ends on %(ends)s. What comes in later does not count, nor does an entry that "
            "is confirmed later.",
            starts=instant_text(contest.starts_at, zone), ends=instant_text(contest.ends_at, zone),
        )
    ]  # fmt: skip


def _free() -> list[str]:
    return [
        _(
            "Entering costs nothing. No purchase is necessary, and buying something does not raise anybody’s chances."
        ),
        _(
            "Nobody has to like or share the page, or to tell friends: who does has the same chances as who does not."
        ),
    ]


def _who(contest: Contest, page: Page, language: str) -> list[str]:
    territories = Locale.parse(language).territories
    names = ", ".join(sorted(str(territories[code]) for code in contest.countries or page.ships_to))
    return [
        _(
            "Everybody of at least %(age)s years who lives in one of these countries: %(countries)s.",
            age=contest.minimum_age, countries=names,
        ),
        _("Who works for the organiser on this page cannot enter. It is void where it is forbidden by law."),
    ]  # fmt: skip


def _how(contest: Contest, language: str) -> list[str]:
    lines = [
        _(
            "By the form on the contest’s page: the entry counts as soon as the link in our e-mail was followed, or at "
            "once with an account whose address was confirmed so before."
        ),
        _(
            "Each person enters once. Entries of the same person under several addresses, or by programs, are void."
        ),
    ]
    if contest.kind is ContestKind.QUIZ:
        question = _said(contest, "question", language)
        lines.append(
            _(
                "One answers the question “%(question)s”. Only right answers take part in the draw.",
                question=question,
            )
        )
    elif contest.kind is ContestKind.PHOTO:
        lines += [
            _(
                "One sends a photo that one took oneself. Whoever can be recognised in it has to have agreed, and it "
                "must show nothing unlawful or hurtful."
            ),
            _(
                "The photo stays yours. You allow %(hold)s to show it on the pages of this contest, for as long as "
                "they are there.", hold=contest.organiser.splitlines()[0] if contest.organiser else "",
            ),
            _(
                "Somebody looks at each photo; those that keep to the rules take part in the draw. They are not judged "
                "by their beauty. The draw waits for that, for %(days)s days after the end at most; a photo that "
                "nobody has looked at by then does not take part.", days=PATIENCE.days,
            ),
        ]  # fmt: skip
    return lines


def _draw(contest: Contest) -> list[str]:
    return [
        _(
            "A computer draws by chance among all entries that can win. How likely one wins depends on how many they "
            "are; all are equally likely."
        ),
        _(
            "Anybody can check that: a secret number is fixed by its fingerprint before the first entry, and all "
            "entries are chained. After the draw both are published with every step. This fingerprint is %(commitment)s.",
            commitment=contest.commitment or "–",
        ),
    ]  # fmt: skip


def _prize(contest: Contest, language: str) -> list[str]:
    value = format_amount(contest.prize_value_amount, contest.currency, language)
    prize = _said(contest, "prize", language).rstrip(".")
    lines = [
        ngettext(
            "There is %(num)s prize: %(prize)s. It is worth %(value)s.",
            "There are %(num)s prizes, one for each winner: %(prize)s. Each is worth %(value)s.",
            contest.winner_count, prize=prize, value=value,
        )
    ]  # fmt: skip
    if contest.prize_product_id is not None:
        lines.append(
            _(
                "A winner gets a coupon with which it costs nothing in the shop, nor does sending it. It holds for "
                "%(days)s days and for the winner alone.", days=contest.prize_days,
            )
        )  # fmt: skip
    lines.append(_("It is not paid out in money. Winners pay nothing to get it."))
    return lines


def _winners(contest: Contest) -> list[str]:
    lines = [
        _("Winners get an e-mail at the address with which they entered, right after the draw."),
        _(
            "Who gives the prize up, cannot be reached, or did not keep to the rules is replaced by the next one in "
            "the draw’s order, and told why. Nobody else can take their place."
        ),
        _("The result is public by the numbers of entries, without names."),
    ]
    if "GB" in contest.countries:
        lines.append(
            _(
                "United Kingdom: on request the organiser tells surname and county of winners who do not object."
            )
        )
    return lines


def _data(contest: Contest, page: Page) -> list[str]:
    lines = [
        _(
            "%(organiser)s uses your name, your e-mail address, your country and what you send for this contest only, "
            "to run it as you asked by entering. They are not sold, and no advertising is sent to you because of it.",
            organiser=_name(contest, page),
        ),
        _("You can take your entry back until the draw, by the link in our e-mail."),
        _(
            "Entries that were never confirmed are deleted at the draw. Names, e-mail addresses and our e-mails about "
            "the contest are erased by themselves %(days)s days after the draw, or after it was cancelled. Number, "
            "receipt, country and answer stay: the public check stands on them, and they name nobody.",
            days=KEPT.days,
        ),
        _(
            "You can ask to see your data, to have them corrected or erased, and get them in a usual format. Of an "
            "entry that counted, its receipt remains, which names nobody."
        ),
    ]  # fmt: skip
    authority = COUNTRY_RULES[page.country].authority if page.country in COUNTRY_RULES else None
    if authority:
        lines.append(_("You can complain to: %(authority)s.", authority=authority))
    return lines


def _networks(page: Page) -> list[str]:
    return [
        _(
            "No social network sponsors, endorses or runs this contest, or has to do with it, wherever you read of "
            "it. Who enters gives their data to %(page)s and not to such a network, and claims nothing from one.",
            page=page.name,
        )
    ]  # fmt: skip


def _changes() -> list[str]:
    return [
        _(
            "Since it was published, nobody can change dates, prize, conditions or question. It is cancelled only for "
            "a reason that could not be foreseen; then everybody who entered is told, and no winner is drawn."
        )
    ]


def _law(contest: Contest, page: Page, language: str) -> list[str]:
    lines = [_law_of(page.country, language)]
    others = [code for code in contest.countries if code in COUNTRY_RULES and code != page.country]
    territories = Locale.parse(language).territories
    lines += [
        _("%(label)s: %(value)s", label=territories[code], value=_(COUNTRY_RULES[code].text))
        for code in sorted(others)
    ]
    lines.append(_("Rights that the law of your own country gives you as a consumer are not touched."))
    lines.append(
        _(
            "These rules were put together by a program from what the organiser said. They are no legal advice."
        )
    )
    return lines


def _law_of(country: str, language: str) -> str:
    name = str(Locale.parse(language).territories.get(country, country))
    general = _("The law of the organiser’s country counts (%(country)s).", country=name)
    if country in COUNTRY_RULES:
        return f"{general} {_(COUNTRY_RULES[country].text)}"
    return f"{general} {_(EUROPEAN.text)}" if country in EUROPEAN.countries else general
