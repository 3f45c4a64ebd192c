"""Cards: sorted, filtered, searched, paged, in two statements however many there are."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from shop.catalog.admin_queries import list_products_for_admin
from shop.catalog.listing import CardPage, Sort, list_cards
from shop.catalog.models import Collection, CollectionProduct, Product, ProductPicture, ProductStatus, Variant
from shop.catalog.queries import suggest_query
from shop.catalog.search_index import search_text, sort_key
from shop.catalog.sorting import write_cursor
from shop.core.db import Database
from shop.core.places import BadCursor
from shop.core.text_search import terms_of, words_of
from tests.factories import START, make_page, make_product
from tests.support.statements import count_statements


def titles(page: CardPage) -> list[str]:
    return [card.title for card in page.cards]


@pytest.fixture
def shelf(database: Database) -> int:
    """Five published products of one page, one hidden, one of another page; return the page's id."""
    with database.transaction() as session:
        page, other = make_page(session), make_page(session)
        things = [
            ("Étagère", [(9000, 2)], 3),
            ("Fauteuil", [(45000, 0)], 9),
            ("Lampe opale", [(18900, 46), (25900, 0)], 1),
            ("Lampe arc", [(69000, None)], 7),
            ("vase", [(3900, 0), (4900, 3)], 0),
        ]
        for place, (title, variants, sold) in enumerate(things):
            product = make_product(
                session, page, title=title, variants=variants, now=START + dt.timedelta(hours=place)
            )
            product.sold_count = sold
        make_product(session, page, title="Lampe secrète", status=ProductStatus.DRAFT)
        make_product(session, other, title="Lampe voisine")
        return page.id


class TestListCards:
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            (None, ["vase", "Lampe arc", "Lampe opale", "Fauteuil", "Étagère"]),
            ("newest", ["vase", "Lampe arc", "Lampe opale", "Fauteuil", "Étagère"]),
            ("price", ["vase", "Étagère", "Lampe opale", "Fauteuil", "Lampe arc"]),
            ("-price", ["Lampe arc", "Fauteuil", "Lampe opale", "Étagère", "vase"]),
            ("popular", ["Fauteuil", "Lampe arc", "Étagère", "Lampe opale", "vase"]),
            ("title", ["Étagère", "Fauteuil", "Lampe arc", "Lampe opale", "vase"]),
            ("no such order", ["vase", "Lampe arc", "Lampe opale", "Fauteuil", "Étagère"]),
        ],
    )
    def test_sorts(self, database: Database, shelf: int, sort: str | None, expected: list[str]) -> None:
        with database.reading() as session:
            assert titles(list_cards(session, page_id=shelf, language="en", sort=sort)) == expected

    @pytest.mark.parametrize("sort", list(Sort))
    def test_walks_through_all_by_cursor(self, database: Database, shelf: int, sort: Sort) -> None:
        query = "lampe" if sort is Sort.RELEVANCE else None
        with database.reading() as session:
            whole = list_cards(session, page_id=shelf, language="en", sort=sort, query=query)
            walked: list[str] = []
            cursor = None
            while True:
                part = list_cards(
                    session, page_id=shelf, language="en", sort=sort, query=query, cursor=cursor, limit=1
                )
                walked += titles(part)
                assert part.total == whole.total
                cursor = part.next_cursor
                if cursor is None:
                    break
        assert walked == titles(whole)
        assert len(walked) == whole.total

    def test_ties_are_walked_through_too(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            for _ in range(7):
                make_product(session, page)
        for sort in ("newest", "price", "-price", "popular", "title"):
            seen: list[int] = []
            cursor = None
            with database.reading() as session:
                for _ in range(4):
                    part = list_cards(
                        session, page_id=page.id, language="en", sort=sort, cursor=cursor, limit=2
                    )
                    seen += [card.id for card in part.cards]
                    cursor = part.next_cursor
            assert len(set(seen)) == len(seen) == 7, sort

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({"in_stock": True}, {"vase", "Lampe arc", "Lampe opale", "Étagère"}),
            ({"in_stock": False}, {"Fauteuil"}),
            ({"min_price": 20000}, {"Fauteuil", "Lampe arc", "Lampe opale"}),
            ({"max_price": 9000}, {"vase", "Étagère"}),
            ({"min_price": 4500, "max_price": 9000}, {"vase", "Étagère"}),
            ({"query": "LAMPE"}, {"Lampe arc", "Lampe opale"}),
            ({"query": "l'etag"}, {"Étagère"}),
            ({"query": "lampe", "max_price": 20000}, {"Lampe opale"}),
            ({"query": "C++"}, set()),
            ({"query": '"; DROP TABLE products; --'}, set()),
            ({"query": "lampe OR vase"}, set()),
            ({"query": "*"}, set()),
            ({"query": "!!"}, set()),
            ({"query": "  "}, {"vase", "Lampe arc", "Lampe opale", "Étagère", "Fauteuil"}),
        ],
    )
    def test_filters(
        self, database: Database, shelf: int, filters: dict[str, object], expected: set[str]
    ) -> None:
        with database.reading() as session:
            page = list_cards(session, page_id=shelf, language="en", **filters)  # type: ignore[arg-type]
        assert set(titles(page)) == expected
        assert page.total == len(expected)

    def test_a_collection_keeps_its_order(self, database: Database, shelf: int) -> None:
        with database.transaction() as session:
            collection = Collection(page_id=shelf, slug="lamps", title="Lamps", created_at=START)
            session.add(collection)
            session.flush()
            everything = list_cards(session, page_id=shelf, language="en", sort="title").cards
            for position, card in enumerate(reversed(everything[2:4])):
                session.add(
                    CollectionProduct(collection_id=collection.id, product_id=card.id, position=position)
                )
            session.flush()
            page = list_cards(session, page_id=shelf, language="en", collection_id=collection.id)

        assert titles(page) == ["Lampe opale", "Lampe arc"]

    def test_a_card_says_what_a_buyer_needs(self, database: Database, shelf: int) -> None:
        with database.transaction() as session:
            cards = {card.title: card for card in list_cards(session, page_id=shelf, language="fr").cards}
            for position, alt in ((2, "second"), (1, "first")):
                session.add(
                    ProductPicture(
                        product_id=cards["vase"].id,
                        position=position,
                        alt=alt,
                        picture={"key": alt},
                        translations={"fr": {"alt": f"{alt} en français"}},
                        created_at=START,
                    )
                )
            session.flush()
            cards = {card.title: card for card in list_cards(session, page_id=shelf, language="fr").cards}

        vase, shelf_card, chair, arc = cards["vase"], cards["Étagère"], cards["Fauteuil"], cards["Lampe arc"]
        assert (vase.price_from_amount, vase.price_to_amount) == (3900, 4900)
        assert (vase.picture, vase.alt) == ({"key": "first"}, "first en français")
        assert (vase.is_available, vase.stock_left, vase.single_variant_id) == (True, 3, None)
        assert (shelf_card.stock_left, shelf_card.picture, shelf_card.alt) == (2, None, "")
        assert shelf_card.single_variant_id is not None
        assert (chair.is_available, chair.stock_left) == (False, None)
        assert (arc.is_available, arc.stock_left) == (True, None)
        assert cards["Lampe opale"].stock_left is None

    @pytest.mark.parametrize(
        "cursor", ["", "x", "bm9wZQ", "WzEsMl0", "W10", "e30", "🦊", "WyJuZXdlc3QiLCAxLCAxXQ"]
    )
    def test_refuses_a_strange_cursor(self, database: Database, shelf: int, cursor: str) -> None:
        with database.reading() as session, pytest.raises(BadCursor):
            list_cards(session, page_id=shelf, language="en", cursor=cursor)

    @pytest.mark.parametrize(("price", "row_id"), [(2**31, 1), (-(2**40), 1), (1, 2**63)])
    def test_refuses_a_cursor_of_numbers_that_no_column_holds(
        self, database: Database, shelf: int, price: int, row_id: int
    ) -> None:
        cursor = write_cursor(Sort.PRICE, price, row_id)
        with database.reading() as session, pytest.raises(BadCursor):
            list_cards(session, page_id=shelf, language="en", sort="price", cursor=cursor)

    def test_refuses_the_cursor_of_another_order(self, database: Database, shelf: int) -> None:
        with database.reading() as session:
            cursor = list_cards(session, page_id=shelf, language="en", sort="price", limit=1).next_cursor
            with pytest.raises(BadCursor):
                list_cards(session, page_id=shelf, language="en", sort="title", cursor=cursor)

    def test_takes_two_statements_however_many_there_are(self, database: Database, shelf: int) -> None:
        with database.reading() as session, count_statements(database.engine) as sent:
            list_cards(session, page_id=shelf, language="en", limit=1)
            few = len(sent)
            list_cards(
                session, page_id=shelf, language="en", limit=100, query="lampe", in_stock=True, sort="price"
            )
            many = len(sent) - few

        assert (few, many) == (2, 2)

    def test_counts_exactly_to_a_thousand(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            product = {
                "page_id": page.id,
                "title": "Tasse",
                "status": ProductStatus.PUBLISHED,
                "price_from_amount": 1,
                "price_to_amount": 1,
                "published_at": START,
                "created_at": START,
                "updated_at": START,
            }
            session.execute(insert(Product), [{**product, "slug": f"tasse-{n}"} for n in range(1000)])
        with database.reading() as session:
            for query in (None, "tasse"):
                page_of_cards = list_cards(session, page_id=page.id, language="en", query=query)
                assert (page_of_cards.total, page_of_cards.is_total_exact) == (1000, True)
        with database.transaction() as session:
            session.execute(insert(Product), [{**product, "slug": "one-more"}])
        with database.reading() as session:
            for query in (None, "tasse"):
                page_of_cards = list_cards(session, page_id=page.id, language="en", query=query)
                assert (page_of_cards.total, page_of_cards.is_total_exact) == (1000, False)


class TestSearch:
    def test_a_title_beats_a_description(self, database: Database) -> None:
        with database.transaction() as session:
            page = make_page(session)
            in_title = make_product(session, page, title="Opale lamp")
            in_text = make_product(session, page, title="Blue vase of glass")
            in_text.search_text = search_text([in_text.title], html=["<p>goes with Opale</p>"])
        with database.reading() as session:
            found = list_cards(session, page_id=page.id, language="en", query="opale")
        assert [card.id for card in found.cards] == [in_title.id, in_text.id]

    def test_follows_edits_and_deletions_made_in_bulk(self, database: Database, shelf: int) -> None:
        def find(query: str) -> int:
            with database.reading() as session:
                return list_cards(session, page_id=shelf, language="en", query=query).total

        assert (find("vase"), find("carafe")) == (1, 0)
        with database.transaction() as session:
            session.execute(update(Product).where(Product.title == "vase").values(search_text="carafe"))
        assert (find("vase"), find("carafe")) == (0, 1)
        with database.transaction() as session:
            session.execute(
                update(Product).where(Product.search_text == "carafe").values(status=ProductStatus.ARCHIVED)
            )
        assert find("carafe") == 0
        with database.transaction() as session:
            session.execute(delete(Variant).where(Variant.product_id.in_([1, 2, 3, 4, 5, 6, 7])))
            session.execute(delete(Product).where(Product.page_id == shelf))
        assert find("lampe") == 0

    def test_finds_what_is_on_sale_behind_a_thousand_drafts(self, database: Database, shelf: int) -> None:
        draft = {
            "page_id": shelf, "title": "Vase", "status": ProductStatus.DRAFT, "price_from_amount": 1000,
            "price_to_amount": 1000, "created_at": START, "updated_at": START,
        }  # fmt: skip
        with database.transaction() as session:
            session.execute(insert(Product), [{**draft, "slug": f"vase-{n}"} for n in range(1100)])
        with database.reading() as session:
            cards = list_cards(session, page_id=shelf, language="fr", query="vase")
            listed = list_products_for_admin(
                session, page_id=shelf, status=ProductStatus.PUBLISHED, query="vase"
            )
        assert (titles(cards), cards.total) == (["vase"], 1)
        assert ([row.title for row in listed.rows], listed.total) == (["vase"], 1)

    def test_another_page_with_a_longer_number_is_not_searched(self, database: Database) -> None:
        with database.transaction() as session:
            pages = [make_page(session) for _ in range(12)]
            make_product(session, pages[11], title="Lampe")
        with database.reading() as session:
            assert list_cards(session, page_id=pages[0].id, language="en", query="lampe").total == 0
            assert list_cards(session, page_id=pages[11].id, language="en", query="lampe").total == 1

    @given(st.text(max_size=60))
    def test_whatever_is_typed_becomes_plain_words(self, text: str) -> None:
        for term in terms_of(text):
            assert term
            assert "'" not in term
            assert '"' not in term
            assert not any(char.isspace() or char in "*&|!():<>\\" for char in term)

    @pytest.mark.parametrize(
        "query",
        [
            "ﬁl",
            "ⅷ",
            "日本",
            "\N{MATHEMATICAL SCRIPT CAPITAL A}nna",
            "İstanbul",
            "5½",
            "a_b",
            "x" * 300,
            "é" * 50,
            "naïve café " * 20,
        ],
    )
    def test_both_databases_take_any_letters(self, database: Database, query: str) -> None:
        with database.transaction() as session:
            page = make_page(session)
            product = make_product(session, page, title=query)
            found = list_cards(session, page_id=page.id, language="en", query=query)
            assert [card.id for card in found.cards] == [product.id]


class TestSuggestQuery:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [("lmape", "lampe"), ("etagere", None), ("fauteiul", "fauteuil"), ("zzzzzz", None), ("?", None)],
    )
    def test_offers_words_of_the_titles(
        self, database: Database, shelf: int, typed: str, meant: str | None
    ) -> None:
        with database.reading() as session:
            assert suggest_query(session, page_id=shelf, query=typed) == meant


class TestWords:
    def test_lose_case_and_accents(self) -> None:
        assert words_of("L'Été-à-2, œuvre STRASSE Straße") == [
            "l",
            "ete",
            "a",
            "2",
            "oeuvre",
            "strasse",
            "strasse",
        ]

    def test_sort_key_orders_as_people_do(self) -> None:
        assert sorted(["Zèbre", "abricot", "Été"], key=sort_key) == ["abricot", "Été", "Zèbre"]

    def test_search_text_stays_short(self) -> None:
        text = search_text([" ".join(f"word{n}" for n in range(2000))])
        assert len(text) <= 4000
        assert not text.endswith("wor")
