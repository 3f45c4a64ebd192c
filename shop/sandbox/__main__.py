"""``python -m shop.sandbox --port 12111 --database stripe.db --webhook http://127.0.0.1:8000/stripe/webhook=whsec_x``."""

from __future__ import annotations

import argparse

from shop.sandbox.server import PortTaken, serve


def webhook(text: str) -> tuple[str, str]:
    """Split ``URL=SECRET`` at the last equals sign that a secret follows."""
    url, sign, secret = text.rpartition("=")
    if not sign or not secret.startswith("whsec_") or not url.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError("give it as URL=whsec_…")
    return url, secret


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m shop.sandbox", description="A stand-in for Stripe's test mode."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--database", default="stripe-stand-in.db", help="SQLite file, or :memory:")
    parser.add_argument("--webhook", type=webhook, action="append", default=[], metavar="URL=SECRET")
    parser.add_argument("--public-url", help="where browsers reach it, when that is not http://HOST:PORT")
    parser.add_argument(
        "--seed", type=int, help="makes ids, times and faults repeatable; the clock stands still until turned"
    )
    parser.add_argument("--quiet", action="store_true", help="do not say what to set in which SDK")
    given = parser.parse_args()
    try:
        serve(
            given.host,
            given.port,
            given.database,
            given.webhook,
            public_url=given.public_url,
            seed=given.seed,
            is_quiet=given.quiet,
        )
    except PortTaken as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
