"""Countries by region and currencies, with their names in the visitor's language."""

import unicodedata

from babel import Locale

from shop.core.i18n import N_
from shop.core.money import CURRENCIES
from shop.web.locale import language

# Where Stripe Checkout can collect a shipping address for (docs.stripe.com/api/checkout/sessions/create,
# shipping_address_collection.allowed_countries), by ISO 3166-1 alpha-2 code; the regions are ours.
REGIONS: dict[str, tuple[str, ...]] = {
    N_("Europe"): tuple(
        "AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD "
        "ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK".split()
    ),
    N_("The Americas"): tuple(
        "AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CW DM DO EC FK GD GF GL GP GS GT GY HN HT JM KN KY LC "
        "MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG".split()
    ),
    N_("Africa"): tuple(
        "AC AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW "
        "MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TA TD TG TN TZ UG YT ZA ZM ZW".split()
    ),
    N_("Asia"): tuple(
        "AE AF AM AZ BD BH BN BT CN GE HK ID IL IN IO IQ JO JP KG KH KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK "
        "PS QA SA SG TH TJ TL TM TR TW UZ VN YE".split()
    ),
    N_("Oceania"): tuple("AQ AU CK FJ GU KI NC NR NU NZ PF PG PN SB TF TK TO TV VU WF WS".split()),
}
COUNTRIES: tuple[str, ...] = tuple(sorted(code for codes in REGIONS.values() for code in codes))


def country_choices(codes: tuple[str, ...] = COUNTRIES) -> list[tuple[str, str]]:
    """Return (code, name) pairs, sorted by name as a reader of this language expects."""
    names = Locale.parse(language()).territories
    return sorted(((code, names[code]) for code in codes), key=lambda pair: _fold(pair[1]))


def region_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each region's msgid with its countries as (code, name) pairs."""
    return [(region, country_choices(codes)) for region, codes in REGIONS.items()]


def currency_choices() -> list[tuple[str, str]]:
    """Return (code, "euro (EUR)") pairs in the order of ``CURRENCIES``: the commonest first."""
    names = Locale.parse(language()).currencies
    return [(code, f"{names[code]} ({code})") for code in CURRENCIES]


def _fold(name: str) -> str:
    """Return ``name`` without accents and capitals: "Émirats" stands among the E, "Åland" among the A."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))
