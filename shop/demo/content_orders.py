"""The orders that the demo brands had in the last forty days, oldest first."""

from shop.demo.content_people import FOLLOWERS
from shop.demo.content_types import Address, Line, OrderState, PastOrder

_LUMEN, _BRUME, _PAPETERIE = "atelier-lumen", "maison-brume", "papeterie-nord"


def _by_follower(page_slug: str, buyer: int, days_ago: int, state: OrderState, *lines: Line) -> PastOrder:
    return PastOrder(page_slug, lines, days_ago, state, FOLLOWERS[buyer].address, buyer=buyer)


def _by_guest(
    page_slug: str, email: str, address: Address, days_ago: int, state: OrderState, *lines: Line
) -> PastOrder:
    return PastOrder(page_slug, lines, days_ago, state, address, guest_email=email)


_VALERIE = Address("Valérie Monnier", "7 impasse des Tilleuls", "74000", "Annecy", "FR", phone="+33639980231")
_PETER = Address("Peter Lindqvist", "Skånegatan 84", "116 37", "Stockholm", "SE")
_AMELIE = Address("Amélie Tessier", "18 rue Nationale", "49100", "Angers", "FR", line2="Bâtiment B, 2e étage")

PAST_ORDERS: tuple[PastOrder, ...] = (
    _by_follower(_LUMEN, 0, 38, "fulfilled", Line("LUM-OPALE-S"), Line("LUM-GLOBE95", 2)),
    _by_follower(_LUMEN, 1, 36, "fulfilled", Line("LUM-ESTRAN-CRA27", 6), Line("LUM-ESTRAN-CRA21", 6)),
    _by_guest(_LUMEN, "valerie.monnier@example.com", _VALERIE, 33, "fulfilled", Line("LUM-ALPAGE-ECR")),
    _by_follower(_LUMEN, 3, 31, "refunded", Line("LUM-ECOLE-ENC")),
    _by_follower(_LUMEN, 4, 28, "fulfilled", Line("LUM-VERMEIL-16"), Line("LUM-SERVIETTES-SAU", 2)),
    _by_follower(_LUMEN, 2, 25, "expired", Line("LUM-ORION")),
    _by_follower(_BRUME, 6, 23, "fulfilled", Line("BRU-FIGUIER-220", 2), Line("BRU-AVOINE", 3)),
    _by_follower(_LUMEN, 2, 22, "fulfilled", Line("LUM-LUNE-LAI25", 3)),
    _by_guest(
        _LUMEN,
        "peter.lindqvist@example.com",
        _PETER,
        18,
        "fulfilled",
        Line("LUM-ONDE-FUM"),
        Line("LUM-FACETTE-4"),
    ),
    _by_follower(_LUMEN, 9, 15, "cancelled", Line("LUM-SILLON-120")),
    _by_follower(_PAPETERIE, 5, 13, "fulfilled", Line("PAP-BEFFROI-ENC-L", 2), Line("PAP-ESCAUT-F")),
    _by_follower(_LUMEN, 10, 11, "fulfilled", Line("LUM-COLONNE"), Line("LUM-FEUTRE-ARG", 4)),
    _by_follower(_LUMEN, 0, 8, "fulfilled", Line("LUM-SIESTE-SAU50", 2), Line("LUM-SIESTE-ECR40", 2)),
    _by_guest(_LUMEN, "amelie.tessier@example.com", _AMELIE, 6, "expired", Line("LUM-DUNE")),
    _by_follower(_LUMEN, 15, 4, "paid", Line("LUM-LUCIO-ARG", 2)),
    _by_follower(_LUMEN, 13, 2, "paid", Line("LUM-DIMANCHE-ECR280"), Line("LUM-SERVIETTES-ENC", 2)),
    _by_follower(_BRUME, 20, 2, "paid", Line("BRU-COFFRET")),
    _by_follower(_LUMEN, 17, 1, "paid", Line("LUM-LICHEN"), Line("LUM-RIVAGE-CRA", 4)),
    _by_guest(_LUMEN, "amelie.tessier@example.com", _AMELIE, 0, "paid", Line("LUM-DUNE")),
)
