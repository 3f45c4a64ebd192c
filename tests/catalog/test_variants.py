"""How a grid follows its options."""

from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.descriptions import clean_description, editable_description
from shop.catalog.variants import Placement, combinations, options_of, regrid

SHIRTS = {"Size": ["S", "M"], "Colour": ["Blue", "Red"]}


def sources(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[tuple[str, ...], int | None]:
    """The new grid's values, each with the number of the old row that it continues."""
    return {place.values: place.source for place in regrid(list(combinations(before)), before, after)}


class TestRegrid:
    def test_the_same_options_change_nothing(self) -> None:
        assert list(sources(SHIRTS, SHIRTS).values()) == [0, 1, 2, 3]

    def test_a_new_value_starts_from_its_neighbour(self) -> None:
        after = {"Size": ["S", "M", "L"], "Colour": ["Blue", "Red"]}

        last = regrid(list(combinations(SHIRTS)), SHIRTS, after)[-1]

        assert last == Placement(("L", "Red"), source=None, like=1)

    def test_a_removed_value_takes_its_variants_with_it(self) -> None:
        assert sources(SHIRTS, {"Size": ["M"], "Colour": ["Blue", "Red"]}) == {
            ("M", "Blue"): 2,
            ("M", "Red"): 3,
        }

    def test_a_renamed_value_stays_the_same_variant(self) -> None:
        after = sources(SHIRTS, {"Size": ["Small", "M"], "Colour": ["Blue", "Red"]})

        assert after == {("Small", "Blue"): 0, ("Small", "Red"): 1, ("M", "Blue"): 2, ("M", "Red"): 3}

    def test_a_renamed_option_stays_the_same_option(self) -> None:
        assert list(sources(SHIRTS, {"Taille": ["S", "M"], "Colour": ["Blue", "Red"]}).values()) == [
            0,
            1,
            2,
            3,
        ]

    def test_options_may_change_places(self) -> None:
        after = sources(SHIRTS, {"Colour": ["Blue", "Red"], "Size": ["S", "M"]})

        assert after == {("Blue", "S"): 0, ("Blue", "M"): 2, ("Red", "S"): 1, ("Red", "M"): 3}

    def test_a_new_option_gives_the_old_variants_its_first_value(self) -> None:
        after = sources({"Size": ["S", "M"]}, {"Size": ["S", "M"], "Cut": ["Slim", "Wide"]})

        assert after == {("S", "Slim"): 0, ("S", "Wide"): None, ("M", "Slim"): 1, ("M", "Wide"): None}

    def test_a_plain_product_grows_its_first_option(self) -> None:
        assert sources({}, {"Size": ["S", "M"]}) == {("S",): 0, ("M",): None}

    def test_the_last_option_goes(self) -> None:
        assert sources({"Size": ["S", "M"]}, {}) == {(): 0}

    def test_an_empty_grid_gets_all_combinations(self) -> None:
        assert len(regrid([], {}, SHIRTS)) == 4

    options = st.dictionaries(
        st.sampled_from(["Size", "Colour", "Cut"]),
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True),
        max_size=3,
    )

    @given(options, options)
    def test_always_makes_each_combination_once_and_no_variant_twice(
        self, before: dict[str, list[str]], after: dict[str, list[str]]
    ) -> None:
        result = regrid(list(combinations(before)), before, after)

        assert [place.values for place in result] == list(combinations(after))
        kept = [place.source for place in result if place.source is not None]
        assert len(set(kept)) == len(kept)


class TestOptionsOf:
    def test_reads_values_in_the_order_of_the_variants(self) -> None:
        assert options_of(["Size", "Colour"], [("M", "Red"), ("S", "Red"), ("M", "Blue")]) == {
            "Size": ["M", "S"],
            "Colour": ["Red", "Blue"],
        }


class TestCleanDescription:
    def test_plain_text_becomes_paragraphs(self) -> None:
        assert (
            clean_description("One\ntwo\n\nThree & 4 < 5") == "<p>One<br>two</p><p>Three &amp; 4 &lt; 5</p>"
        )

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
