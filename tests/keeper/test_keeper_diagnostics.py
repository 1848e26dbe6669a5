"""Diagnostics tell everything about the computer and nothing about anybody."""

import io
import logging
import zipfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import diagnostics
from app.cli.hands import Hands
from app.commands import running as asks
from app.commands.channels import ConnectCarrier, SetSender
from app.commands.orders import AddNote, SetPolicy
from app.desk.screens.settings.health import write_bundle
from app.process.crashes import FaultKeeper
from app.process.logs import open_log
from app.rulebook import load
from tests.keeper.test_keeper_backups import Kept
from tests.operations.outbound_world import record
from tests.worlds import CountingIds, FixedClock, SeededRng

CANARIES = (
    *("张小满", "13812345678", "市心中路", "欧阳静", "checkword-9f8e7d", "sk_live_aa11bb22cc33"),
    *("mei@shop.example", "SECRET-printer-share", "note about the buyer", "亚麻遮光窗帘"),
)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.writer.close()
    made.book.engine.dispose()


@pytest.fixture
def planted(kept: Kept) -> Iterator[Kept]:
    """A shop with something of everybody's in every place Waydesk has."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    handler = open_log(kept.folder, "keeper")
    keeper = FaultKeeper(kept.folder, "keeper", "1")
    root.addHandler(keeper)
    kept.shop.receive(record("501"))
    order_id = kept.shop.order("501")["id"]
    kept.shop.do("agent", AddNote(order_id, "note about the buyer 欧阳静 13812345678"))
    sender = ("欧阳静", "13812345678", "", "浙江省", "杭州市", "萧山区", "市心中路 1 号")
    kept.shop.do("owner", SetSender(*sender))
    local = {"partner_id": "X", "checkword": "checkword-9f8e7d", "address": "http://127.0.0.1:1/"}
    kept.shop.do("owner", ConnectCarrier("sf", "SF", local))
    kept.shop.do("owner", SetPolicy("label_printer", "SECRET-printer-share"))
    log = logging.getLogger("app.keeper.somewhere")
    log.info("call of %s", "mei@shop.example 13812345678", extra={"receiver": "张小满"})
    try:
        {}["张小满 市心中路 sk_live_aa11bb22cc33"]
    except KeyError:
        log.exception("a worker failed", extra={"token": "sk_live_aa11bb22cc33"})
    yield kept
    for one in set(root.handlers) - set(before):
        root.removeHandler(one)
    handler.close()
    root.setLevel(level)


@pytest.mark.req("F251")
async def test_no_canary_is_in_any_file_of_the_bundle(planted: Kept, tmp_path: Path) -> None:
    found = await planted.ask(asks.GatherDiagnostics())
    names = [name for name, _ in found.files]
    assert {"about.txt", "doctor.txt", "counts.txt", "log-keeper.txt", "crash-1.txt"} <= set(names)
    whole = "\n".join(f"{name}\n{text}" for name, text in found.files)
    assert [canary for canary in CANARIES if canary in whole] == []
    assert str(tmp_path) not in whole
    assert "orders: 1" in whole
    assert "KeyError" in whole
    path = tmp_path / "bundle.zip"
    write_bundle(path, found.files)
    with zipfile.ZipFile(path) as bundle:
        assert bundle.namelist() == names
        again = "\n".join(f"{name}\n{bundle.read(name).decode()}" for name in names)
    assert again == whole, "what is saved is what was shown"


@pytest.mark.req("F251")
async def test_the_terminal_shows_every_file_before_it_saves_one(
    planted: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, path = io.StringIO(), tmp_path / "out.zip"
    ids, rng, words = CountingIds(9_000_000), SeededRng(9), load().words
    hands = Hands(planted.desk.settings, FixedClock(), ids, rng, words, "en", out)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert diagnostics.run(Namespace(out=path, yes=False), hands) == 0
    assert not path.exists()
    assert "===== doctor.txt" in out.getvalue()
    assert [canary for canary in CANARIES if canary in out.getvalue()] == []
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert diagnostics.run(Namespace(out=path, yes=False), hands) == 0
    assert zipfile.ZipFile(path).testzip() is None


async def test_the_log_is_read_by_weight_and_by_words(planted: Kept) -> None:
    every = await planted.ask(asks.ReadLog("keeper"))
    errors = await planted.ask(asks.ReadLog("keeper", "error"))
    assert len(every.lines) > len(errors.lines) == 1
    found = await planted.ask(asks.ReadLog("keeper", "info", "WORKER failed"))
    assert [line.says for line in found.lines] == ["a worker failed"]
    assert every.parts == ("keeper",)
    written = (planted.folder / "logs" / "keeper.log").read_text("utf-8")
    assert [canary for canary in CANARIES if canary in written] == []
    assert (await planted.ask(asks.ReadLog("../keeper"))).lines == ()


async def test_a_report_is_read_and_deleted_and_no_other_file(planted: Kept) -> None:
    seen = await planted.ask(asks.ReadCrashes())
    assert [one.part for one in seen.reports] == ["keeper"]
    assert [canary for canary in CANARIES if canary in seen.reports[0].text] == []
    for odd in ("../book.db", "seen", ""):
        with pytest.raises(Exception, match="not_found"):
            await planted.ask(asks.DropCrash(odd))
    await planted.ask(asks.DropCrash(seen.reports[0].name))
    assert (await planted.ask(asks.ReadCrashes())).reports == ()
