"""The record's head is mailed once a day, whatever the mail server does, to nobody by mistake."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from app.commands.notices import SetMail
from app.domain.audit import Head
from app.domain.errors import BadValue, NotAllowed
from app.keeper.mail_pump import MailPump
from app.keeper.room import Room
from app.store.tables_notice import notice_route
from app.store.tables_record import audit, case, outbox
from app.store.verify import verify
from app.store.work import Book
from sync.mail_transport import MailTransport
from sync.sandbox.smtp import SmtpSandbox
from tests.operations.carrier_world import AtOnce
from tests.operations.outbound_world import Shop, open_shop
from tests.sync.sync_tls import certificate
from tests.worlds import FixedClock, SeededRng

HOUR = 3_600_000


@dataclass
class Office:
    shop: Shop
    sandbox: SmtpSandbox
    pump: MailPump

    def set(self, **more: Any) -> None:
        fields: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.sandbox.port,
            "security": "starttls",
            "user": self.sandbox.user,
            "password": self.sandbox.password,
            "sender": "shop@example.org",
            "to": "owner@example.org",
        }
        self.shop.do("owner", SetMail(**(fields | more)))

    async def look(self) -> int:
        await self.pump.room.write(self.pump._daily)
        return await self.pump.round()

    def states(self) -> list[str]:
        return [row["state"] for row in self.shop.all(outbox)]

    def open_cases(self) -> list[str]:
        return [row["kind"] for row in self.shop.all(case) if row["state"] != "settled"]


@asynccontextmanager
async def office(
    book: Book, clock: FixedClock, folder: Path, rude: list[str] | None = None
) -> AsyncIterator[Office]:
    tls, ca_file = certificate(folder)
    sandbox = SmtpSandbox(tls, rude=rude or [])
    await sandbox.start()
    shop = open_shop(book, "owner", "lead")
    room = Room(book, AtOnce(), shop.door.laws, clock, SeededRng(), lambda _: None)  # type: ignore[arg-type]
    try:
        yield Office(shop, sandbox, MailPump(room, MailTransport(ca_file, seconds=5)))
    finally:
        await sandbox.stop()


async def test_a_head_is_mailed_at_once_and_then_once_a_day(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with office(book, clock, tmp_path) as desk:
        assert await desk.look() == 0
        desk.set()
        assert await desk.look() == 1  # it stands for the day before, too
        assert await desk.look() == 0
        clock.advance(7 * HOUR)  # seven in the evening
        assert await desk.look() == 0
        clock.advance(HOUR)
        assert await desk.look() == 1
        assert await desk.look() == 0
        clock.advance(3 * 24 * HOUR)  # the computer was off for three days
        assert await desk.look() == 1
        assert len(desk.sandbox.taken) == 3
        assert set(desk.states()) == {"done"}


@pytest.mark.req("F172")
async def test_a_mailed_head_is_a_witness(book: Book, clock: FixedClock, tmp_path: Path) -> None:
    async with office(book, clock, tmp_path) as desk:
        desk.set()
        await desk.look()
        mail = message_from_bytes(desk.sandbox.taken[0].content, policy=default)
        text = mail.get_content()
        place = re.search(r"1/(\d+)", text)
        digest = re.search(r"[0-9a-f]{64}", text)
        assert place is not None
        assert digest is not None
        words = desk.shop.door.laws.now.head_words
        chinese = next(
            line for line in text.splitlines() if re.fullmatch(r"\s*(\S ){7}\S\s*", line)
        )
        assert words.heard(chinese) == bytes.fromhex(digest[0])[:11]
        seen = Head(int(place[1]), bytes.fromhex(digest[0]))
        assert verify(book, {1: [seen]}).ok
        assert not verify(book, {1: [Head(seen.seq + 1, seen.hash)]}).ok


@pytest.mark.parametrize("rude", ["late", "cut", "busy"])
async def test_a_mail_that_may_be_lost_goes_again_under_its_own_id(
    book: Book, clock: FixedClock, tmp_path: Path, rude: str
) -> None:
    async with office(book, clock, tmp_path) as desk:
        desk.set()
        await desk.look()
        desk.sandbox.taken.clear()
        desk.sandbox.rude.append(rude)
        clock.advance(24 * HOUR)
        await desk.look()
        assert desk.states()[-1] in {"unknown", "ready"}
        assert await desk.look() == 0
        clock.advance(HOUR // 4)
        assert await desk.look() == 1
        assert desk.states()[-1] == "done"
        mails = [message_from_bytes(one.content) for one in desk.sandbox.taken]
        assert len({mail["Message-ID"] for mail in mails}) == 1
        assert not desk.open_cases()


async def test_a_refused_login_is_an_exception_until_it_is_put_right(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with office(book, clock, tmp_path) as desk:
        desk.set(password="wrong")
        await desk.look()
        assert desk.open_cases() == ["mail_failed"]
        assert desk.sandbox.taken == []
        clock.advance(1000)
        desk.set()
        await desk.look()
        assert not desk.open_cases()
        assert len(desk.sandbox.taken) == 1


async def test_no_mail_leaves_without_tls_and_the_shop_is_told(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with office(book, clock, tmp_path) as desk:
        desk.sandbox.offers_tls = False
        desk.set()
        await desk.look()
        assert desk.open_cases() == ["mail_failed"]
        assert not [word for word in desk.sandbox.seen if "AUTH" in word or "MAIL" in word]


async def test_a_server_that_is_away_costs_nothing_and_is_asked_again(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with office(book, clock, tmp_path) as desk:
        desk.set(port=9)
        await desk.look()
        assert set(desk.states()) == {"ready"}
        assert not desk.open_cases()
        desk.set()
        clock.advance(HOUR)
        await desk.look()
        assert set(desk.states()) == {"done"}


async def test_nobody_gets_mail_once_it_is_off(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with office(book, clock, tmp_path) as desk:
        desk.set(to="")
        assert await desk.look() == 0
        desk.set()
        desk.set(to=" ")
        await desk.look()
        clock.advance(24 * HOUR)
        await desk.look()
        assert desk.sandbox.taken == []
        assert set(desk.states()) == {"done"}


async def test_who_may_not_and_what_cannot_be_is_refused_and_no_passphrase_stays_in_clear(
    book: Book, clock: FixedClock, tmp_path: Path
) -> None:
    async with office(book, clock, tmp_path) as desk:
        with pytest.raises(NotAllowed):
            desk.shop.do("lead", SetMail("h", 1, "tls", "", "", "a@b.c", "d@e.f"))
        for odd in (
            {"to": "owner@example.org, thief@example.org"},
            {"sender": "shop"},
            {"host": " "},
            {"port": 0},
            {"port": 70_000},
            {"security": "none"},
        ):
            with pytest.raises(BadValue):
                desk.set(**odd)
        desk.set()
        desk.set(password="")
        await desk.look()
        assert desk.sandbox.taken
        kept = str([*desk.shop.all(audit), *desk.shop.all(notice_route), *desk.shop.all(outbox)])
        for secret in (desk.sandbox.password, "owner@example.org"):
            assert secret not in kept
        assert verify(book).ok
