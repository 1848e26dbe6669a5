"""A second factor from the person's menu: read off the card, confirmed, used, given up."""

import asyncio
import logging
from base64 import b32decode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu

from app.commands.channels import PrinterChoice
from app.commands.orders import ChangeAmount
from app.desk.dialogs import Sheet
from app.desk.factor import BegunSheet, CodesSheet
from app.desk.text import TextLabel
from app.store.tables_approval import approval, recovery_code, second_factor
from app.store.tables_record import audit
from tests.desk.desk_world import DeskWorld
from tests.operations.outbound_world import PASSPHRASE

DAY_MS = 24 * 3_600_000
Step = Callable[[Sheet], None]


def said(sheet: Sheet) -> str:
    return "\n".join(label.text() for label in sheet.findChildren(TextLabel))


async def shown(desk: DeskWorld, but: Sheet | None) -> Sheet:
    for _ in range(200):
        await asyncio.sleep(0.01)
        for sheet in desk.window.findChildren(Sheet):
            if sheet is not but and sheet.isVisible():
                return sheet
    raise AssertionError(f"nothing was asked: {desk.news}")


def cards(desk: DeskWorld, *steps: Step) -> Any:
    async def play() -> None:
        last = None
        for step in steps:
            last = await shown(desk, last)
            step(last)

    return play


def answer(**given: str) -> Step:
    def do(sheet: Sheet) -> None:
        for name, value in given.items():
            sheet.fill(name, value)
        sheet.done.click()

    return do


class Phone:
    """An authenticator app: it reads the picture that stands on the screen, and nothing else."""

    def __init__(self, desk: DeskWorld) -> None:
        self._desk = desk
        self.uri = self.secret = ""
        self.card: Sheet | None = None
        self.printed: list[str] = []

    def scan(self, sheet: Sheet) -> None:
        assert isinstance(sheet, BegunSheet)
        self.card = sheet
        gray = sheet.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        view = memoryview(gray.constBits()).cast("B", (gray.height(), gray.bytesPerLine()))
        (code,) = zxingcpp.read_barcodes(view)
        self.uri = code.text
        self.secret = parse_qs(urlsplit(self.uri).query)["secret"][0]
        assert self.secret in said(sheet).replace(" ", "").replace("\n", "")

    def code(self) -> str:
        key = b32decode(self.secret + "=" * (-len(self.secret) % 8))
        app = TOTP(key, 6, SHA1(), 30)
        return app.generate(self._desk.behind.clock.now() // 1000).decode()

    def scan_and_type(self, sheet: Sheet) -> None:
        self.scan(sheet)
        sheet.fill("code", self.code())
        sheet.done.click()

    def keep(self, sheet: Sheet) -> None:
        assert isinstance(sheet, CodesSheet)
        self.printed = [t for label in sheet._secrets if (t := label.text())]
        sheet.done.click()

    def read_back(self, sheet: Sheet) -> None:
        sheet.fill("code", self.printed[6].replace("-", " ").lower())
        sheet.done.click()


def factor(desk: DeskWorld, *steps: Step) -> None:
    desk.during(lambda: desk.window.top.account_wanted.emit("factor"), cards(desk, *steps))


def enrolled(desk: DeskWorld) -> Phone:
    phone = Phone(desk)
    desk.sit("finance")
    factor(desk, answer(way="begin"), phone.scan_and_type, phone.keep, phone.read_back)
    return phone


def test_an_app_that_reads_the_picture_is_in_force_after_its_first_code(desk: DeskWorld) -> None:
    phone = enrolled(desk)
    (row,) = desk.shop.all(second_factor)
    assert row["secret_ct"] is not None
    assert len(set(phone.printed)) == len(desk.shop.all(recovery_code)) == 10
    assert [n.title for n in desk.news] == [
        "The second factor is on",
        "The printed codes are well kept",
    ]
    told: list[str] = []

    def look(sheet: Sheet) -> None:
        told.append(said(sheet))
        sheet.put_away()

    factor(desk, look)
    assert "on since 2026-02-16 12:00, 10 printed codes left" in told[0]
    assert "agree alone from 2026-02-17 12:00 on" in told[0]


def test_what_wanted_a_second_person_goes_through_alone_by_it_a_day_later(desk: DeskWorld) -> None:
    phone = enrolled(desk)
    desk.act(desk.window.sign_out)
    desk.behind.clock.advance(DAY_MS)
    desk.sit("finance")
    ask = ChangeAmount(desk.shop.order("900")["id"], 20_000, "agreed discount")

    def agree(sheet: Sheet) -> None:
        assert "You are the only one who may" in said(sheet)
        answer(passphrase=PASSPHRASE, code=phone.code())(sheet)

    desk.during(lambda: desk.seat.spawn(desk.seat.do(ask)), cards(desk, agree))
    assert desk.shop.order("900")["total_minor"] == 20_000
    (row,) = desk.shop.all(approval)
    assert (row["requester"], row["approver"], row["factor"]) == ("finance", "finance", "totp")


def test_a_wrong_code_keeps_the_card_and_changes_nothing(desk: DeskWorld) -> None:
    phone, told = Phone(desk), []
    desk.sit("finance")

    def again(sheet: Sheet) -> None:
        told.append(said(sheet))
        sheet.put_away()

    def wrong(sheet: Sheet) -> None:
        phone.scan(sheet)
        sheet.fill("code", f"{(int(phone.code()) + 500_000) % 1_000_000:06}")
        sheet.done.click()

    factor(desk, answer(way="begin"), wrong, again)
    assert "This code does not fit" in told[0]
    (row,) = desk.shop.all(second_factor)
    assert row["secret_ct"] is None


def test_nothing_secret_stays_in_the_window_its_memory_or_the_log(
    desk: DeskWorld, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    phone, wiped = Phone(desk), []

    def scan(sheet: Sheet) -> None:
        phone.scan(sheet)
        wiped.extend(sheet._secrets)  # type: ignore[attr-defined]  # what the card wipes
        sheet.fill("code", phone.code())
        sheet.deleteLater = lambda: None  # type: ignore[method-assign]  # to look at it afterwards
        sheet.done.click()

    def keep(sheet: Sheet) -> None:
        wiped.extend(sheet._secrets)  # type: ignore[attr-defined]
        sheet.deleteLater = lambda: None  # type: ignore[method-assign]
        phone.keep(sheet)

    desk.sit("finance")
    factor(desk, answer(way="begin"), scan, keep, phone.read_back)
    assert len(wiped) == 12
    assert [label.text() for label in wiped] == [""] * 12
    assert all(label.pixmap().isNull() for label in wiped)
    assert not phone.card._begun  # type: ignore[union-attr]
    kept = (tmp_path / "window.ini").read_bytes() if (tmp_path / "window.ini").exists() else b""
    for secret in (phone.secret, *phone.printed):
        assert secret.encode() not in kept
        assert secret not in caplog.text
        assert secret not in str(desk.news)


def test_a_locked_desk_shows_no_codes(desk: DeskWorld) -> None:
    phone = Phone(desk)
    desk.sit("finance")

    def lock(sheet: Sheet) -> None:
        assert isinstance(sheet, CodesSheet)
        desk.window.lock()

    factor(desk, answer(way="begin"), phone.scan_and_type, lock)
    assert not any(sheet.isVisible() for sheet in desk.window.findChildren(Sheet))


def test_codes_that_come_after_the_desk_was_locked_are_not_shown(desk: DeskWorld) -> None:
    phone = Phone(desk)
    desk.sit("finance")

    def type_and_lock(sheet: Sheet) -> None:
        phone.scan_and_type(sheet)
        desk.window.leave()

    factor(desk, answer(way="begin"), type_and_lock)
    assert len(desk.shop.all(recovery_code)) == 10
    assert not any(sheet.isVisible() for sheet in desk.window.findChildren(Sheet))


def test_it_is_given_up_by_a_fresh_proof_with_a_code_and_then_is_off(desk: DeskWorld) -> None:
    phone = enrolled(desk)
    desk.window.watch.idle.end()
    desk.behind.clock.advance(6 * 60_000)
    told: list[str] = []

    def prove(sheet: Sheet) -> None:
        told.append(said(sheet))
        answer(passphrase=PASSPHRASE, code=phone.code())(sheet)

    factor(desk, answer(way="drop"), answer(), prove)
    assert "Change what proves me" in told[0]
    assert not desk.shop.all(second_factor)
    assert not desk.shop.all(recovery_code)
    assert desk.news[-1].title == "The second factor is off"


def test_new_printed_codes_end_the_old_and_a_wrong_one_shows_them_again(desk: DeskWorld) -> None:
    phone, told = Phone(desk), []
    desk.sit("agent")

    def wrong(sheet: Sheet) -> None:
        answer(code="0000-0000-0000")(sheet)

    def again(sheet: Sheet) -> None:
        told.append(said(sheet))
        phone.keep(sheet)

    factor(desk, answer(way="codes"), phone.keep, wrong, again, phone.read_back)
    assert "none of the ten" in told[0]
    first = phone.printed
    factor(desk, answer(way="codes"), phone.keep, phone.read_back)
    assert not set(first) & set(phone.printed)
    assert len(desk.shop.all(recovery_code)) == 10


def test_the_ten_go_to_a_paper_printer_and_the_card_stays_for_one_to_be_typed_back(
    desk: DeskWorld,
) -> None:
    phone, told = Phone(desk), []
    desk.link.printers = (PrinterChoice("Office", "", True, "idle"),)
    desk.sit("finance")

    def to_paper(sheet: Sheet) -> None:
        assert isinstance(sheet, CodesSheet)
        phone.card = sheet
        sheet.paper.click()

    def choose(sheet: Sheet) -> None:
        told.append(said(sheet))
        sheet.done.click()

    async def play() -> None:
        step = await shown(desk, None)
        answer(way="codes")(step)
        codes = await shown(desk, step)
        to_paper(codes)
        picker = await shown(desk, codes)
        choose(picker)
        for _ in range(200):
            if picker not in desk.window.findChildren(Sheet):
                break
            await asyncio.sleep(0.01)
        phone.keep(codes)
        phone.read_back(await shown(desk, codes))

    desk.during(lambda: desk.window.top.account_wanted.emit("factor"), play)
    assert "no file is left behind" in told[0]
    titles = [news.title for news in desk.news]
    assert "The codes were handed to Office" in titles
    assert titles[-1] == "The printed codes are well kept"
    assert [r["result"] for r in desk.shop.all(audit) if r["action"] == "codes_on_paper"] == ["ok"]


def test_the_menu_of_the_person_names_it_as_the_remedy_does(
    desk: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMenu, "popup", lambda *_at: None)  # no screen here to grab keys on
    desk.sit("agent")
    for lang in ("en", "zh"):
        desk.act(lambda lang=lang: desk.seat.speech.choose(lang))
        desk.act(desk.window.top._menu)
        menu = desk.window.top.findChildren(QMenu)[-1]
        name = desk.seat.speech.say("account.factor")
        assert name in [act.text() for act in menu.actions()]
        assert name in desk.seat.speech.refusal("factor_missing", {})[1]
