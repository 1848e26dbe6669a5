"""HTTP out of the house, in one place: the only file that names httpx.

What the shop gets: no request hangs (connect 5 s, read 20 s, whole exchange 60 s by our own clock,
because a server that drips one byte a second defeats a read timeout), no answer fills the memory
(20 MB after decompression, at most 100 times its compressed size), TLS is always verified,
redirects are never followed, and a failure says whether anything was sent (consistency.md 2.6,
security.md 3.9 and 3.10). Nothing is retried here: retries stand at one layer, in the engine.
"""

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import lru_cache

import httpx

from sync.errors import Ambiguous, Malformed, SyncError, Unreachable
from sync.ports import Answer, Request


@dataclass(frozen=True, slots=True)
class TransportLimits:
    """Seconds and bytes one exchange may take."""

    connect_s: float = 5.0
    read_s: float = 20.0
    total_s: float = 60.0
    body_bytes: int = 20 * 1024 * 1024
    ratio: int = 100


# Nothing left the house in these, so even a write may be tried again.
_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_OURS = {"User-Agent": "Waydesk", "Accept": "*/*", "Accept-Encoding": "gzip"}
# A small answer may unpack to this much whatever its ratio: 26 bytes of gzip can be honest.
_RATIO_FLOOR = 64 * 1024


class Transport:
    """One pool of connections for all channels and carriers."""

    def __init__(
        self,
        limits: TransportLimits | None = None,
        *,
        ca_file: str | None = None,
        proxy: str | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Open no connection yet.

        `ca_file` adds a shop's own authority; it replaces none. `trust` is what `trusted` made
        before, for those who open many transports.
        """
        self._limits = limits or TransportLimits()
        seconds = self._limits
        self._waits = {
            "connect": seconds.connect_s,
            "pool": seconds.connect_s,
            "read": seconds.read_s,
            "write": seconds.read_s,
        }
        # The bare transport, not a client: no cookies are kept and no redirect can be followed.
        self._pool = httpx.AsyncHTTPTransport(
            verify=trust or trusted(ca_file),
            limits=httpx.Limits(max_connections=40, keepalive_expiry=30),
            trust_env=False,
            proxy=None if proxy is None else httpx.Proxy(proxy),
            retries=0,
        )

    async def send(self, request: Request) -> Answer:
        """Send once and read the whole answer.

        What leaves this computer leaves it over TLS: keys and addresses are in it.

        Raises:
            Unreachable: no connection was made; nothing was sent.
            Ambiguous: it may have arrived; no whole answer came back.
            Malformed: an answer came that is too big or wrongly packed.
        """
        if not _is_private(request.url):
            raise Unreachable("sync_not_encrypted", host=_host(request.url))
        try:
            async with asyncio.timeout(self._limits.total_s):
                return await self._exchange(request)
        except TimeoutError as late:
            raise Ambiguous("sync_timeout", host=_host(request.url)) from late
        except (httpx.HTTPError, httpx.InvalidURL) as failed:
            raise _ours(failed, request) from failed

    async def _exchange(self, request: Request) -> Answer:
        told = {**_OURS, **request.headers}
        asked = httpx.Request(
            request.method,
            request.url,
            headers=told,
            content=request.body,
            extensions={"timeout": self._waits},
        )
        response = await self._pool.handle_async_request(asked)
        try:
            packing = response.headers.get("content-encoding", "identity").strip().lower()
            body = await _unpacked(response.aiter_raw(), packing, self._limits)
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body)

    async def close(self) -> None:
        """Close every connection; the transport cannot be used again."""
        await self._pool.aclose()


def trusted(ca_file: str | None = None) -> ssl.SSLContext:
    """Whom we believe over TLS: the web's authorities, this computer's, and one of the shop's."""
    if ca_file is None:
        return _shared()
    context = _web()
    context.load_verify_locations(cafile=ca_file)
    return context


@lru_cache(maxsize=1)
def _shared() -> ssl.SSLContext:
    """One for every way out of this process: reading the authorities takes a tenth of a second."""
    return _web()


def _web() -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _is_private(url: str) -> bool:
    """Whether nobody on the way can read it: over TLS, or within this computer."""
    if not url.lower().startswith("http://"):
        return True
    try:
        return httpx.URL(url).host in LOOPBACK
    except httpx.InvalidURL:
        return True  # it goes nowhere, and is refused by its own name


def _host(url: str) -> str:
    return url.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]


def _ours(failed: Exception, request: Request) -> SyncError:
    host = _host(request.url)
    if isinstance(failed, httpx.InvalidURL):
        return Unreachable("sync_bad_address", host=host)
    if isinstance(failed, _NOTHING_SENT):
        untrusted = "CERTIFICATE_VERIFY_FAILED" in str(failed)
        return Unreachable("sync_tls_untrusted" if untrusted else "", host=host)
    if isinstance(failed, httpx.TimeoutException):
        return Ambiguous("sync_timeout", host=host)
    return Ambiguous(host=host)


async def _unpacked(chunks: AsyncIterator[bytes], packing: str, limits: TransportLimits) -> bytes:
    """The whole body, unpacked no further than the limits allow."""
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise Malformed("sync_bad_packing", packing=packing[:40])
    gzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in packing else None
    body = bytearray()
    packed = 0
    async for chunk in chunks:
        packed += len(chunk)
        cap = limits.body_bytes
        if gzip is not None:
            cap = min(cap, max(_RATIO_FLOOR, packed * limits.ratio))
        body += _step(gzip, chunk, cap + 1 - len(body))
        if len(body) > cap:
            raise Malformed("sync_answer_too_big", limit_bytes=cap)
    if gzip is not None and packed and not gzip.eof:
        raise Malformed("sync_bad_packing", packing=packing)
    return bytes(body)


def _step(gzip: "zlib._Decompress | None", chunk: bytes, room: int) -> bytes:
    if gzip is None:
        return chunk
    try:
        return gzip.decompress(chunk, room)
    except zlib.error as broken:
        raise Malformed("sync_bad_packing", packing="gzip") from broken
