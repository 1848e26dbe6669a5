"""The sandbox's own reading of SF's gateway rules: the form, the digest, the time, the limits.

Written from the sheet (carriers_labels.md A1), not from the connector: the encoder here goes byte
by byte through a table, so a mistake there cannot agree with itself here.
"""

import binascii
import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-*_"
_TABLE = tuple(
    b"+" if byte == 0x20 else bytes((byte,)) if byte in _PLAIN else b"%%%02X" % byte
    for byte in range(256)
)
_NEEDED = ("partnerID", "requestID", "serviceCode", "timestamp", "msgDigest", "msgData")
_FORM_TYPE = "application/x-www-form-urlencoded"


class GateError(Exception):
    """The gateway lets this request not through; `code` is SF's A-code."""

    def __init__(self, code: str, text: str) -> None:
        """Keep SF's code and words."""
        super().__init__(code)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is what it says: who asks which service what."""

    partner: str
    service: str
    message: str


def digest_of(message: str, stamp: str, word: str) -> str:
    """The digest SF would compute for these."""
    encoded = b"".join(map(_TABLE.__getitem__, (message + stamp + word).encode()))
    return binascii.b2a_base64(
        hashlib.md5(encoded, usedforsecurity=False).digest(), newline=False
    ).decode()


class Gate:
    """Who may come in, and how often. `skew_ms` None believes any time stamp."""

    def __init__(
        self,
        words: Mapping[str, str],
        *,
        per_second: int | None,
        per_day: int | None,
        skew_ms: int | None,
    ) -> None:
        """Take the checkword of each customer code, and the limits of the test environment."""
        self._words = dict(words)
        self._per_second = per_second
        self._per_day = per_day
        self._skew_ms = skew_ms
        self._calls: Counter[tuple[str, str, str, int]] = Counter()
        self._seen: set[str] = set()

    def admit(self, content_type: str, body: bytes, now_ms: int) -> Asked:
        """The request, once every rule of the gateway holds; raises GateError."""
        if content_type.partition(";")[0].strip().lower() != _FORM_TYPE:
            raise GateError("A1001", "Content-type")
        form = _form(body)
        for name in _NEEDED:
            if not form.get(name):
                raise GateError("A1001", f"必传参数不可为空: {name}")
        self._known(form)
        self._fresh(form, now_ms)
        asked = Asked(form["partnerID"], form["serviceCode"], form["msgData"])
        self._within(asked, now_ms)
        return asked

    def _known(self, form: Mapping[str, str]) -> None:
        word = self._words.get(form["partnerID"])
        if word is None:
            raise GateError("A1004", "无对应服务权限")
        proper = digest_of(form["msgData"], form["timestamp"], word)
        if not hmac.compare_digest(proper.encode(), form["msgDigest"].encode()):
            raise GateError("A1006", "数字签名无效")

    def _fresh(self, form: Mapping[str, str], now_ms: int) -> None:
        stamp, request = form["timestamp"], form["requestID"]
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 14):
            raise GateError("A1001", "timestamp")
        if len(request) > 40:
            raise GateError("A1001", "requestID")
        if self._skew_ms is not None and abs(int(stamp) - now_ms) > self._skew_ms:
            raise GateError("A1002", "请求时效已过期")
        if request in self._seen:
            raise GateError("A1007", "重复请求")
        self._seen.add(request)

    def _within(self, asked: Asked, now_ms: int) -> None:
        spans = (
            ("s", now_ms // 1000, self._per_second),
            ("d", now_ms // 86_400_000, self._per_day),
        )
        for name, number, most in spans:
            if most is None:
                continue
            key = (asked.partner, asked.service, name, number)
            self._calls[key] += 1
            if self._calls[key] > most:
                raise GateError("A1005", "流量受控")


def _form(body: bytes) -> dict[str, str]:
    found = {}
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        try:
            text = unquote_to_bytes(value.replace(b"+", b" ")).decode()
        except UnicodeDecodeError as broken:
            raise GateError("A1001", "UTF-8") from broken
        found[unquote_to_bytes(name).decode("latin-1")] = text
    return found
