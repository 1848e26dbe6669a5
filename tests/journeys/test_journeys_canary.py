"""Twenty secrets and names walk through the real processes; no file they leave holds one of them.

Whatever stands below the data folder and the folder for temporaries is read, archives unpacked and
everything the diagnostics would hand over with it, in every form a secret may slip out in.
"""

import asyncio
import base64
import io
import json
import random
import shutil
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.commands.cases import ExportOrders
from app.commands.channels import ConnectCarrier, ConnectChannel, PullNow, SetSender
from app.commands.founding import FoundShop, KitMade, ShopFacts
from app.commands.orders import AddNote, EditAddress, HoldOrder, ReleaseOrder, SetMemo, SetPolicy
from app.commands.parcels import TakeWaybills
from app.commands.people import (
    Created,
    Revealed,
    RevealField,
    SetPin,
    SignedIn,
    SignIn,
    Tokenise,
    Tokens,
)
from app.commands.privacy import FindSubject, SubjectFound
from app.commands.running import BackupSeen, Diagnostics, GatherDiagnostics, MakeBackup
from app.compose.clock import SystemClock
from app.desk.link import Link
from app.domain.errors import WaydeskError
from app.process import crashes
from app.reads.book import ReadBook
from sync.sandbox.faults import Faults
from sync.sandbox.http import Call, LocalServer, Reply
from sync.sandbox.woo_auth import ApiKey
from sync.sandbox.woocommerce import WooSandbox, WooSetup
from tests.keeper.processes import link_to, program

SIGN_IN = "owner sleeps 7 hours"
VAULT = "vault opens at noon 19"
WRONG = "a wrong guess 4711 away"
PIN = "739105"
KEY = ApiKey("ck_canary00112233445566", "cs_canary77889900aabbcc")
ECHOED = ApiKey("ck_echoed00112233445566", "cs_echoed77889900aabbcc")
CHECKWORD = "canaryCheckword4X7Q9Z2m"
NAME, PHONE, STREET = "欧阳翡翠", "13911187654", "凤凰山路 771 号听雨轩"
MAIL, NICK, NOTE = (
    "feicui.ouyang@mail.example",
    "翡翠小姐姐",
    "给欧阳翡翠，凤凰山路 771 号听雨轩，电话 13922287651",
)
SENDER, SENDER_PHONE = "司徒鹤鸣", "13633387652"
NEW_NAME, NEW_STREET = "慕容雪梅", "紫竹院路 9912 号"
CARD = "4111111111111111"
NOTED = f"买家改打 13944487653，卡号 {CARD}"
SECRETS = (
    *(SIGN_IN, VAULT, WRONG, KEY.key, KEY.secret, ECHOED.key, ECHOED.secret, CHECKWORD),
    *(NAME, PHONE, STREET, MAIL, "13922287651", SENDER, SENDER_PHONE),
    *(NEW_NAME, NEW_STREET, "13944487653", CARD, PIN),
)
REFUSED: dict[str, str] = {}
FACTS = ShopFacts("Loom", "Asia/Shanghai", "CNY", "zh", "123456", "16:00", "2026-10-01")
FOUND = FoundShop(FACTS, "Lin", "Lin", SIGN_IN, "passphrase", VAULT)
NONE = type(None)


def forms(secret: str) -> Iterator[bytes]:
    """A text as it may stand in a file: three encodings, escaped, in hex, anywhere in base64."""
    plain = secret.encode()
    yield from (plain, secret.encode("utf-16-le"), secret.encode("utf-16-be"))
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    yield from (json.dumps(secret)[1:-1].encode(), quote(secret).encode())
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + plain)
        yield whole[4 if shift else 0 : len(whole) - 4]


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder with what it holds, archives unpacked."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            yield str(file.relative_to(folder)), content
            if zipfile.is_zipfile(io.BytesIO(content)):
                with zipfile.ZipFile(io.BytesIO(content)) as held:
                    for name in held.namelist():
                        yield f"{file.name}/{name}", held.read(name)


def hits(told: Iterator[tuple[str, bytes]]) -> list[str]:
    wanted = {form: secret for secret in SECRETS for form in forms(secret) if len(form) >= 6}
    return [
        f"{name}: {secret}"
        for name, content in told
        for form, secret in wanted.items()
        if form in content
    ]


def echo(call: Call) -> Reply:
    """A server that says everything it was told again, as some do when they are in trouble."""
    told = {
        "headers": dict(call.headers),
        "query": call.query,
        "body": call.body.decode("utf-8", "replace"),
    }
    told |= {"message": f"cannot serve {NAME} {PHONE} {STREET} with {KEY.secret}"}
    return Reply(
        401, json.dumps(told, ensure_ascii=False).encode(), {"Content-Type": "application/json"}
    )


class Servers:
    """A shop that works, and one and a carrier that echo."""

    def __init__(self) -> None:
        chance = random.Random(5)
        self.shop = WooSandbox(WooSetup((KEY,)), lambda: SystemClock().now() // 1000, chance)
        self.shop.faults = Faults(chance)
        self.good, self.bad = self.shop.server(), LocalServer(echo)

    def place(self) -> None:
        self.shop.shop.stock_product("LN-27", "亚麻窗帘", 50)
        self.shop.shop.place(
            {
                "id": 501,
                "status": "processing",
                "created_s": SystemClock().now() // 1000 - 9_000,
                "shipping_total": "0",
                "line_items": [
                    {"sku": "LN-27", "name": "亚麻窗帘", "quantity": 1, "price": "99.00"}
                ],
                "customer_note": f"{NOTE} {CARD}",
                "payment_method": "alipay",
                "transaction_id": "T501",
                "billing": {"email": MAIL, "first_name": NICK},
                "shipping": {
                    "first_name": "",
                    "last_name": NAME,
                    "address_1": STREET,
                    "address_2": "",
                    "city": "苏州市",
                    "state": "江苏省",
                    "postcode": "215000",
                    "country": "CN",
                    "phone": PHONE,
                },
            }
        )


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    made = Servers()
    await made.good.start()
    await made.bad.start()
    yield made
    await made.good.stop()
    await made.bad.stop()


async def attempt(link: Link, ask: Any, reply: Any = NONE) -> Any:
    """Ask, whatever the answer: a refusal leaves traces too."""
    try:
        return await link.ask(ask, reply)
    except WaydeskError as no:
        REFUSED[type(ask).__name__] = no.code
        return None


def order_in(folder: Path) -> int:
    book = ReadBook(folder / "book.db")
    try:
        row = book.row("SELECT id FROM orders LIMIT 1")
        return int(row["id"]) if row else 0
    finally:
        book.close()


async def connect(link: Link, servers: Servers) -> int:
    fields = {"address": servers.good.url, "key": KEY.key, "secret": KEY.secret}
    shop = ConnectChannel("woocommerce", "Good", "Asia/Shanghai", "CNY", fields)
    pk = (await link.ask(shop, Created)).id
    bad = {"address": servers.bad.url, "key": ECHOED.key, "secret": ECHOED.secret}
    await attempt(link, ConnectChannel("woocommerce", "Bad", "Asia/Shanghai", "CNY", bad), Created)
    # A shop nobody can speak with ends in the log, with all that led to it.
    await attempt(link, ConnectChannel("nonesuch", "Nowhere", "Asia/Shanghai", "CNY", bad), Created)
    account = {"partner_id": "CANARY", "checkword": CHECKWORD, "url": f"{servers.bad.url}/std"}
    await attempt(link, ConnectCarrier("sf", "SF", account), Created)
    sender = (SENDER, SENDER_PHONE, "", "浙江省", "杭州市", "西湖区", STREET)
    await link.ask(SetSender(*sender), NONE)
    return pk


async def work_the_order(link: Link, folder: Path, channel_id: int) -> None:
    await attempt(link, SetPolicy("read_only", "false", f"go, says {PHONE}"))
    while not (order_id := order_in(folder)):
        await link.ask(PullNow(channel_id), NONE)
        await asyncio.sleep(0.3)
    await attempt(link, RevealField(order_id, "phone", f"called from {PHONE}"), Revealed)
    await attempt(link, AddNote(order_id, NOTED))
    await attempt(link, SetMemo(order_id, f"card {CARD}, 13944487653"))
    await attempt(link, HoldOrder(order_id, NOTED))
    await attempt(link, ReleaseOrder(order_id, NOTED))
    place = ("江苏省", "苏州市", "吴中区", NEW_STREET)
    await attempt(link, EditAddress(order_id, NEW_NAME, PHONE, *place, f"moved, call {PHONE}"))
    for typed in (NAME, PHONE, NEW_NAME):
        await attempt(link, Tokenise(typed), Tokens)
    await attempt(link, FindSubject(phone=PHONE), SubjectFound)
    await attempt(link, TakeWaybills((order_id,)), Any)
    export = ExportOrders("to_print", str(folder / "orders.csv"), "to the accountant")
    await attempt(link, export, Any)
    await asyncio.sleep(1.0)  # the carrier has time to say everything again


@pytest.mark.req("F099", "F178")
async def test_no_file_of_a_working_shop_holds_a_secret_or_a_name(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, temp = tmp_path / "data", tmp_path / "temp"
    for place in (folder, temp):
        place.mkdir()
    monkeypatch.setenv("TMPDIR", str(temp))
    (folder / "settings.toml").write_text('log_level = "debug"\n', "utf-8")
    servers.place()
    link = link_to(program("tests.journeys.quick_keeper", "--data", str(folder)))
    link.start()
    await link.ready()
    await link.ask(FOUND, KitMade)
    await attempt(link, SignIn("lin", WRONG), SignedIn)
    link.session = (await link.ask(SignIn("lin", SIGN_IN), SignedIn)).session
    await attempt(link, SetPin(SIGN_IN, PIN))
    await work_the_order(link, folder, await connect(link, servers))
    await attempt(link, MakeBackup("before the canary"), BackupSeen)
    told = await link.ask(GatherDiagnostics(), Diagnostics)
    keep_a_crash(folder)
    shutil.copytree(folder, tmp_path / "seen" / "running")  # with the journal still open
    await link.close()
    shutil.move(folder, tmp_path / "seen" / "closed")
    shutil.move(temp, tmp_path / "seen" / "temp")
    bundle = tmp_path / "seen" / "bundle"
    bundle.mkdir()
    for at, (name, text) in enumerate(told.files):
        (bundle / f"{at}-{Path(name).name}").write_text(text, "utf-8")
    names = {file.name for file in (tmp_path / "seen").rglob("*")}
    assert {"book.db", "book.db-wal", "vault.json", "keeper.log"} <= names
    assert len(told.files) >= 1
    assert any(name.startswith("crash-") for name in names)
    assert any(name.startswith("book-2") for name in names), "no backup was made"
    assert REFUSED == {"SignIn": "sign_in_failed"}, "a step of the day was not taken"
    assert hits(contents(tmp_path / "seen")) == []


def keep_a_crash(folder: Path) -> None:
    """A fault whose every word and value is a secret."""
    try:
        int(f"{NAME} {KEY.secret} {SIGN_IN}")
    except ValueError as problem:
        crashes.keep(folder, "desk", crashes.crash_of(problem), 1_780_000_000_000, "test")


def test_a_secret_is_found_in_every_form_it_may_slip_out_in(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("inner", NAME.encode("utf-16-le") * 20)
    slips = {
        "plain": f"x{NAME}y".encode(),
        "hex": PHONE.encode().hex().upper().encode(),
        "json": json.dumps({"to": STREET}).encode(),
        "base64": base64.b64encode(f'{{"a": "{CHECKWORD}"}}'.encode()),
        "archive.zip": held.getvalue(),
    }
    for name, content in slips.items():
        (tmp_path / name).write_bytes(content)
    found = {line.split(":")[0] for line in hits(contents(tmp_path))}
    assert found == {"plain", "hex", "json", "base64", "archive.zip/inner"}
