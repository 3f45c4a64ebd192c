"""What a preview keeps of a file: the faulty cells, what becomes of each product, a few of them as they will look."""

from typing import Any

from shop.catalog.import_models import ImportRun
from shop.catalog.import_service import Written
from shop.catalog.importing.records import Issue, ProductRecord
from shop.core.money import from_decimal

SAMPLE_VALUES = 12
"""Values of an option that a sample shows."""


def issue_row(run: ImportRun, issue: Issue, *, is_rejection: bool) -> dict[str, Any]:
    """Return an issue as a row of ``import_issues``."""
    return {
        "run_id": run.id,
        "is_rejection": is_rejection,
        "row": issue.row,
        "field": issue.field,
        "value": issue.value,
        "code": issue.code,
        "params": dict(issue.params),
    }


def planned_row(run: ImportRun, written: Written) -> dict[str, Any]:
    """Return what becomes of a product as a row of ``import_products``."""
    record = written.record
    prices = _prices(record, run.currency)
    return {
        "run_id": run.id,
        "row": record.rows[0],
        "slug": record.slug,
        "title": record.title,
        "outcome": written.outcome,
        "changes": written.changes,
        "variants": len(record.variants),
        "price_from_amount": min(prices),
        "price_to_amount": max(prices),
    }


def sample_of(record: ProductRecord, currency: str) -> dict[str, Any]:
    """Return a product as a preview shows it, in JSON."""
    prices = _prices(record, currency)
    return {
        "title": record.title,
        "status": record.status.value,
        "options": [
            [name, list(dict.fromkeys(one.option_values[place] for one in record.variants))[:SAMPLE_VALUES]]
            for place, name in enumerate(record.options)
        ],
        "price_from": min(prices),
        "price_to": max(prices),
        "variants": len(record.variants),
        "pictures": len(record.pictures),
    }


def _prices(record: ProductRecord, currency: str) -> list[int]:
    return [from_decimal(variant.price, currency) for variant in record.variants]
