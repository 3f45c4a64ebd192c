"""Where payments go: to the stand-in, to Stripe's test mode, or (only when it was said so) to Stripe itself."""

import enum

from shop.core.config import Settings


class PaymentMode(enum.StrEnum):
    """What answers a checkout."""

    STAND_IN = "stand_in"
    STRIPE_TEST = "stripe_test"
    LIVE = "live"

    @property
    def is_test(self) -> bool:
        """Whether no money moves."""
        return self is not PaymentMode.LIVE


def payment_mode(settings: Settings) -> PaymentMode:
    """Return what the settings' key and address of Stripe come to."""
    if settings.uses_sandbox:
        return PaymentMode.STAND_IN
    return PaymentMode.LIVE if settings.has_live_key else PaymentMode.STRIPE_TEST
