"""Which group a visitor belongs to, and under which key they are counted. Pure."""

from shop.core.ids import hash_token
from shop.core.signing import Signer
from shop.like_invitations.models import Arm

PURPOSE = "like-invitation"
WHOLE_BP = 10_000


def visitor_key_of(account_id: int | None, guest_id: str) -> str:
    """Return the key of an account, else of a guest by the id in their cookie; orders carry the same."""
    return f"account:{account_id}" if account_id is not None else f"guest:{hash_token(guest_id)}"


def draw_arm(signer: Signer, *, page_id: int, visitor_key: str, held_out_bp: int) -> Arm:
    """Return a visitor's group on a page: the same however often it is asked, and by nothing but chance.

    A keyed hash of both names, read as a number: nobody outside can tell or choose their group, groups of
    different pages have nothing to do with each other, and a smaller share only frees some of the held out.
    """
    # The remainder of so long a number favours nobody by more than one in 10^70.
    place = int(signer.digest(PURPOSE, f"{page_id}\n{visitor_key}"), 16) % WHOLE_BP
    return Arm.HELD_OUT if place < held_out_bp else Arm.INVITED
