"""The carriers that are known, and where each lets one follow a parcel. Pure.

The addresses are those of the carriers' own public tracking pages, as their sites form them when a
number is searched; ``docs/algorithms/fulfilment.md`` says what confirms each.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlsplit

MAX_NUMBER = 60
MAX_URL = 500
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z ._/-]*")


class Carrier(NamedTuple):
    """Who carries a parcel: a stable key, its name, and its tracking page with a place for the number.

    There can be one for the postal code too.
    """

    key: str
    name: str
    url: str


CARRIERS: Mapping[str, Carrier] = {
    carrier.key: carrier
    for carrier in (
        Carrier("laposte", "Colissimo / La Poste", "https://www.laposte.fr/outils/suivre-vos-envois?code={number}"),
        Carrier("chronopost", "Chronopost", "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={number}"),
        Carrier("mondial-relay", "Mondial Relay", "https://www.mondialrelay.fr/suivi-de-colis/?numeroExpedition={number}&codePostal={postal_code}"),
        Carrier("australia-post", "Australia Post", "https://auspost.com.au/mypost/track/details/{number}"),
        Carrier("bpost", "bpost", "https://track.bpost.cloud/btr/web/#/search?itemCode={number}"),
        Carrier(
            "canada-post", "Canada Post", "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={number}"
        ),
        Carrier(
            "correos", "Correos", "https://www.correos.es/es/en/tools/tracker/items/details?tracking-number={number}"
        ),
        Carrier("dhl", "DHL Express", "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}"),
        Carrier(
            "dhl-paket", "DHL Paket",
            "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}",
        ),
        Carrier("dpd", "DPD", "https://tracking.dpd.de/status/en_US/parcel/{number}"),
        Carrier("evri", "Evri", "https://www.evri.com/track/parcel/{number}"),
        Carrier("fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr={number}"),
        Carrier("gls", "GLS", "https://gls-group.com/EU/en/parcel-tracking/?match={number}"),
        Carrier("inpost", "InPost", "https://inpost.pl/sledzenie-przesylek?number={number}"),
        Carrier("poste-italiane", "Poste Italiane", "https://www.poste.it/cerca/index.html#/risultati-spedizioni/{number}"),
        Carrier("royal-mail", "Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/{number}"),
        Carrier("swiss-post", "Swiss Post", "https://service.post.ch/ekp-web/ui/entry/search/{number}"),
        Carrier("ups", "UPS", "https://www.ups.com/track?tracknum={number}"),
        Carrier("usps", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}"),
    )
}  # fmt: skip


def carrier_name(carrier: str) -> str:
    """Return a carrier's name by its key; what is no key is a name as it was typed."""
    known = CARRIERS.get(carrier)
    return known.name if known else carrier


def tracking_address(carrier: str, number: str, postal_code: str = "") -> str | None:
    """Return where a parcel of a known carrier is followed, or None without a number or for an unknown carrier.

    ``postal_code`` is the one that the parcel goes to: Mondial Relay shows nothing without it.
    """
    known = CARRIERS.get(carrier)
    found, place = (quote("".join(text.split()), safe="") for text in (number, postal_code))
    return known.url.format(number=found, postal_code=place) if known and found else None


def is_number(text: str) -> bool:
    """Tell whether a text can be a tracking number: letters, digits and a few signs, at most 60 of them."""
    return len(text) <= MAX_NUMBER and _NUMBER.fullmatch(text) is not None


def is_safe_url(text: str) -> bool:
    """Tell whether a buyer may be led to a typed address: https, a host with a dot, no name or password in it."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_plain = text.isascii() and text.isprintable() and " " not in text and "\\" not in text
    return (
        is_plain
        and len(text) <= MAX_URL
        and parts.scheme == "https"
        and "." in host
        and "@" not in parts.netloc
    )
