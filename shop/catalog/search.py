"""Search in a page's products: one interface over SQLite's FTS5 and PostgreSQL's tsvector."""

from functools import cache

from rapidfuzz import fuzz, process
from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Session

from shop.catalog.models import Product, ProductStatus
from shop.core.text_search import terms_of, words_of

MAX_MATCHES = 1000
"""So many matches are ranked and counted; more are "1,000+"."""
MIN_SIMILARITY = 75
_SUGGESTION_TITLES = 5000

_product_search = table("product_search", column("rowid", Integer))


def match_parameter(dialect: str, *, page_id: int, status: ProductStatus | None, terms: list[str]) -> str:
    """Return the value of the parameter ``match`` for ``matching_ids``: all terms, the last as a prefix."""
    if dialect == "sqlite":
        scopes = [f"{scope}{page_id}x" for scope in ([status] if status else ProductStatus)]
        groups = [" ".join(f'"{scope}{term}"' for term in terms) + "*" for scope in scopes]
        return " OR ".join(f"({group})" for group in groups)
    return " & ".join(f"'{term}'" for term in terms) + ":*"


@cache
def matching_ids(dialect: str, *, has_status: bool) -> CTE:
    """Return the newest matches' ids, one more than are ranked, as a CTE of one column ``id``.

    Its parameters are ``match`` (from ``match_parameter``) and, on PostgreSQL, ``page_id`` and, with
    ``has_status``, ``status``. Only the first ``MAX_MATCHES`` + 1 are looked at, so a word that everything
    has costs no more than a rare one.
    """
    if dialect == "sqlite":
        found = (
            select(_product_search.c.rowid.label("id"))
            .where(literal_column("product_search").op("MATCH")(bindparam("match")))
            .order_by(_product_search.c.rowid.desc())
        )
    else:
        vector = func.to_tsvector(literal_column("'simple'"), Product.search_text)
        found = (
            select(Product.id)
            .where(
                Product.page_id == bindparam("page_id"),
                vector.op("@@")(func.to_tsquery(literal_column("'simple'"), bindparam("match"))),
                # In here: of the newest matches there might be none of this status.
                *([Product.status == bindparam("status")] if has_status else []),
            )
            .order_by(Product.id.desc())
        )
    return found.limit(MAX_MATCHES + 1).cte("matches")


def rank(dialect: str, terms: int) -> ColumnElement[int]:
    """Return the sum of the places where the parameters ``term0`` … stand in the text: smaller is better.

    Titles come first in it, so a hit in a title beats one in a description.
    """
    position = func.instr if dialect == "sqlite" else func.strpos
    text = literal(" ").concat(Product.search_text)
    score: ColumnElement[int] = literal_column("0")
    for index in range(terms):
        score = score + position(text, literal(" ").concat(bindparam(f"term{index}")))
    return score


def suggest_query(session: Session, *, page_id: int, query: str) -> str | None:
    """Return what the visitor may have meant, made of words of the page's titles, or None.

    "lmape" gives "lampe". Meant for a search that found nothing: it reads up to 5,000 titles.
    """
    terms = terms_of(query)
    if not terms:
        return None
    titles = session.scalars(
        select(Product.title)
        .where(Product.page_id == page_id, Product.status == ProductStatus.PUBLISHED)
        .order_by(Product.published_at.desc(), Product.id.desc())
        .limit(_SUGGESTION_TITLES)
    )
    shown: dict[str, str] = {}
    for title in titles:
        for word in title.split():
            for plain in words_of(word)[-1:]:
                shown.setdefault(plain, word.strip(".,;:!?«»\"'()").lower())
    best = [_closest(term, list(shown)) for term in terms]
    if None in best or best == terms:
        return None
    return " ".join(shown[word] for word in best if word is not None)


def _closest(term: str, words: list[str]) -> str | None:
    if term in words:
        return term
    found = process.extractOne(term, words, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY)
    return None if found is None else str(found[0])
