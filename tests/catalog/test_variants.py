"""How a grid follows its options."""

from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.descriptions import clean_description, editable_description
from shop.catalog.service import VariantDraft
from shop.catalog.variants import combinations, options_of, regrid

SHIRTS = {"Size": ["S", "M"], "Colour": ["Blue", "Red"]}


def grid(options: dict[str, list[str]]) -> list[VariantDraft]:
    """A grid whose variants carry an id, a price, a stock and a SKU of their own."""
    return [
        VariantDraft(option_values=values, variant_id=number, price_amount=100 * number, stock=number, sku=f"K{number}")
        for number, values in enumerate(combinations(options), start=1)
    ]


def ids(drafts: list[VariantDraft]) -> dict[tuple[str, ...], int | None]:
    return {draft.option_values: draft.variant_id for draft in drafts}


class TestRegrid:
    def test_the_same_options_change_nothing(self) -> None:
        assert regrid(grid(SHIRTS), SHIRTS, SHIRTS) == grid(SHIRTS)

    def test_a_new_value_starts_from_its_neighbour_without_stock(self) -> None:
        after = regrid(grid(SHIRTS), SHIRTS, {"Size": ["S", "M", "L"], "Colour": ["Blue", "Red"]})

        assert ids(after)["L", "Red"] is None
        fresh = after[-1]
        assert (fresh.option_values, fresh.stock, fresh.sku, fresh.price_amount) == (("L", "Red"), 0, None, 200)
        assert after[:4] == grid(SHIRTS)

    def test_a_removed_value_takes_its_variants_with_it(self) -> None:
        after = regrid(grid(SHIRTS), SHIRTS, {"Size": ["M"], "Colour": ["Blue", "Red"]})

        assert ids(after) == {("M", "Blue"): 3, ("M", "Red"): 4}

    def test_a_renamed_value_stays_the_same_variant(self) -> None:
        after = regrid(grid(SHIRTS), SHIRTS, {"Size": ["Small", "M"], "Colour": ["Blue", "Red"]})

        assert ids(after) == {("Small", "Blue"): 1, ("Small", "Red"): 2, ("M", "Blue"): 3, ("M", "Red"): 4}

    def test_a_renamed_option_stays_the_same_option(self) -> None:
        after = regrid(grid(SHIRTS), SHIRTS, {"Taille": ["S", "M"], "Colour": ["Blue", "Red"]})

        assert list(ids(after).values()) == [1, 2, 3, 4]

    def test_options_may_change_places(self) -> None:
        after = regrid(grid(SHIRTS), SHIRTS, {"Colour": ["Blue", "Red"], "Size": ["S", "M"]})

        assert ids(after) == {("Blue", "S"): 1, ("Blue", "M"): 3, ("Red", "S"): 2, ("Red", "M"): 4}

    def test_a_new_option_gives_the_old_variants_its_first_value(self) -> None:
        before = {"Size": ["S", "M"]}
        after = regrid(grid(before), before, {"Size": ["S", "M"], "Cut": ["Slim", "Wide"]})

        assert ids(after) == {("S", "Slim"): 1, ("S", "Wide"): None, ("M", "Slim"): 2, ("M", "Wide"): None}

    def test_a_plain_product_grows_its_first_option(self) -> None:
        after = regrid(grid({}), {}, {"Size": ["S", "M"]})

        assert ids(after) == {("S",): 1, ("M",): None}

    def test_the_last_option_goes(self) -> None:
        before = {"Size": ["S", "M"]}

        assert ids(regrid(grid(before), before, {})) == {(): 1}

    def test_an_empty_grid_gets_all_combinations(self) -> None:
        assert len(regrid([], {}, SHIRTS)) == 4

    options = st.dictionaries(
        st.sampled_from(["Size", "Colour", "Cut"]), st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True), max_size=3
    )

    @given(options, options)
    def test_always_makes_each_combination_once_and_no_variant_twice(
        self, before: dict[str, list[str]], after: dict[str, list[str]]
    ) -> None:
        result = regrid(grid(before), before, after)

        assert [draft.option_values for draft in result] == list(combinations(after))
        kept = [draft.variant_id for draft in result if draft.variant_id is not None]
        assert len(set(kept)) == len(kept)


class TestOptionsOf:
    def test_reads_values_in_the_order_of_the_variants(self) -> None:
        assert options_of(["Size", "Colour"], [("M", "Red"), ("S", "Red"), ("M", "Blue")]) == {
            "Size": ["M", "S"], "Colour": ["Red", "Blue"],
        }


class TestCleanDescription:
    def test_plain_text_becomes_paragraphs(self) -> None:
        assert clean_description("One\ntwo\n\nThree & 4 < 5") == "<p>One<br>two</p><p>Three &amp; 4 &lt; 5</p>"

    def test_old_tags_become_the_allowed_ones(self) -> None:
        assert clean_description("<div><H1 class=x>T</H1><p>a <b>b</b> <i>c</i></p></div>") == (
            "<h3>T</h3><p>a <strong>b</strong> <em>c</em></p>"
        )

    def test_what_can_harm_falls_off(self) -> None:
        harmful = (
            "<script>x()</script><style>p{}</style><img src=x onerror=y><iframe src=z></iframe>"
            "<a href='data:text/html,x' style=q>l</a><svg onload=x></svg><p onmouseover=x>ok</p>"
        )
        assert clean_description(harmful) == '<a rel="noopener nofollow">l</a><p>ok</p>'

    @given(st.text(max_size=200))
    def test_a_text_may_go_through_the_form_again_and_again(self, text: str) -> None:
        once = clean_description(text)
        assert clean_description(editable_description(once)) == once

    @given(st.text(alphabet="<>/pbra&;lt\n \"'=x", max_size=80))
    def test_no_markup_survives_that_is_not_allowed(self, text: str) -> None:
        cleaned = clean_description(text)
        assert "<script" not in cleaned.lower()
        assert clean_description(editable_description(cleaned)) == cleaned
