"""What Stripe charges at least and at most."""

import pytest

from shop.core.errors import DomainError
from shop.payments.limits import AboveMaximum, BelowMinimum, UnchargeableAmount, find_charge_problem


class TestFindChargeProblem:
    @pytest.mark.parametrize(
        ("amount", "currency", "problem"),
        [
            (0, "EUR", None),
            (49, "EUR", BelowMinimum),
            (50, "EUR", None),
            (30, "GBP", None),
            (299, "NOK", BelowMinimum),
            (99_999_999, "EUR", None),
            (100_000_000, "EUR", AboveMaximum),
            (1005, "TND", UnchargeableAmount),
            (1010, "TND", None),
        ],
    )
    def test_names_it(self, amount: int, currency: str, problem: type[DomainError] | None) -> None:
        found = find_charge_problem(amount, currency)
        assert (None if found is None else type(found)) is problem
