"""Who is held out: by a keyed hash, the same however often it is asked."""

from shop.core.intervals import wilson
from shop.core.signing import Signer
from shop.like_invitations.arms import draw_arm, visitor_key_of
from shop.like_invitations.models import Arm

SIGNER = Signer("a-secret-key-that-is-long-enough-for-it")
KEYS = [visitor_key_of(None, f"guest {number}") for number in range(20_000)]


def held_out(page_id: int, held_out_bp: int, signer: Signer = SIGNER) -> set[str]:
    """Return which of ``KEYS`` are held out."""
    return {
        key
        for key in KEYS
        if draw_arm(signer, page_id=page_id, visitor_key=key, held_out_bp=held_out_bp) is Arm.HELD_OUT
    }


class TestDrawArm:
    def test_holds_out_the_share_that_was_asked_for(self) -> None:
        share = wilson(len(held_out(1, 1000)), len(KEYS), z=4)
        assert share.low <= 0.1 <= share.high

    def test_holds_nobody_out_for_no_share(self) -> None:
        assert held_out(1, 0) == set()

    def test_says_the_same_again(self) -> None:
        assert held_out(1, 1000) == held_out(1, 1000)

    def test_only_frees_some_when_the_share_shrinks(self) -> None:
        assert held_out(1, 500) < held_out(1, 1000)

    def test_of_two_pages_have_nothing_to_do_with_each_other(self) -> None:
        both = wilson(len(held_out(1, 5000) & held_out(2, 5000)), len(KEYS), z=4)
        assert both.low <= 0.25 <= both.high

    def test_cannot_be_told_without_the_key(self) -> None:
        another = Signer("another-secret-key-that-is-long-enough")
        both = wilson(len(held_out(1, 5000) & held_out(1, 5000, another)), len(KEYS), z=4)
        assert both.low <= 0.25 <= both.high


class TestVisitorKeyOf:
    def test_names_an_account_before_a_guest(self) -> None:
        assert visitor_key_of(7, "") == "account:7"

    def test_keeps_only_a_hash_of_a_guest(self) -> None:
        assert "secret" not in visitor_key_of(None, "secret")
