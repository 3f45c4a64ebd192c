"""The draw: each entrant as likely as any other, and nothing can be changed unseen."""

import hashlib
from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.contests.drawing import (
    BadRecord,
    EntryFacts,
    Record,
    chain_of,
    check_record,
    choose_winners,
    commit,
    draw_order,
    extend_chain,
    first_chain,
    new_salt,
    new_seed,
    receipt_of,
)

SEED = "00" * 31 + "2a"
DRAWS = 100_000


def seeds() -> list[str]:
    """Many seeds that are the same in each run, so that a wrong draw fails always and a right one never."""
    return [hashlib.sha256(f"seed {number}".encode()).hexdigest() for number in range(DRAWS)]


def made_record(count: int = 12, *, winners: int = 3, excluded: dict[int, str] | None = None) -> Record:
    receipts = [receipt_of(EntryFacts(7, f"person {number}"), f"{number:032x}") for number in range(count)]
    chain = chain_of(7, commit(SEED), receipts)
    drawn = choose_winners(SEED, chain, count, winners=winners, excluded=excluded or {})
    return Record(7, commit(SEED), receipts, chain, excluded or {}, winners, SEED, drawn)


class TestDrawOrder:
    @given(st.integers(0, 300), st.binary(min_size=32, max_size=32))
    def test_has_every_number_once(self, count: int, seed: bytes) -> None:
        assert sorted(draw_order(seed.hex(), "ab" * 32, count)) == list(range(1, count + 1))

    def test_does_not_do_more_than_is_asked(self) -> None:
        assert len(list(islice(draw_order(SEED, "ab" * 32, 10**15), 5))) == 5

    def test_is_what_the_documentation_works_out(self) -> None:
        # Kept as numbers: whoever writes these steps anew, in whatever language, must come to them.
        assert list(draw_order(SEED, first_chain(7, commit(SEED)), 10)) == [3, 9, 5, 10, 4, 7, 1, 8, 2, 6]

    def test_gives_each_entrant_the_same_share_of_100_000_draws(self) -> None:
        count = 20
        chain = first_chain(7, commit(SEED))
        first, third = Counter[int](), Counter[int]()
        for seed in seeds():
            order = list(islice(draw_order(seed, chain, count), 3))
            first[order[0]] += 1
            third[order[2]] += 1
        # 40 shares are looked at: five standard deviations leave one false alarm in 40,000 choices of seeds.
        share = 1 / count
        margin = 5 * (DRAWS * share * (1 - share)) ** 0.5
        for drawn in (first, third):
            assert sorted(drawn) == list(range(1, count + 1))
            assert all(abs(times - DRAWS * share) < margin for times in drawn.values())

    def test_gives_each_pair_the_same_share(self) -> None:
        chain = first_chain(7, commit(SEED))
        pairs = Counter(tuple(islice(draw_order(seed, chain, 5), 2)) for seed in seeds())
        assert len(pairs) == 20
        expected = DRAWS / 20
        # Chi-square with 19 degrees of freedom: 43.8 is passed once in a thousand.
        assert sum((times - expected) ** 2 / expected for times in pairs.values()) < 43.8

    def test_turns_on_the_chain_and_on_the_seed(self) -> None:
        chain = first_chain(7, commit(SEED))
        order = list(draw_order(SEED, chain, 50))
        assert list(draw_order(SEED, extend_chain(chain, "00" * 32), 50)) != order
        assert list(draw_order(new_seed(), chain, 50)) != order


class TestChooseWinners:
    def test_passes_over_who_cannot_win_and_moves_nobody(self) -> None:
        chain = first_chain(7, commit(SEED))
        order = list(draw_order(SEED, chain, 10))
        excluded = {order[0]: "wrong_answer", order[2]: "withdrawn"}
        chosen = choose_winners(SEED, chain, 10, winners=3, excluded=excluded)
        assert chosen == [order[1], order[3], order[4]]

    def test_leaves_places_open_when_too_few_may_win(self) -> None:
        chain = first_chain(7, commit(SEED))
        assert choose_winners(SEED, chain, 2, winners=5, excluded={1: "withdrawn"}) == [2]
        assert choose_winners(SEED, chain, 0, winners=1, excluded={}) == []


class TestReceiptOf:
    def test_turns_on_everything_that_an_entry_says(self) -> None:
        facts = EntryFacts(7, "person", 2, "photo")
        said = {
            receipt_of(one, salt)
            for one in (
                facts,
                replace(facts, contest_id=8),
                replace(facts, person="another"),
                replace(facts, answer=3),
                replace(facts, answer=None),
                replace(facts, photo=None),
            )
            for salt in ("aa" * 16, "bb" * 16)
        }
        assert len(said) == 12

    def test_is_not_guessed_without_its_salt(self) -> None:
        assert len({new_salt() for _ in range(100)}) == 100


class TestCheckRecord:
    def test_passes_a_draw_as_it_was(self) -> None:
        check_record(made_record(excluded={3: "wrong_answer"}))

    def test_passes_a_contest_that_is_still_open(self) -> None:
        check_record(replace(made_record(), seed=None, winners=None))

    def test_sees_an_entry_that_was_changed_after_the_commitment(self) -> None:
        record = made_record()
        for place in range(len(record.receipts)):
            receipts = list(record.receipts)
            receipts[place] = receipt_of(EntryFacts(7, "somebody else"), new_salt())
            with pytest.raises(BadRecord, match="chain"):
                check_record(replace(record, receipts=receipts))

    @pytest.mark.parametrize("change", ["added", "removed", "swapped"])
    def test_sees_entries_that_were_added_removed_or_swapped(self, change: str) -> None:
        record = made_record()
        receipts = list(record.receipts)
        if change == "added":
            receipts.append(receipt_of(EntryFacts(7, "late"), new_salt()))
        elif change == "removed":
            receipts.pop(4)
        else:
            receipts[1], receipts[2] = receipts[2], receipts[1]
        with pytest.raises(BadRecord, match="chain"):
            check_record(replace(record, receipts=receipts))

    def test_sees_another_seed(self) -> None:
        with pytest.raises(BadRecord, match="seed"):
            check_record(replace(made_record(), seed=new_seed()))

    def test_sees_another_winner(self) -> None:
        record = made_record()
        others = [number for number in range(1, 13) if number not in (record.winners or ())]
        with pytest.raises(BadRecord, match="winners"):
            check_record(replace(record, winners=[*(record.winners or ())[:2], others[0]]))

    def test_sees_a_commitment_that_was_put_there_afterwards(self) -> None:
        other = new_seed()
        with pytest.raises(BadRecord, match="chain"):
            check_record(replace(made_record(), seed=other, commitment=commit(other)))
