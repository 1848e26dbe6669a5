"""Who may ask the sandbox platform: key, digest, time, session, rights, rate and parameters.

Written from the platform's own pages, not from the connector: open.taobao.com "API calls" (the
digest and the ten minutes), "Troubleshooting and Error Codes" (the codes), and the parameter list
of each method. A parameter that a method does not have is refused, which the platform lets pass:
a name mistaken here would otherwise never be seen.
"""

import hashlib
import hmac
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_to_bytes

TEN_MINUTES_MS = 600_000
COMMON = frozenset({"method", "app_key", "timestamp", "format", "v", "sign_method", "sign"})
# method → (needed, optional) parameters, as the platform lists them; all but the first ask for a
# session.
PARAMETERS: Mapping[str, tuple[str, str]] = {
    "taobao.top.auth.token.refresh": ("refresh_token", ""),
    "taobao.trades.sold.increment.get": (
        "fields start_modified end_modified",
        "status type buyer_nick ext_type tag page_no page_size use_has_next buyer_open_uid",
    ),
    "taobao.trades.sold.get": (
        "fields",
        "start_created end_created status buyer_nick type ext_type rate_status tag page_no "
        "page_size use_has_next buyer_open_id",
    ),
    "taobao.trade.fullinfo.get": ("fields tid", "include_oaid"),
    "taobao.trade.memo.update": ("tid", "memo flag reset"),
    "taobao.logistics.offline.send": (
        "tid out_sid company_code",
        "sub_tid is_split sender_id cancel_id feature seller_ip",
    ),
    "taobao.logistics.online.send": (
        "tid company_code",
        "out_sid sub_tid is_split sender_id cancel_id feature seller_ip",
    ),
    "taobao.logistics.dummy.send": ("tid", "feature seller_ip"),
    "taobao.logistics.consign.resend": (
        "tid out_sid company_code",
        "sub_tid is_split feature seller_ip",
    ),
    "taobao.logistics.companies.get": ("fields", "is_recommended order_mode"),
    "taobao.item.quantity.update": ("num_iid quantity", "sku_id outer_id type"),
    "taobao.skus.custom.get": ("outer_id fields", ""),
    "taobao.items.custom.get": ("outer_id fields", ""),
    "taobao.refund.get": ("fields refund_id", ""),
    "taobao.refunds.receive.get": (
        "fields",
        "status type start_modified end_modified page_no page_size use_has_next ouid "
        "buyer_open_uid buyer_nick",
    ),
    "taobao.refund.refuse": (
        "refund_id refuse_message",
        "refuse_proof refund_phase refund_version refuse_reason_id",
    ),
    "taobao.tmc.user.permit": ("", "topics"),
    "taobao.tmc.messages.consume": ("", "group_name quantity"),
    "taobao.tmc.messages.confirm": ("s_message_ids", "f_message_ids group_name"),
    "taobao.rp.refunds.agree": ("refund_infos", "code"),
    "cainiao.waybill.ii.get": ("param_waybill_cloud_print_apply_new_request", ""),
    "cainiao.waybill.ii.cancel": ("cp_code waybill_code", ""),
    "cainiao.waybill.ii.search": ("", "cp_code"),
    "cainiao.waybill.ii.query.by.waybillcode": ("param_list", ""),
    "cainiao.cloudprint.stdtemplates.get": ("", ""),
}
OPEN = frozenset({"taobao.top.auth.token.refresh"})


class TopError(Exception):
    """The platform's no: its code, its words, and the finer pair."""

    def __init__(self, code: int, msg: str, sub_code: str = "", sub_msg: str = "") -> None:
        """Keep what the answer will say."""
        super().__init__(f"{code} {sub_code}")
        self.told = {"code": code, "msg": msg}
        if sub_code:
            self.told |= {"sub_code": sub_code, "sub_msg": sub_msg}


@dataclass(slots=True)
class TopApp:
    """One app: key and secret, what it may call (None: everything), whether it may renew."""

    key: str
    secret: str
    may: frozenset[str] | None = None
    renews: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was let in: its method and its own parameters."""

    method: str
    params: Mapping[str, str]


@dataclass(slots=True)
class TopGate:
    """The door of the platform. `a_second` is how many calls it takes; None: as many as come."""

    app: TopApp
    now_ms: Callable[[], int]
    a_second: int | None = None
    ban_s: int = 1
    sessions: dict[str, int | None] = field(default_factory=dict)
    refresh: dict[str, int] = field(default_factory=dict)
    _taken: deque[int] = field(default_factory=deque)
    _made: int = 0

    def session(self, seconds: int | None = None) -> str:
        """A seller's new session; without seconds it does not end while the test runs."""
        self._made += 1
        made = f"6100e{self._made:028x}"
        self.sessions[made] = None if seconds is None else self.now_ms() + seconds * 1000
        return made

    def refresh_token(self) -> str:
        """A new refresh token, good for half a year."""
        self._made += 1
        made = f"6101f{self._made:028x}"
        self.refresh[made] = self.now_ms() + 180 * 86_400_000
        return made

    def admit(self, body: bytes) -> Asked:
        """The request, once every rule of the door holds; raises TopError."""
        form = _form(body)
        self._known(form)
        self._in_time(form.get("timestamp", ""))
        self._signed(form)
        self._within()
        method = form["method"]
        if method not in PARAMETERS:
            raise TopError(22, "Invalid method", "isv.method-not-exist", method)
        self._allowed(method, form.get("session", ""))
        own = {name: value for name, value in form.items() if name not in COMMON | {"session"}}
        _complete(method, own)
        return Asked(method, own)

    def _known(self, form: Mapping[str, str]) -> None:
        for code, name in ((21, "method"), (28, "app_key"), (24, "sign"), (30, "timestamp")):
            if not form.get(name):
                raise TopError(code, f"Missing {name}")
        if form.get("v") != "2.0":
            raise TopError(33, "Invalid version")
        if form.get("format", "xml") != "json":
            raise TopError(23, "Invalid format")
        if form["app_key"] != self.app.key:
            raise TopError(29, "Invalid app Key")

    def _in_time(self, stamp: str) -> None:
        try:
            told = datetime.strptime(f"{stamp} +0800", "%Y-%m-%d %H:%M:%S %z")
        except ValueError:
            raise TopError(31, "Invalid timestamp") from None
        if abs(told.timestamp() * 1000 - self.now_ms()) > TEN_MINUTES_MS:
            raise TopError(31, "Invalid timestamp")

    def _signed(self, form: Mapping[str, str]) -> None:
        proper = digest_of(form, self.app.secret)
        if proper is None or not hmac.compare_digest(proper, form["sign"]):
            raise TopError(25, "Invalid signature")

    def _within(self) -> None:
        if self.a_second is None:
            return
        now = self.now_ms()
        while self._taken and self._taken[0] <= now - 1000:
            self._taken.popleft()
        if len(self._taken) >= self.a_second:
            raise self.banned()
        self._taken.append(now)

    def banned(self) -> TopError:
        """The refusal of one call too many."""
        words = f"This ban will last for {self.ban_s} more seconds"
        sub = "accesscontrol.limited-by-api-access-count"
        return TopError(7, "App Call Limited", sub, words)

    def _allowed(self, method: str, session: str) -> None:
        if method in OPEN:
            return
        if not session:
            raise TopError(26, "Missing session")
        until = self.sessions.get(session, 0)
        if until is not None and until <= self.now_ms():
            raise TopError(27, "Invalid session", "invalid-sessionkey", "SessionKey非法")
        if self.app.may is not None and method not in self.app.may:
            raise TopError(11, "Insufficient isv permissions", "isv.permission-api-package-limit")


def digest_of(form: Mapping[str, str], secret: str) -> str | None:
    """The digest the platform would make of these, or None for a way it does not have."""
    pairs = sorted((k.encode(), v.encode()) for k, v in form.items() if k != "sign" and v)
    whole = b"".join(part for pair in pairs for part in pair)
    word = secret.encode()
    way = form.get("sign_method", "md5")
    if way == "md5":
        made = hashlib.new("md5", usedforsecurity=False)
        for part in (word, whole, word):
            made.update(part)
        return made.hexdigest().upper()
    if way not in ("hmac", "hmac-sha256"):
        return None
    # RFC 2104 by hand: the block of both hashes is 64 bytes.
    name = "md5" if way == "hmac" else "sha256"
    block = word if len(word) <= 64 else hashlib.new(name, word, usedforsecurity=False).digest()
    block = block.ljust(64, b"\0")
    inner = hashlib.new(name, bytes(b ^ 0x36 for b in block) + whole, usedforsecurity=False)
    outer = bytes(b ^ 0x5C for b in block) + inner.digest()
    return hashlib.new(name, outer, usedforsecurity=False).hexdigest().upper()


def _complete(method: str, own: Mapping[str, str]) -> None:
    needed, optional = (frozenset(names.split()) for names in PARAMETERS[method])
    for name in needed - own.keys():
        raise TopError(40, "Missing required arguments:" + name, "isv.missing-parameter:" + name)
    for name in own.keys() - needed - optional:
        raise TopError(41, "Invalid arguments:" + name, "isv.invalid-parameter:" + name)


def _form(body: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        try:
            found[unquote_to_bytes(name).decode()] = unquote_to_bytes(
                value.replace(b"+", b" ")
            ).decode()
        except UnicodeDecodeError:
            raise TopError(41, "Invalid arguments:utf-8") from None
    return found


def beijing(ms: int) -> str:
    """A moment as the platform writes it."""
    told = datetime.fromtimestamp(ms // 1000, UTC) + timedelta(hours=8)
    return f"{told:%Y-%m-%d %H:%M:%S}"


def from_beijing(text: str, name: str) -> int:
    """The moment a parameter means; raises TopError for another form."""
    try:
        told = datetime.strptime(f"{text} +0800", "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        raise TopError(41, "Invalid arguments:" + name, "isv.invalid-parameter:" + name) from None
    return round(told.timestamp() * 1000)


def invalid(name: str) -> TopError:
    """A parameter that is not what it may be."""
    return TopError(41, "Invalid arguments:" + name, "isv.invalid-parameter:" + name)


def whole(params: Mapping[str, str], name: str, usual: int) -> int:
    """A whole number of the request; raises TopError for anything else."""
    told = params.get(name, str(usual))
    if not told.removeprefix("-").isdigit():
        raise invalid(name)
    return int(told)
