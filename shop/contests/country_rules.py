"""What the rules of a contest say of each country's law; docs/contests.md names where each sentence comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.core.i18n import N_


@dataclass(frozen=True, slots=True)
class CountryRules:
    """A country's sentences (msgids): the law in the rules, and what to be careful of before publishing.

    ``authority`` is who watches over personal data there, under its own name.
    """

    text: str
    authority: str | None = None
    warning: str | None = None


COUNTRY_RULES: Mapping[str, CountryRules] = {
    "FR": CountryRules(
        N_(
            "It is a promotional draw within the meaning of article L. 121-20 of the French Consumer Code, and no "
            "lottery of articles L. 322-1 and following of the Code of Internal Security: nothing is asked for it. "
            "Personal data are handled by the General Data Protection Regulation and law no. 78-17 of 6 January 1978."
        ),
        "Commission nationale de l’informatique et des libertés (CNIL), www.cnil.fr",
    ),
    "BE": CountryRules(
        N_(
            "No stake is asked for, so it is no game of chance of the Belgian law of 7 May 1999. Book VI of the Code "
            "of Economic Law (unfair practices) and the General Data Protection Regulation hold."
        ),
        "Autorité de protection des données / Gegevensbeschermingsautoriteit, www.autoriteprotectiondonnees.be",
    ),
    "CH": CountryRules(
        N_(
            "Entering needs neither a stake nor a purchase, so it is no money game of the Swiss Gambling Act of "
            "29 September 2017 (articles 1 and 3). The Federal Act on Data Protection holds. There is no legal recourse "
            "as to the draw itself."
        ),
        "Préposé fédéral à la protection des données et à la transparence / EDÖB, www.edoeb.admin.ch",
    ),
    "LU": CountryRules(
        N_(
            "It is a free contest that only advertises, which article 2 of the Luxembourg law of 20 April 1977 does "
            "not count as a game of chance. The Consumer Code (unfair practices) and the General Data Protection "
            "Regulation hold."
        ),
        "Commission nationale pour la protection des données (CNPD), cnpd.public.lu",
        N_(
            "Luxembourg: what a contest’s rules had to be deposited for until 2016 is still done by many; ask whether you "
            "should."
        ),
    ),
    "DE": CountryRules(
        N_(
            "It is a prize competition with advertising character (section 6 (1) no. 4 of the German Digital Services "
            "Act, DDG): its conditions are all in these rules. It is free, so it is no game of chance of the State "
            "Treaty on Gambling. The General Data Protection Regulation and the BDSG hold."
        ),
        "Bundesbeauftragte für den Datenschutz, www.bfdi.bund.de",
    ),
    "GB": CountryRules(
        N_(
            "It is a free prize draw and no lottery of the Gambling Act 2005. It follows section 8 of the CAP Code: "
            "winners are found by a computer process whose results are verifiably random (rule 8.24). UK GDPR and "
            "the Data Protection Act 2018 hold."
        ),
        "Information Commissioner’s Office, ico.org.uk",
    ),
    "US": CountryRules(
        N_(
            "NO PURCHASE NECESSARY. A PURCHASE DOES NOT INCREASE YOUR CHANCES OF WINNING. Void where prohibited. Odds "
            "depend on the number of eligible entries. Taxes on a prize are the winner’s. All federal, state and local "
            "laws hold."
        ),
    ),
    "CA": CountryRules(
        N_(
            "No purchase necessary. Chance alone decides nothing: only who answers the question rightly takes part in "
            "the draw (section 206 of the Criminal Code). Number and value of the prizes are told above, and they are "
            "not split by regions (section 74.06 of the Competition Act). Odds depend on the number of eligible entries."
        ),
        "Office of the Privacy Commissioner of Canada, www.priv.gc.ca",
        N_("Canada: rules and advertising meant for Quebec have to be in French, too."),
    ),
}


@dataclass(frozen=True, slots=True)
class _European:
    """What counts in the rest of the European Economic Area."""

    text: str
    countries: frozenset[str]


EUROPEAN = _European(
    N_(
        "Directive 2005/29/EC on unfair commercial practices and the General Data Protection Regulation hold as they do "
        "there."
    ),
    frozenset("AT BG CY CZ DK EE ES FI GR HR HU IE IS IT LI LT LV MT NL NO PL PT RO SE SI SK".split()),
)
