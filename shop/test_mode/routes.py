"""All rooms of test mode, on one blueprint."""

from shop.test_mode import clock_room, mail_room, order_acts, order_room, overview, webhook_room
from shop.test_mode.base import blueprint

__all__ = ["blueprint", "clock_room", "mail_room", "order_acts", "order_room", "overview", "webhook_room"]
