"""docs/algorithms/contest-draw.md says what the code does: its worked example is done again."""

import hashlib
import hmac
import re
from pathlib import Path

from shop.contests.checking import FORMAT, digest_of
from shop.contests.drawing import EntryFacts, commit, draw_order, extend_chain, first_chain, receipt_of

DOC = (Path(__file__).resolve().parents[2] / "docs" / "algorithms" / "contest-draw.md").read_text(
    encoding="utf-8"
)
SEED = "00" * 31 + "2a"


class TestContestDrawDoc:
    def test_works_out_what_the_code_does(self) -> None:
        commitment = commit(SEED)
        chain = first_chain(7, commitment)
        entries = (
            EntryFacts(7, "person 0"),
            EntryFacts(7, "person 1", 2),
            EntryFacts(7, "person 2", None, "pictures/ab/abcd"),
        )
        receipts = [receipt_of(facts, f"{number:032x}") for number, facts in enumerate(entries)]
        hashes = [commitment, chain, *receipts]
        for receipt in receipts:
            chain = extend_chain(chain, receipt)
        key = hmac.digest(bytes.fromhex(SEED), bytes.fromhex(chain), "sha256")
        block = hashlib.sha256(key + bytes(8)).hexdigest()
        hashes += [chain, key.hex(), block, digest_of({2: "wrong_answer"})]
        assert re.findall(r"`([0-9a-f]{64})`", DOC) == hashes
        assert f"| order | {', '.join(map(str, draw_order(SEED, chain, 3)))} |" in DOC

    def test_writes_the_texts_that_are_hashed(self) -> None:
        texts = re.findall(r"of `(\[7,.*?\])` \| `([0-9a-f]{64})`", DOC)
        assert len(texts) == 3
        assert all(hashlib.sha256(text.encode()).hexdigest() == receipt for text, receipt in texts)

    def test_names_the_format_and_the_order_of_ten(self) -> None:
        order = draw_order(SEED, first_chain(7, commit(SEED)), 10)
        assert FORMAT in DOC
        assert f"the order is {', '.join(map(str, order))}." in DOC
