"""The demo, written down: three brand pages, the people who like them and what they have bought.

Start here: `PAGES`, `FOLLOWERS` and `PAST_ORDERS`; the shapes are in `content_types`. Picture files lie under
`shop/demo/pictures` and were drawn by `tools/illustrations`.
"""

from shop.demo.content_brume import BRUME
from shop.demo.content_lumen import LUMEN
from shop.demo.content_orders import PAST_ORDERS
from shop.demo.content_papeterie import PAPETERIE
from shop.demo.content_people import FOLLOWERS
from shop.demo.content_types import (
    Address,
    Collection,
    Follower,
    Language,
    Line,
    Option,
    Page,
    PastOrder,
    Picture,
    Product,
    Staff,
    Text,
    Variant,
)

PAGES: tuple[Page, ...] = (LUMEN, BRUME, PAPETERIE)

# The variants of Atelier Lumen that run low on purpose: between 3 and 30 units, so that a race for the last
# ones can be shown. All others have none, more than 30, or no limit.
SCARCE_SKUS: tuple[str, ...] = (
    "LUM-OPALE-L",  # 18
    "LUM-ORION",  # 6
    "LUM-LUCIO-ENC",  # 12
    "LUM-ESTRAN-ENC27",  # 24
    "LUM-RIVAGE-SAU",  # 20
    "LUM-LICHEN",  # 26
    "LUM-PLANCHE-L",  # 15
    "LUM-COLONNE",  # 3
    "LUM-ALPAGE-ENC",  # 9
    "LUM-SILLON-170",  # 8
)
ONLY_THREE_LEFT_SKU = "LUM-COLONNE"
UNLIMITED_SKU = "LUM-GLOBE95"

# Every demo account has this password; the demo is for a machine of one's own.
DEMO_PASSWORD = "lumiere-demo-2025"  # noqa: S105 -- public on purpose

__all__ = [
    "DEMO_PASSWORD",
    "FOLLOWERS",
    "ONLY_THREE_LEFT_SKU",
    "PAGES",
    "PAST_ORDERS",
    "SCARCE_SKUS",
    "UNLIMITED_SKU",
    "Address",
    "Collection",
    "Follower",
    "Language",
    "Line",
    "Option",
    "Page",
    "PastOrder",
    "Picture",
    "Product",
    "Staff",
    "Text",
    "Variant",
]
