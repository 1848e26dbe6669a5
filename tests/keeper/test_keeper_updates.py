"""A notice of a new version is believed only from enough of the publisher's keys."""

import asyncio
import hashlib
import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from app.commands.orders import SetPolicy
from app.compose.update_line import fetch_over
from app.domain.signed_notice import UpdateRefused, canonical, key_id
from app.keeper.room import Room
from app.keeper.updates import Believed, Updates, believed
from app.keeper.writer import Writer
from app.store.engine import sqlite_engine
from app.store.work import Book
from sync.transport import Transport, TransportLimits
from tests.operations.outbound_world import open_shop
from tests.worlds import NOON, FixedClock, SeededRng

DAY = 24 * 3_600_000


def stamp(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Signer:
    """One key of the publisher's."""

    def __init__(self, seed: int) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        public = self.private.public_key().public_bytes_raw().hex()
        self.key = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public}}
        self.id = key_id(self.key)

    def sign(self, content: bytes) -> dict[str, str]:
        return {"keyid": self.id, "sig": self.private.sign(content).hex()}


def sealed(signed: dict[str, Any], *signers: Signer) -> bytes:
    content = canonical(signed)
    return json.dumps({"signed": signed, "signatures": [s.sign(content) for s in signers]}).encode()


class Publisher:
    """Writes what a publisher writes, as the framework's own documents lay it out."""

    def __init__(self) -> None:
        self.root = [Signer(n) for n in (1, 2, 3)]
        self.targets, self.timestamp = [Signer(4), Signer(5)], [Signer(6)]
        self.stranger = Signer(9)
        self.files: dict[str, bytes] = {}

    def root_of(self, version: int, signers: list[Signer], **more: Any) -> bytes:
        keys = [*self.root, *self.targets, *self.timestamp]
        signed = {
            "_type": "root",
            "spec_version": "1.0.31",
            "version": version,
            "expires": stamp(NOON + 365 * DAY),
            "keys": {one.id: one.key for one in keys},
            "roles": {
                "root": {"keyids": [one.id for one in self.root], "threshold": 2},
                "targets": {"keyids": [one.id for one in self.targets], "threshold": 2},
                "timestamp": {"keyids": [one.id for one in self.timestamp], "threshold": 1},
            },
        }
        return sealed(signed | more, *signers)

    def publish(self, version: int, release: str, **how: Any) -> None:
        """Put a notice up; `how` says what is wrong with it."""
        expires = stamp(how.get("expires", NOON + 7 * DAY))
        notice = {"version": release, "changes": {"en": ["Faster"], "zh": ["更快"]}}
        targets = {
            "_type": "targets",
            "version": how.get("targets_version", version),
            "expires": stamp(NOON + 90 * DAY),
            "targets": {},
            "notice": notice,
        }
        text = sealed(targets, *how.get("targets", self.targets))
        meta = {
            "version": version,
            "length": len(text),
            "hashes": {"sha256": hashlib.sha256(text).hexdigest()},
        }
        pointer = {
            "_type": "timestamp",
            "version": version,
            "expires": expires,
            "meta": {"targets.json": meta},
        }
        self.files["/targets.json"] = text
        self.files["/timestamp.json"] = sealed(pointer, *how.get("timestamp", self.timestamp))


class Server:
    """A web server on loopback; it can also never come to an end."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.endless, self.asked = files, "", 0
        self.server: asyncio.Server | None = None

    async def start(self) -> str:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            self.asked += 1
            if path == self.endless:
                writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
                while True:
                    writer.write(b" " * 65536)
                    await writer.drain()
            body = self.files.get(path)
            head = "200 OK" if body is not None else "404 Not Found"
            body = body or b""
            told = f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(told.encode() + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


class News:
    """A keeper's look for updates at a real server."""

    def __init__(self, book: Book, clock: FixedClock, folder: Path) -> None:
        self.publisher, self.clock = Publisher(), clock
        self.shop = open_shop(book, "owner")
        self.room = Room(
            book, Writer(), self.shop.door.laws, clock, SeededRng(), lambda _changed: None
        )
        limits = TransportLimits(connect_s=2, read_s=5, total_s=20, body_bytes=512 * 1024)
        self.line = Transport(limits)
        self.shipped = folder / "root.json"
        self.shipped.write_bytes(self.publisher.root_of(1, self.publisher.root[:2]))
        self.server = Server(self.publisher.files)
        self.updates = Updates(self.room, fetch_over(self.line), self.shipped)

    async def open(self) -> None:
        url = await self.server.start()
        self.shop.do("owner", SetPolicy("update_url", url, "the test's own server"))

    async def look(self) -> str:
        """Look; give ok, or why it was refused."""
        try:
            await self.updates.look()
        except UpdateRefused as no:
            return str(no.details["why"])
        return "ok"

    async def known(self) -> Believed:
        return await self.room.write(believed)


@pytest.fixture
def engine(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    """One engine is enough here: what is kept is one row, as the routines keep theirs on both."""
    path = tmp_path / "book.db"
    shutil.copy(sqlite_template, path)
    made = sqlite_engine(path)
    yield made
    made.dispose()


@pytest_asyncio.fixture
async def news(book: Book, clock: FixedClock, tmp_path: Path) -> AsyncIterator[News]:
    made = News(book, clock, tmp_path)
    await made.open()
    yield made
    await made.line.close()
    assert made.server.server is not None
    made.server.server.close()
    made.room.writer.close()


@pytest.mark.req("F264")
async def test_a_notice_signed_by_enough_keys_is_told_with_its_changes(news: News) -> None:
    news.publisher.publish(1, "9.1.0")
    assert await news.look() == "ok"
    known = await news.known()
    assert (known.highest, known.changes["zh"], known.code) == ("9.1.0", ("更快",), "ok")
    assert known.looked_at == news.clock.now()


def unsigned(p: Publisher) -> None:
    p.publish(1, "9.1.0", targets=[])


def one_of_two(p: Publisher) -> None:
    p.publish(1, "9.1.0", targets=p.targets[:1])


def one_twice(p: Publisher) -> None:
    p.publish(1, "9.1.0", targets=[p.targets[0], p.targets[0]])


def by_a_stranger(p: Publisher) -> None:
    p.publish(1, "9.1.0", targets=[p.stranger, p.stranger])


def by_the_wrong_role(p: Publisher) -> None:
    p.publish(1, "9.1.0", timestamp=p.targets)


def expired(p: Publisher) -> None:
    p.publish(1, "9.1.0", expires=NOON - 1)


def changed_after_signing(p: Publisher) -> None:
    p.publish(1, "9.1.0")
    p.files["/targets.json"] = p.files["/targets.json"].replace(b"9.1.0", b"9.9.9")


def another_targets(p: Publisher) -> None:
    p.publish(1, "9.1.0", targets_version=7)


def not_json(p: Publisher) -> None:
    p.publish(1, "9.1.0")
    p.files["/timestamp.json"] = b"[" * 9_000


def a_fraction(p: Publisher) -> None:
    p.publish(1, "9.1.0")
    p.files["/timestamp.json"] = b'{"signed": {"version": 1.5}, "signatures": []}'


def a_version_that_is_none(p: Publisher) -> None:
    p.publish(1, "9.1.0; rm -rf")


def a_root_signed_by_itself_alone(p: Publisher) -> None:
    p.publish(1, "9.1.0")
    p.files["/2.root.json"] = p.root_of(2, [p.stranger, p.targets[0]])


def a_root_that_skips_one(p: Publisher) -> None:
    p.publish(1, "9.1.0")
    p.files["/2.root.json"] = p.root_of(3, p.root[:2])


def nothing_there(_p: Publisher) -> None:
    """The server knows none of the files."""


@pytest.mark.req("F264")
@pytest.mark.parametrize(
    ("attack", "why"),
    [
        (unsigned, "unsigned"),
        (one_of_two, "threshold"),
        (one_twice, "threshold"),
        (by_a_stranger, "unsigned"),
        (by_the_wrong_role, "unsigned"),
        (expired, "expired"),
        (changed_after_signing, "differs"),
        (another_targets, "rollback"),
        (not_json, "unreadable"),
        (a_fraction, "unreadable"),
        (a_version_that_is_none, "unreadable"),
        (a_root_signed_by_itself_alone, "unsigned"),
        (a_root_that_skips_one, "rollback"),
        (nothing_there, "absent"),
    ],
)
async def test_what_is_not_to_be_believed_is_refused_and_tells_nothing(
    news: News, attack: Callable[[Publisher], None], why: str
) -> None:
    attack(news.publisher)
    assert await news.look() == why
    known = await news.known()
    assert (known.highest, known.code) == ("", why)


@pytest.mark.req("F264")
async def test_nothing_goes_back_behind_what_was_believed(news: News) -> None:
    news.publisher.publish(5, "9.1.0")
    assert await news.look() == "ok"
    for version, release, why in ((4, "9.2.0", "rollback"), (6, "9.0.9", "downgrade")):
        news.publisher.publish(version, release)
        assert await news.look() == why
        known = await news.known()
        assert (known.highest, known.timestamp) == ("9.1.0", 5)
    news.publisher.publish(6, "9.2.0")
    assert await news.look() == "ok"
    assert (await news.known()).highest == "9.2.0"


@pytest.mark.req("F264")
@pytest.mark.parametrize("path", ["/timestamp.json", "/targets.json", "/2.root.json"])
async def test_data_without_end_is_cut_off(news: News, path: str) -> None:
    news.publisher.publish(1, "9.1.0")
    news.server.endless = path
    assert await news.look() in {"sync_answer_too_big", "too_long"}


async def test_a_server_that_says_yesterdays_news_for_ever_is_found_out(news: News) -> None:
    news.publisher.publish(1, "9.1.0")
    assert await news.look() == "ok"
    news.clock.advance(8 * DAY)
    assert await news.look() == "expired"


async def test_a_root_is_replaced_by_the_old_ones_keys_and_stays_replaced(news: News) -> None:
    publisher = news.publisher
    old = publisher.root
    publisher.root = [Signer(21), Signer(22)]
    both = [*old[:2], *publisher.root]
    publisher.files["/2.root.json"] = publisher.root_of(2, both)
    publisher.publish(1, "9.1.0")
    assert await news.look() == "ok"
    del publisher.files["/2.root.json"]
    publisher.root = old
    publisher.files["/3.root.json"] = publisher.root_of(3, old[:2])
    assert await news.look() == "unsigned", "the keys of the first root count no more"


async def test_a_program_without_a_root_believes_nobody_and_one_without_an_address_asks_nobody(
    news: News,
) -> None:
    news.publisher.publish(1, "9.1.0")
    news.shipped.unlink()
    assert await news.look() == "no_root"
    news.shop.do("owner", SetPolicy("update_url", "", "off"))
    asked = news.server.asked
    assert await news.look() == "ok"
    assert news.server.asked == asked
