"""Doctor: whether the key, the API version, the webhook endpoint, its secret and the clocks fit, and what to do."""

import enum
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from shop.checkout.endpoint_setup import KINDS, PATH, find_unreachable, mask_secret
from shop.core.clock import Clock
from shop.core.config import SANDBOX_KEY, SANDBOX_WEBHOOK_SECRET, Settings
from shop.core.kept_webhook import find_kept_webhook
from shop.payments.gateway import GatewayRefused, GatewayUnauthorized, GatewayUnavailable
from shop.payments.stripe_account import PINNED_VERSION, EndpointInfo, Probe, StripeAccount

MAX_SKEW_S, SKEW_TO_WARN_S, SKEW_TO_TELL_S = 300, 60, 2
"""A webhook signed more than 300 s ago is refused: https://docs.stripe.com/webhooks/signature

The date that an answer is compared by has whole seconds, so less than two of them say nothing.
"""
TEST_EVENT = "evt_vitrine_doctor"
UNAUTHORIZED, FORBIDDEN, BAD_REQUEST = 401, 403, 400
# Every write is asked for with a parameter that does not exist, so that nothing is made of it.
NEEDS = {
    "write customers": ("/v1/customers", True),
    "write checkout sessions": ("/v1/checkout/sessions", True),
    "read payment intents": ("/v1/payment_intents?limit=1", False),
    "write refunds": ("/v1/refunds", True),
    "read disputes": ("/v1/disputes?limit=1", False),
    "read events": ("/v1/events?limit=1", False),
}


class Level(enum.StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, what was seen, and what to do about it."""

    name: str
    level: Level
    text: str
    advice: str = ""


@dataclass
class Doctor:
    """Looks at one shop's settings and at the account behind its key; changes nothing but one row of the inbox."""

    settings: Settings
    account: StripeAccount
    clock: Clock

    def diagnose(self) -> Iterator[Check]:
        """Yield the checks one after another."""
        yield self._mode()
        try:
            probe = self.account.probe()
        except GatewayUnavailable:
            yield self._silence()
            return
        key = self._key(probe)
        yield key
        yield self._clocks(probe)
        if key.level is Level.FAIL:
            yield Check("account", Level.SKIP, "the rest can be asked only with a key that is taken")
            return
        yield self._permissions()
        yield self._version(probe)
        check, endpoint = self._endpoint(probe)
        yield check
        yield self._secret(endpoint)
        yield self._webhook()

    def _mode(self) -> Check:
        settings = self.settings
        if settings.has_live_key:
            return Check(
                "mode", Level.WARN, "LIVE: real money moves, since STRIPE_ALLOW_LIVE_KEY is on",
                "for tests take a key that begins with sk_test_ and unset STRIPE_ALLOW_LIVE_KEY",
            )  # fmt: skip
        if not settings.uses_sandbox:
            return Check("mode", Level.OK, "Stripe's test mode, since STRIPE_SECRET_KEY is a test key")
        if settings.stripe_secret_key == SANDBOX_KEY:
            return Check("mode", Level.OK, f"the stand-in at {self.account.origin}, since no key is set")
        return Check("mode", Level.OK, f"{self.account.origin}, since STRIPE_API_BASE says so, not Stripe")

    @property
    def _keys_page(self) -> str:
        part = "" if self.settings.has_live_key else "/test"
        return f"https://dashboard.stripe.com{part}/apikeys"

    @property
    def _setup(self) -> str:
        """The command that registers this shop's endpoint."""
        is_local = self.settings.uses_sandbox and find_unreachable(self.settings.public_url)
        return f"shop stripe setup{' --local' if is_local else ''}"

    def _silence(self) -> Check:
        advice = (
            "start it with `shop run` or `shop sandbox`; SANDBOX_PORT and STRIPE_API_BASE say where it is"
            if self.settings.uses_sandbox
            else "look at the network, a proxy, and https://status.stripe.com"
        )
        return Check("key", Level.FAIL, f"{self.account.origin} does not answer", advice)

    def _key(self, probe: Probe) -> Check:
        shown = mask_key(self.settings.stripe_secret_key)
        if probe.status == UNAUTHORIZED:
            return Check(
                "key", Level.FAIL, f"{shown} is not taken: {probe.problem}",
                f"copy the secret key from {self._keys_page} into STRIPE_SECRET_KEY",
            )  # fmt: skip
        if probe.status == FORBIDDEN:
            return Check("key", Level.OK, f"{shown} is taken, but it may not do everything (see permissions)")
        if probe.status >= BAD_REQUEST:
            return Check(
                "key",
                Level.FAIL,
                f"{shown}: the answer was {probe.status}: {probe.problem}",
                "try again later",
            )
        return Check("key", Level.OK, f"{shown} is taken")

    def _clocks(self, probe: Probe) -> Check:
        if probe.skew_s is None:
            return Check("clock", Level.SKIP, "the answer has no date to compare with")
        apart = abs(probe.skew_s)
        text = f"this machine is {apart:.0f} s {'ahead' if probe.skew_s > 0 else 'behind'}"
        advice = "set the clock by NTP (timedatectl set-ntp true)"
        if apart > MAX_SKEW_S:
            return Check("clock", Level.FAIL, f"{text}: webhooks are refused beyond {MAX_SKEW_S} s", advice)
        if apart > SKEW_TO_WARN_S:
            return Check("clock", Level.WARN, text, advice)
        return Check("clock", Level.OK, text if apart >= SKEW_TO_TELL_S else "the two clocks agree")

    def _permissions(self) -> Check:
        if not self.settings.stripe_secret_key.startswith("rk_"):
            return Check("permissions", Level.OK, "a secret key may do everything")
        missing = []
        for need, (path, is_write) in NEEDS.items():
            form = {"vitrine_doctor": "1"} if is_write else None
            try:
                status = self.account.probe(path, form=form).status
            except GatewayUnavailable:
                return Check("permissions", Level.SKIP, "not every question was answered", "try again later")
            if status == FORBIDDEN:
                missing.append(need)
        if missing:
            return Check(
                "permissions", Level.FAIL, f"the restricted key may not: {', '.join(missing)}",
                f"give it these permissions at {self._keys_page}",
            )  # fmt: skip
        return Check("permissions", Level.OK, f"the restricted key may: {', '.join(NEEDS)}")

    def _version(self, probe: Probe) -> Check:
        if probe.version in (None, PINNED_VERSION):
            also = "the account's default too" if probe.version else "the account's default is not told"
            return Check("version", Level.OK, f"the SDK speaks {PINNED_VERSION}, {also}")
        return Check(
            "version", Level.WARN,
            f"the SDK speaks {PINNED_VERSION}; the account's default is {probe.version}, in which "
            "`shop stripe listen` gets its events",
            "raise the account's version in Workbench, or have webhooks from `shop stripe setup`, which says its version",
        )  # fmt: skip

    def _endpoint(self, probe: Probe) -> tuple[Check, EndpointInfo | None]:
        url = f"{self.settings.public_url}{PATH}"
        try:
            at_url = [one for one in self.account.list_endpoints() if one.url == url]
        except GatewayUnauthorized as error:
            advice = "allow the key to read webhook endpoints"
            return Check("endpoint", Level.WARN, f"cannot be asked for: {error.reason}", advice), None
        except (GatewayUnavailable, GatewayRefused) as error:
            return Check("endpoint", Level.SKIP, f"cannot be asked for: {error}", "try again later"), None
        if at_url:
            return judge_endpoints(at_url, probe.version, self._setup), at_url[0]
        if why := find_unreachable(url):
            text = f"none for {url}, and Stripe could not send there ({why})"
            advice = "`shop stripe listen` fetches the events instead"
            if self.settings.uses_sandbox:
                text = f"none for {url} at the stand-in"
                advice += f"; or start it with --webhook {url}=whsec_… (`shop run` does)"
            return Check("endpoint", Level.WARN, text, advice), None
        return Check("endpoint", Level.FAIL, f"none is registered for {url}", "`shop stripe setup`"), None

    def _secret(self, endpoint: EndpointInfo | None) -> Check:
        settings = self.settings
        kept = find_kept_webhook(settings.data_dir, settings.service_mark)
        secrets = (settings.stripe_webhook_secret or "").split(",")
        if secrets == [""]:
            if endpoint is None:
                return Check("secret", Level.OK, "none is needed, since no endpoint is registered")
            return Check(
                "secret", Level.FAIL, "an endpoint is registered, but no secret is set: every webhook is refused",
                f"set STRIPE_WEBHOOK_SECRET, or `{self._setup} --replace`",
            )  # fmt: skip
        if any(not one.startswith("whsec_") or one != one.strip() for one in secrets):
            return Check(
                "secret", Level.FAIL, "STRIPE_WEBHOOK_SECRET is not a list of whsec_…", "copy it again, without blanks"
            )  # fmt: skip
        shown = ", ".join(mask_secret(one) for one in secrets)
        if kept and kept.secret not in secrets:
            return Check(
                "secret", Level.WARN, f"STRIPE_WEBHOOK_SECRET ({shown}) wins over the one kept by `shop stripe setup`",
                "unset it, unless it is meant",
            )  # fmt: skip
        if kept and endpoint and kept.endpoint_id != endpoint.id and not settings.uses_sandbox:
            return Check(
                "secret", Level.FAIL, f"the secret kept ({shown}) is of {kept.endpoint_id}, not of {endpoint.id}",
                f"`{self._setup} --replace`",
            )  # fmt: skip
        whose = "kept by `shop stripe setup`" if kept else "from STRIPE_WEBHOOK_SECRET"
        if secrets == [SANDBOX_WEBHOOK_SECRET]:
            whose = "the stand-in’s own"
        return Check("secret", Level.OK, f"{shown}, {whose}")

    def _webhook(self) -> Check:
        """Send an event of no kind that is used, signed here by the secret, to the shop itself."""
        url = f"{self.settings.public_url}{PATH}"
        secret = (self.settings.stripe_webhook_secret or "").split(",")[-1]
        if not secret:
            return Check("webhook", Level.SKIP, "not tried: there is no secret to sign by")
        try:
            up = httpx.get(f"{self.settings.public_url}/healthz", timeout=5)
        except httpx.HTTPError as error:
            return Check(
                "webhook", Level.SKIP, f"not tried: no server answers at {url} ({type(error).__name__})"
            )
        if up.status_code != httpx.codes.OK or "status" not in up.text:
            return Check(
                "webhook", Level.SKIP, f"not tried: what answers at {self.settings.public_url} is no Vitrine"
            )
        return _send_test(url, secret, int(self.clock.now().timestamp()))


def _send_test(url: str, secret: str, at: int) -> Check:
    event = {
        "id": TEST_EVENT, "object": "event", "type": "vitrine.doctor", "created": at, "data": {"object": {}},
    }  # fmt: skip
    body = json.dumps(event).encode()
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={at},v1={digest}", "Content-Type": "application/json"}
    try:
        answer = httpx.post(url, content=body, headers=headers, timeout=10)
    except httpx.HTTPError as error:
        return Check("webhook", Level.FAIL, f"{url} broke off ({type(error).__name__})", "look at its log")
    if answer.is_success:
        return Check("webhook", Level.OK, f"{url} took a signed test event")
    if answer.status_code == httpx.codes.BAD_REQUEST:
        return Check(
            "webhook", Level.FAIL, f"{url} refused the signature of a test event",
            "the server runs with another secret: restart it with the settings of this terminal",
        )  # fmt: skip
    return Check("webhook", Level.FAIL, f"{url} answered {answer.status_code}", "look at its log")


def judge_endpoints(at_url: list[EndpointInfo], account_version: str | None, command: str) -> Check:
    """Return whether the endpoint (the first of those at one address) is on, gets all kinds and fits the SDK.

    ``command`` is what sets it right.
    """
    one, setup = at_url[0], f"`{command}` sets it right"
    if not one.is_enabled:
        return Check("endpoint", Level.FAIL, f"{one.id} is switched off", setup)
    missing = sorted(KINDS - one.kinds) if "*" not in one.kinds else []
    if missing:
        return Check("endpoint", Level.FAIL, f"{one.id} does not get {', '.join(missing)}", setup)
    version = one.api_version or account_version
    if version not in (None, PINNED_VERSION):
        return Check(
            "endpoint", Level.WARN, f"{one.id} gets events of version {version}, the shop reads {PINNED_VERSION}",
            f"`{command} --replace`",
        )  # fmt: skip
    if len(at_url) > 1:
        text = f"{len(at_url)} endpoints for the same address, so every event comes more than once"
        return Check("endpoint", Level.WARN, text, f"`{command} --replace` leaves one")
    return Check("endpoint", Level.OK, f"{one.url} ({one.id}) is on and gets all that the shop uses")


def mask_key(key: str) -> str:
    """Return a key with all hidden but its kind and its last four characters."""
    kind = "_".join(key.split("_")[:2])
    return f"{kind}_…{key[-4:]}"
