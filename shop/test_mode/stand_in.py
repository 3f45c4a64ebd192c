"""The stand-in's helpers for developers, spoken to over HTTP: ``/_sandbox/…``."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from shop.core.errors import DomainError, Unavailable
from shop.core.i18n import N_

TIMEOUT_S = 10


class StandInAway(Unavailable):
    """Nobody answers at the stand-in's address, or it is not the stand-in."""

    code = "stand_in_away"
    message = N_("The stand-in does not answer at %(address)s.")


class StandInRefused(DomainError):
    """The stand-in understood and refused; ``reason`` is its own sentence."""

    code = "stand_in_refused"
    status = 422
    message = N_("The stand-in refused: %(reason)s")

    def __init__(self, reason: str, *, status: int, param: str | None = None) -> None:
        self.reason, self.answered, self.param = reason, status, param
        super().__init__(reason=reason)


@dataclass(frozen=True, slots=True)
class StandIn:
    """The stand-in at an origin. Every method may raise StandInAway and StandInRefused."""

    origin: str

    def health(self) -> dict[str, Any]:
        """Return what its clock shows (``now``, seconds since 1970; ``lead``, how far it is ahead), and whether webhooks are held."""
        return self._ask("GET", "health", tells="now")

    def turn_clock(self, seconds: float) -> dict[str, Any]:
        """Turn its clock forwards."""
        return self._ask("POST", "clock", {"advance": seconds}, tells="now")

    def pay(self, session_id: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Pay a session; StandInRefused with status 402 when the card is declined."""
        return self._ask("POST", f"sessions/{quote(session_id, safe='')}/payment", fields, tells="session")

    def dispute(self, intent_id: str, reason: str) -> dict[str, Any]:
        """Open a dispute on a payment."""
        return self._ask(
            "POST", f"charges/{quote(intent_id, safe='')}/dispute", {"reason": reason}, tells="id"
        )

    def fail_refund(self, refund_id: str, reason: str) -> dict[str, Any]:
        """Let a refund fail."""
        return self._ask(
            "POST", f"refunds/{quote(refund_id, safe='')}/failure", {"reason": reason}, tells="id"
        )

    def deliver(self, event_id: str, *, delay: int, copies: int) -> dict[str, Any]:
        """Send an event once more, ``delay`` seconds from now, ``copies`` times."""
        return self._ask(
            "POST",
            f"events/{quote(event_id, safe='')}/delivery",
            {"delay": delay, "copies": copies},
            tells="event",
        )

    def deliveries(self, *, limit: int, after: int = 0) -> list[dict[str, Any]]:
        """Return the newest ``limit`` webhooks with each try, oldest first; only those numbered above ``after``."""
        return list(self._ask("GET", f"deliveries?limit={limit}&after={after}", tells="data")["data"])

    def switch_webhooks(self, word: str) -> None:
        """Hold webhooks back (``pause``) or let them go (``resume``)."""
        self._ask("POST", f"webhooks/{word}", tells="paused")

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults that are set."""
        return list(self._ask("GET", "faults", tells="data")["data"])

    def add_fault(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Set a fault."""
        return self._ask("POST", "faults", fields, tells="id")

    def remove_faults(self, fault_id: int | None = None) -> None:
        """Take one fault away, or all."""
        if fault_id is None:
            self._ask("DELETE", "faults", tells="data")
        else:
            self._ask("DELETE", f"faults/{fault_id}", tells="deleted")

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, tells: str
    ) -> dict[str, Any]:
        """Return the answer; one that does not tell ``tells`` is some other server's."""
        try:
            answer = httpx.request(
                method,
                f"{self.origin}/_sandbox/{path}",
                json=body if method == "POST" else None,
                timeout=TIMEOUT_S,
            )
            said = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise StandInAway(address=self.origin) from error
        if not isinstance(said, dict):
            raise StandInAway(address=self.origin)
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            problem = said.get("error") if isinstance(said.get("error"), dict) else {}
            reason = str((problem or {}).get("message") or answer.reason_phrase)
            raise StandInRefused(reason, status=answer.status_code, param=(problem or {}).get("param"))
        if tells not in said:
            raise StandInAway(address=self.origin)
        return said
