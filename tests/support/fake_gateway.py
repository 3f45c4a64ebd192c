"""A payment gateway that keeps its books in memory."""

from shop.core.clock import Clock


class FakeGateway:
    """Stands for Stripe in tests."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
