"""How long the stand-in takes for a session that is created and paid."""

import statistics
import time
from pathlib import Path
from urllib.parse import urlencode

from tools.bench.load import Connection, post, post_form
from tools.bench.stack import running_sandbox

SESSION = urlencode(
    {
        "mode": "payment",
        "success_url": "https://shop.example/done",
        "customer_email": "buyer@example.com",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "1990",
        "line_items[0][price_data][product_data][name]": "Lamp",
    }
)
KEY = {"Authorization": "Bearer sk_test_bench"}
CARD = {"card": "4242424242424242"}
OK = 200


def measure_stand_in(folder: Path, seconds: float) -> float:
    """Return the median time in ms of a session created and paid, one after the other, its books on disk."""
    times = []
    with running_sandbox(folder) as port:
        connection = Connection(port)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            started = time.perf_counter()
            made = connection.ask(post_form("/v1/checkout/sessions", SESSION, KEY))
            paid = connection.ask(post(f"/_sandbox/sessions/{made.json()['id']}/payment", CARD))
            if paid.status != OK:
                raise RuntimeError(f"the stand-in refused a payment: {paid.body[:300]!r}")
            times.append((time.perf_counter() - started) * 1000)
        connection.close()
    return statistics.median(times)
