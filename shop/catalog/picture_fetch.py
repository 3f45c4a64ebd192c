"""Fetches pictures that a merchant's file names, from anywhere on the public web and nowhere else.

The address is chosen by a stranger, so it must not reach our own network: each name is resolved here,
every address it has must be public, and the connection goes to exactly the address that was checked
(a second look-up could give another). Redirects are followed by hand and each hop is checked anew.
Size, kind and time are bounded, whatever the server does.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from shop.core.i18n import N_

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_BYTES = 20_000_000
MAX_REDIRECTS = 4
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 10.0
DEADLINE_S = 40.0
WEB_PORTS = frozenset({80, 443})
USER_AGENT = b"Vitrine picture import"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
_TRANSLATORS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))

BAD_ADDRESS = N_("This is not the address of a picture on the web.")
NOT_PUBLIC = N_("This address is not on the public web.")
NOT_FOUND = N_("The server does not give this picture (status %(status)s).")
NOT_A_PICTURE = N_("What is at this address is not a picture.")
TOO_LARGE = N_("The picture is larger than %(limit)s MB.")
TOO_MANY_REDIRECTS = N_("The address leads from one place to the next without end.")
UNREACHABLE = N_("The server of this picture did not answer.")
TOO_SLOW = N_("The server of this picture is too slow.")


class FetchFailed(Exception):
    """The picture could not be fetched. ``is_final`` tells that trying again will not help."""

    def __init__(self, msgid: str, *, is_final: bool, **params: object) -> None:
        self.msgid = msgid
        self.params = params
        self.is_final = is_final
        super().__init__(msgid % params if params else msgid)


def is_public(address: IpAddress) -> bool:
    """Tell whether an address is on the public internet, looking through IPv6 wrappings of IPv4."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.sixtofour is not None:
            return is_public(address.sixtofour)
        if address.teredo is not None:
            return False
        if any(address in network for network in _TRANSLATORS):
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def resolve(host: str, port: int) -> list[IpAddress]:
    """Return all addresses of ``host``, in the order in which they should be tried."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # An IPv6 address may carry a scope ("fe80::1%eth0"); it is link-local then and refused anyway.
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


@dataclass(frozen=True)
class PictureFetcher:
    """Fetches pictures; tests hand in their own resolver and rules."""

    resolve: Callable[[str, int], list[IpAddress]] = resolve
    allows: Callable[[IpAddress], bool] = is_public
    ports: frozenset[int] | None = WEB_PORTS
    """None lets any port."""
    max_bytes: int = MAX_BYTES
    read_timeout_s: float = READ_TIMEOUT_S
    deadline_s: float = DEADLINE_S

    def fetch(self, url: str) -> bytes:
        """Return what is at ``url``; FetchFailed says why not. Redirects are followed, checked at each hop."""
        deadline = time.monotonic() + self.deadline_s
        for _ in range(MAX_REDIRECTS + 1):
            self._check_url(url)
            backend = _CheckedNetwork(self.resolve, self.allows, deadline)
            with httpcore.ConnectionPool(
                ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=backend
            ) as pool:
                try:
                    outcome = self._get(pool, url)
                except httpcore.TimeoutException as error:
                    raise FetchFailed(TOO_SLOW, is_final=False) from error
                except (httpcore.NetworkError, httpcore.ProtocolError) as error:
                    raise FetchFailed(UNREACHABLE, is_final=False) from error
            if isinstance(outcome, bytes):
                return outcome
            url = urljoin(url, outcome)
        raise FetchFailed(TOO_MANY_REDIRECTS, is_final=True)

    def _check_url(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
        except ValueError as error:
            raise FetchFailed(BAD_ADDRESS, is_final=True) from error
        has_credentials = parts.username is not None or parts.password is not None
        if port is None or not parts.hostname or has_credentials or not url.isascii():
            raise FetchFailed(BAD_ADDRESS, is_final=True)
        if self.ports is not None and port not in self.ports:
            raise FetchFailed(NOT_PUBLIC, is_final=True)

    def _get(self, pool: httpcore.ConnectionPool, url: str) -> bytes | str:
        """Return the body, or where the server sends us."""
        timeouts = {"connect": CONNECT_TIMEOUT_S, "read": self.read_timeout_s, "write": self.read_timeout_s}
        try:
            request = httpcore.Request(
                "GET",
                url.partition("#")[0],
                headers={
                    "Host": _host_header(url),
                    "User-Agent": USER_AGENT,
                    "Accept": "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.8",
                    "Accept-Encoding": "identity",
                    "Connection": "close",
                },
                extensions={"timeout": timeouts},
            )
        except (ValueError, TypeError) as error:
            raise FetchFailed(BAD_ADDRESS, is_final=True) from error
        response = pool.handle_request(request)
        try:
            return self._read(response)
        finally:
            response.close()

    def _read(self, response: httpcore.Response) -> bytes | str:
        headers = {name.lower(): value.decode("latin-1").strip() for name, value in response.headers}
        if response.status in _REDIRECTS and headers.get(b"location"):
            return headers[b"location"]
        if response.status != 200:  # noqa: PLR2004 - the one status with a picture
            raise FetchFailed(NOT_FOUND, is_final=response.status not in _TEMPORARY, status=response.status)
        kind = headers.get(b"content-type", "").partition(";")[0].strip().lower()
        is_picture = kind.startswith("image/") or kind in (
            "",
            "application/octet-stream",
            "binary/octet-stream",
        )
        if not is_picture or headers.get(b"content-encoding", "identity") != "identity":
            raise FetchFailed(NOT_A_PICTURE, is_final=True)
        length = headers.get(b"content-length", "")
        if length.isdigit() and int(length) > self.max_bytes:
            raise self._too_large()
        return self._collect(response.iter_stream())

    def _collect(self, chunks: Iterable[bytes]) -> bytes:
        content = bytearray()
        for chunk in chunks:
            content += chunk
            if len(content) > self.max_bytes:
                raise self._too_large()
        return bytes(content)

    def _too_large(self) -> FetchFailed:
        return FetchFailed(TOO_LARGE, is_final=True, limit=self.max_bytes // 1_000_000)


def _host_header(url: str) -> str:
    return urlsplit(url).netloc


class _CheckedNetwork(httpcore.NetworkBackend):
    """Connects only to addresses that were resolved and checked here, and keeps one deadline for all."""

    def __init__(
        self,
        resolver: Callable[[str, int], list[IpAddress]],
        allows: Callable[[IpAddress], bool],
        deadline: float,
    ) -> None:
        self._resolve = resolver
        self._allows = allows
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of ``host`` that answers, if all of them are allowed."""
        try:
            addresses = self._resolve(host.strip("[]"), port)
        except (OSError, UnicodeError, ValueError) as error:
            raise FetchFailed(UNREACHABLE, is_final=False) from error
        if not addresses:
            raise FetchFailed(UNREACHABLE, is_final=False)
        if not all(map(self._allows, addresses)):
            raise FetchFailed(NOT_PUBLIC, is_final=True)
        problem: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for address in dict.fromkeys(addresses):
            try:
                stream = self._network.connect_tcp(
                    str(address), port, _left(self._deadline, timeout), local_address, socket_options
                )
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                problem = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise problem or httpcore.ConnectError(host)


class _DeadlineStream(httpcore.NetworkStream):
    """A stream that stops at a deadline, so that a server cannot trickle bytes for ever."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send."""
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        """Close."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on encrypted; the certificate must be that of the name in the address, not of the number."""
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        """Tell about the connection."""
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("deadline")
    return left if timeout is None else min(left, timeout)
