"""What to set in the official SDK of each language, so that it speaks to the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

KEY = "sk_test_anything"


def sdk_lines(url: str) -> Iterator[tuple[str, str]]:
    """Yield a language and its line for a stand-in at ``url`` (an origin without a slash at its end)."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    yield "Python", f'client = stripe.StripeClient("{KEY}", base_addresses={{"api": "{url}"}})'
    node = f'host: "{parts.hostname}", port: {port}, protocol: "{parts.scheme}"'
    yield "Node", f'const stripe = new Stripe("{KEY}", {{ {node} }});'
    config = f'&stripe.BackendConfig{{URL: stripe.String("{url}")}}'
    yield (
        "Go",
        f'client := stripe.NewClient("{KEY}", stripe.WithBackends(stripe.NewBackendsWithConfig({config})))',
    )
    yield "Ruby", f'client = Stripe::StripeClient.new("{KEY}", api_base: "{url}")'
    yield "PHP", f'$stripe = new \\Stripe\\StripeClient(["api_key" => "{KEY}", "api_base" => "{url}"]);'
    yield (
        "Java",
        f'StripeClient client = StripeClient.builder().setApiKey("{KEY}").setApiBase("{url}").build();',
    )


def welcome(url: str, database: str) -> str:
    """Return what a developer reads once the stand-in listens."""
    lines = [
        f"Stripe stand-in on {url} (state in {database})",
        "",
        "Any key that begins with sk_test_ will do. What to set in the official SDKs:",
        *(f"  {language:<7} {line}" for language, line in sdk_lines(url)),
        "",
        f"  curl    curl {url}/v1/customers -u {KEY}: -d email=ada@example.com",
        "",
        "Test card 4242 4242 4242 4242, any future date, any CVC. Ctrl-C ends it.",
    ]
    return "\n".join(lines)
