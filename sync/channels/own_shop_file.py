"""A store's file (TOML), read and checked whole: every row that cannot be used is named at once.

What each row may hold stands beside it in resources/samples/own_shop.toml, and in
docs/own-shop.md. The file holds no secret: keys are fields of the connection.
"""

import tomllib
from typing import Any

from sync.channels.own_shop_path import Path
from sync.channels.own_shop_plan import (
    AUTH_KINDS,
    MEANS,
    METHODS,
    PAGE_KINDS,
    REPEATS,
    TIME_FORMATS,
    Answers,
    Auth,
    Call,
    Changed,
    Detail,
    HmacRecipe,
    Listing,
    Pages,
    Plan,
    Push,
)
from sync.channels.own_shop_rows import Mistake, Rows, is_currency, is_zone, plain_header
from sync.channels.own_shop_walk import LEAST

LARGEST = 64 * 1024
ORDER_STATES = (
    *("awaiting_payment", "paid", "allocated", "shipped", "completed", "cancelled", "closed"),
    "skip",
)
PAYMENT_STATES = ("unpaid", "unconfirmed", "paid", "partly_refunded", "refunded")
ORDER_FIELDS = (
    *("external_id", "external_no", "status", "payment", "placed", "paid", "modified"),
    *("completed", "promise", "currency", "total", "freight", "discount", "tax", "nick"),
    *("message", "memo", "flag", "transaction", "name", "phone", "email", "country"),
    *("province", "city", "district", "address", "postcode", "waybills"),
)
CONSTANTS = ("country", "currency", "province", "city")
LINE_FIELDS = (
    *("line_id", "sku", "listing", "title", "variant", "quantity", "unit_price", "line_total"),
    *("picture", "shipped", "refunded"),
)
REFUND_FIELDS = ("refund_id", "amount", "reason", "at")
SIGNED = (
    *("method", "path", "query", "body", "body_sha256", "body_md5", "time", "nonce", "key"),
    "secret",
)
SENT = ("key", "time", "nonce", "signature")
SHIP = ("id", "carrier", "carrier_name", "waybill", "note", "key")
STOCK = ("sku", "listing", "quantity", "key")
MEMO = ("id", "text", "flag", "key")
LINE = ("line_id", "quantity")


ALGORITHMS = ("sha256", "sha1", "sha512", "md5")
SPELLINGS = ("hex", "hex_upper", "base64")


class FileWrong(Exception):  # noqa: N818 - it says what is so
    """A store's file cannot be used; `mistakes` names every row that is wrong."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        """Keep every mistake, the first of each row."""
        first = {mistake.row: mistake for mistake in reversed(mistakes)}
        self.mistakes = [mistake for mistake in mistakes if first[mistake.row] is mistake]
        super().__init__("; ".join(map(str, mistakes)))


def plan_of(text: str) -> Plan:
    """The plan a file's text describes. Raises FileWrong with every mistake in it."""
    mistakes: list[Mistake] = []
    if len(text) > LARGEST:
        raise FileWrong([Mistake("", f"{len(text)}", f"≤ {LARGEST}")])
    try:
        rows = Rows(tomllib.loads(text.removeprefix("\ufeff")), "", mistakes)
    except tomllib.TOMLDecodeError as broken:
        raise FileWrong([Mistake("TOML", str(broken)[:120])]) from broken
    plan = _plan(rows)
    rows.end()
    if mistakes:
        raise FileWrong(mistakes)
    return plan


def _plan(rows: Rows) -> Plan:
    order = _table(rows, "order", ORDER_FIELDS, ("external_id", "status", "placed", "total"))
    line_each, line = _members(rows, "lines", LINE_FIELDS, "quantity")
    refund_each, refund = _refunds(rows)
    detail = _detail(rows)
    money, fractions = _money(rows)
    plan = Plan(
        name=rows.text("name"),
        address=rows.address("address"),
        zone=_checked(rows, "zone", is_zone, "Asia/Shanghai"),
        currency=_checked(rows, "currency", is_currency, "CNY"),
        a_second=rows.number("a_second", 2.0, (0.01, 100)),
        headers=rows.words("headers", plain_header, "X-Name = “…”"),
        auth=_auth(rows),
        listing=_listing(rows, detail is not None),
        detail=detail,
        order=order,
        constants=rows.words("constants", lambda name, _: name in CONSTANTS, " | ".join(CONSTANTS)),
        line_each=line_each,
        line=line,
        refund_each=refund_each,
        refund=refund,
        money=money,
        fractions=fractions,
        time=_time_format(rows),
        proof=rows.one_of("paid_when", ("paid_time", "payment_word", "status_word", "never")),
        status=_state_words(rows, "status", ORDER_STATES),
        payment=_state_words(rows, "payment", PAYMENT_STATES),
        carriers=rows.words("carriers", lambda _, value: bool(value)),
        ship=_call(rows, "ship", SHIP, order, detail),
        ship_part=_call(rows, "ship_part", (*SHIP, "lines"), order, detail),
        stock=_call(rows, "stock", STOCK, order, detail),
        memo=_call(rows, "memo", MEMO, order, detail),
        answers=_answers(rows),
        push=_push(rows),
    )
    _agree(rows, plan)
    return plan


def _members(
    rows: Rows, name: str, fields: tuple[str, ...], needed: str
) -> tuple[Path, dict[str, Path]]:
    """Where the members of a list in an order stand, and the fields of each."""
    table = rows.within(name)
    found = table.needed_path("each"), table.paths(fields, (needed,))
    table.end()
    return found


def _refunds(rows: Rows) -> tuple[Path | None, dict[str, Path]]:
    if not rows.has("refunds"):
        return None, {}
    return _members(rows, "refunds", REFUND_FIELDS, "amount")


def _money(rows: Rows) -> tuple[str, str]:
    table = rows.within("money")
    found = table.one_of("format", ("decimal", "minor"))
    fractions = table.one_of("fractions", ("refuse", "round"), "refuse")
    table.end()
    return found, fractions


def _agree(rows: Rows, plan: Plan) -> None:
    """What no row can know by itself."""
    if not plan.name.isascii() or not plan.name.isidentifier():
        rows.wrong("name", "a_b1")
    if not plan.status:
        rows.wrong("status", "[status]")
    if plan.payment and "payment" not in plan.order:
        Rows({}, "order", rows.mistakes).wrong("payment", "a.b")
    for name, needs in (("paid_time", "paid"), ("payment_word", "payment")):
        if plan.proof == name and needs not in plan.order:
            Rows({}, "order", rows.mistakes).wrong(needs, f"paid_when = {name}")
    if plan.ship_part is not None and plan.ship is None:
        rows.wrong("ship", "[ship]")
    if plan.ship is not None and plan.ship_part is None and plan.detail is None:
        # Whether a parcel is the whole order is seen in the order itself.
        rows.wrong("detail", "[detail] | [ship_part]")


def _table(
    rows: Rows, name: str, fields: tuple[str, ...], needed: tuple[str, ...]
) -> dict[str, Path]:
    table = rows.within(name)
    found = table.paths(fields, needed)
    table.end()
    return found


def _checked(rows: Rows, row: str, fits: Any, wanted: str) -> str:
    def read(told: str) -> str:
        if not fits(told):
            raise ValueError(told)
        return told

    return rows.read(row, None, read, wanted) or ""


def _time_format(rows: Rows) -> str:
    table = rows.within("time")
    told = table.text("format", "iso")
    if told not in ("iso", "unix", "unix_ms") and "%" not in told:
        table.wrong("format", "iso | unix | unix_ms | %Y-%m-%d …")
    table.end()
    return told


def _state_words(rows: Rows, row: str, states: tuple[str, ...]) -> dict[str, str]:
    return rows.words(row, lambda _, value: value in states, " | ".join(states))


def _auth(rows: Rows) -> Auth:
    table = rows.within("auth")
    kind = table.one_of("kind", AUTH_KINDS)
    name = ""
    if kind == "header":
        name = table.header("name")
    if kind == "query":
        name = table.text("name")
    recipe = None
    headers: dict[str, str] = {}
    query: dict[str, str] = {}
    time = "unix"
    if kind == "hmac":
        recipe = _recipe(table, SIGNED)
        time = table.one_of("time", ("unix", "unix_ms", "iso_utc"), "unix")
        headers = {each: _sent(table, "headers", each) for each in table.within("headers").table}
        query = {each: _sent(table, "query", each) for each in table.within("query").table}
        if not any("{signature}" in each for each in (*headers.values(), *query.values())):
            table.wrong("headers", "X-Name = “{signature}”")
    table.end()
    return Auth(kind, name, recipe, time, headers, query)


def _sent(table: Rows, part: str, name: str) -> str:
    rows = table.within(part)
    value = rows.template(name, SENT)
    if part == "headers" and not plain_header(name, value):
        rows.wrong(name, "X-Name = “{signature}”")
    return value


def _recipe(table: Rows, marks: tuple[str, ...]) -> HmacRecipe:
    return HmacRecipe(
        table.one_of("algorithm", ALGORITHMS),
        table.template("text", marks),
        table.one_of("spelling", SPELLINGS),
    )


def _listing(rows: Rows, has_detail: bool) -> Listing:
    table = rows.within("list")
    whole = table.yes("whole", True)
    if not whole and not has_detail:
        Rows({}, "detail", rows.mistakes).wrong("path", "list.whole = false")
    found = Listing(
        path=table.call_path("path"),
        each=table.names("each"),
        whole=whole,
        query=table.words("query", lambda name, value: bool(name and value)),
        changed=_changed(table),
        pages=_pages(table),
    )
    table.end()
    return found


def _changed(table: Rows) -> Changed | None:
    rows = table.within("changed")
    if not rows.table:
        return None
    found = Changed(
        rows.text("param"),
        rows.one_of("format", TIME_FORMATS),
        rows.one_of("bound", ("inclusive", "exclusive")),
        round(rows.number("overlap_s", 600, (0, 86_400)) * 1000),
    )
    rows.end()
    return found


def _pages(table: Rows) -> Pages:
    rows = table.within("pages")
    kind = rows.one_of("kind", PAGE_KINDS)
    counted = kind in ("page", "offset")
    found = Pages(
        kind,
        param=rows.text("param", None if counted or kind == "cursor" else ""),
        size_param=rows.text("size_param", None if counted else ""),
        size=int(rows.number("size", 50, (LEAST if kind == "page" else 2, 500))),
        first=int(rows.number("first", 1, (0, 1))) if kind == "page" else 0,
        next=rows.needed_path("next") if kind == "cursor" else None,
        more=rows.path("more"),
        total=rows.path("total") if counted else None,
    )
    rows.end()
    return found


def _detail(rows: Rows) -> Detail | None:
    table = rows.within("detail")
    if not table.table:
        return None
    found = Detail(table.call_path("path", ("id",)), table.names("at", ""))
    if "{id}" not in found.path:
        table.wrong("path", "/…/{id}")
    table.end()
    return found


def _call(
    rows: Rows, row: str, marks: tuple[str, ...], order: dict[str, Path], detail: Detail | None
) -> Call | None:
    table = rows.within(row)
    if not table.table:
        return None
    found = Call(
        method=table.one_of("method", METHODS),
        path=table.call_path("path", [mark for mark in marks if mark != "lines"]),
        body=table.body("body", marks),
        repeat=table.one_of("repeat", REPEATS, "harmless" if row == "stock" else None),
        key_header=table.header("key_header", ""),
        line=table.body("line", LINE) if row == "ship_part" else None,
    )
    if found.repeat == "key" and not found.key_header and "{key}" not in str(found.body):
        table.wrong("key_header", "Idempotency-Key")
    seen = "memo" if row == "memo" else "waybills"
    if found.repeat == "look" and (row == "stock" or detail is None or seen not in order):
        table.wrong("repeat", f"[detail] order.{seen}")
    table.end()
    return found


def _answers(rows: Rows) -> Answers:
    table = rows.within("answer")
    ok = table.path("ok")
    usual: list[str] = []
    values = table.read("ok_values", usual, _ok_values, "[“0”, “true”]") or []
    if ok is not None and not values:
        table.wrong("ok_values", "[“0”, “true”]")
    meant = table.words("means", lambda _, value: value in MEANS, " | ".join(MEANS))
    found = Answers(ok, frozenset(values), table.path("code"), table.path("text"), meant)
    table.end()
    return found


def _ok_values(told: Any) -> list[str]:
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise ValueError(told)
    return told


def _push(rows: Rows) -> Push | None:
    table = rows.within("push")
    if not table.table:
        return None
    found = Push(
        header=table.header("header"),
        recipe=_recipe(table, ("body", "time")),
        order=table.needed_path("order"),
        prefix=table.text("prefix", ""),
        time_header=table.header("time_header", ""),
        event_header=table.header("event_header", ""),
        event=table.path("event"),
    )
    if "{time}" in found.recipe.text and not found.time_header:
        table.wrong("time_header", "X-Name")
    if "{body}" not in found.recipe.text:
        table.wrong("text", "{body}")
    table.end()
    return found
