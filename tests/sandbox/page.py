"""What the tests of the payment page share: its fields as a browser sends them, and finding things in its HTML."""

import html as entities
import re
from typing import Any

CARD = {
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 40",
    "cvc": "123",
    "holder": "Camille Martin",
    "country": "FR",
}
MUG = {"currency": "eur", "unit_amount": 1234, "product_data": {"name": "Mug"}}
CUP = {"currency": "eur", "unit_amount": 900, "product_data": {"name": "Cup"}}
KNOWN = {"customer_email": "camille@example.fr"}


def path(session: Any) -> str:
    return f"/c/pay/{session.id}"


def errors(html: str) -> dict[str, str]:
    """Return what the page says is wrong, by field."""
    found = re.findall(r'<p class="error[^"]*" id="([\w-]+)-error"[^>]*>([^<]*)', html)
    return {name: entities.unescape(text) for name, text in found}


def value(html: str, name: str) -> str:
    """Return what stands in a field."""
    field = re.search(rf'<input[^>]*?\bid="{name}"[^>]*?value="([^"]*)"', html, re.DOTALL)
    assert field, name
    return entities.unescape(field.group(1))


def total(html: str) -> str:
    """Return the amount that the page shows at its top."""
    found = re.search(r'<p class="amount" data-total>([^<]*)', html)
    assert found
    return found.group(1).strip()
