"""Orders exported from the board: asked for on a card, refused in words, consented to."""

import asyncio
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.commands.orders import SetPolicy
from app.desk.dialogs import Sheet
from app.desk.text import TextLabel
from app.keeper.export_desk import ExportDesk
from app.operations.laws import Laws
from app.reads.board import View
from app.store.tables_approval import approval, export_file
from tests.desk.desk_world import DeskWorld
from tests.desk.export_desk_world import with_exports
from tests.operations.outbound_world import PASSPHRASE

SECRET = "for the accountant"
Step = Callable[[Sheet], None]


@pytest.fixture(autouse=True)
def keeper(desk: DeskWorld) -> ExportDesk:
    return with_exports(desk)


def said(sheet: Sheet) -> str:
    return "\n".join(label.text() for label in sheet.findChildren(TextLabel))


async def shown(desk: DeskWorld, but: Sheet | None) -> Sheet:
    for _ in range(200):
        await asyncio.sleep(0.01)
        for sheet in desk.window.findChildren(Sheet):
            if sheet is not but and sheet.isVisible():
                return sheet
    raise AssertionError(f"nothing was asked: {desk.news}")


def export(desk: DeskWorld, *cards: dict[str, str] | None) -> list[str]:
    """Press E and answer one card after the other; gives what each said. None puts it away."""
    told: list[str] = []

    async def play() -> None:
        last = None
        for card in cards:
            last = await shown(desk, last)
            told.append(said(last))
            if card is None:
                last.put_away()
                continue
            for name, value in card.items():
                last.fill(name, value)
            last.done.click()

    desk.during(desk.window.orders.shortcuts()["E"], play)
    return told


def answers(out: Path, **more: str) -> dict[str, str]:
    return {"path": str(out), "reason": "month's end", "tab": "to_print"} | more


def chip(desk: DeskWorld) -> Any:
    return desk.window.orders.board._export


def test_few_masked_rows_are_a_csv_at_once_and_its_name_is_told(
    desk: DeskWorld, tmp_path: Path
) -> None:
    desk.sit("finance", View(tab="to_print"))
    export(desk, answers(tmp_path / "orders"))
    rows = list(csv.DictReader((tmp_path / "orders.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 3  # two orders and the line that says which file it is
    assert {row["buyer_mask"] for row in rows[:-1]} == {"张**", "<**"}
    assert desk.news[-1].title == "2 orders written to orders.csv"
    assert str(tmp_path) in desk.news[-1].remedy


@pytest.mark.req("F095")
@pytest.mark.parametrize(("who", "open_to"), [("agent", False), ("packer", False), ("lead", True)])
def test_it_is_locked_with_its_reason_for_whoever_may_not_even_ask(
    desk: DeskWorld, who: str, open_to: bool
) -> None:
    desk.sit(who)
    assert chip(desk).isEnabled() is open_to
    assert ("Export many rows" in chip(desk).accessibleDescription()) is not open_to
    if not open_to:
        desk.act(desk.window.orders.shortcuts()["E"])
        assert not desk.window.findChildren(Sheet)


@pytest.mark.req("F176")
def test_over_the_days_limit_somebody_beside_one_agrees_and_the_file_is_encrypted(
    desk: DeskWorld, tmp_path: Path
) -> None:
    desk.shop.hire("owner", "owner")
    desk.shop.door.laws = Laws(desk.shop.book)  # this book's own rules, not those all tests share
    desk.shop.do("owner", SetPolicy("bulk_rows", "1"))
    desk.sit("finance", View(tab="to_print"))
    closed = answers(tmp_path / "orders.csv", passphrase=SECRET, again=SECRET)
    told = export(
        desk,
        answers(tmp_path / "orders.csv"),
        closed,
        {"login": "owner", "passphrase": PASSPHRASE},
    )
    assert "more than 1 rows in a day" in told[1]
    assert "Export 2 orders of “To print”, names and phones masked, to orders.zip" in told[2]
    assert (tmp_path / "orders.zip").read_bytes().startswith(b"PK")
    assert not (tmp_path / "orders.csv").exists()
    assert desk.news[-1].title == "2 orders written to orders.zip"
    assert desk.shop.all(export_file)[-1]["consented"] == 1


@pytest.mark.req("F176")
def test_whoever_may_ask_only_leaves_it_waiting_and_has_no_file(
    desk: DeskWorld, tmp_path: Path
) -> None:
    desk.shop.hire("owner", "owner")
    desk.sit("lead", View(tab="to_print"))
    told = export(desk, answers(tmp_path / "orders"), None)
    assert "Export 2 orders" in told[1]
    assert not list(tmp_path.glob("orders.*"))
    assert desk.shop.all(approval)[0]["requester"] == "lead"


def test_what_will_not_do_is_said_on_the_card_and_what_was_typed_stays(
    desk: DeskWorld, tmp_path: Path
) -> None:
    desk.sit("finance", View(tab="to_print"))
    (tmp_path / "there.csv").write_text("mine", "utf-8")
    told = export(
        desk,
        answers(tmp_path / "nowhere" / "orders"),
        answers(tmp_path / "there"),
        answers(tmp_path / "new", passphrase=SECRET, again="something else"),
        None,
    )
    assert "no such folder" in told[1]
    assert "there already" in told[2]
    assert "differ" in told[3]
    assert (tmp_path / "there.csv").read_text("utf-8") == "mine"
    assert not desk.shop.all(export_file)


def test_a_refusal_of_the_door_is_told_with_its_remedy(desk: DeskWorld, tmp_path: Path) -> None:
    desk.sit("finance", View(tab="to_print"))
    export(desk, answers(tmp_path / "orders", passphrase="short", again="short"))
    assert "passphrase" in desk.news[-1].title
    assert "Correct the value" in desk.news[-1].remedy
    assert not list(tmp_path.glob("orders*"))


def test_names_in_clear_are_offered_to_whoever_may_ask_for_them_only(
    desk: DeskWorld, tmp_path: Path
) -> None:
    desk.sit("finance", View(tab="to_print"))
    assert "clear" not in offered(desk)
    desk.act(desk.window.sign_out)
    desk.sit("lead", View(tab="to_print"))
    assert "clear" in offered(desk)
    told = export(desk, answers(tmp_path / "orders", form="clear"), None)
    assert "give the file a passphrase" in told[1]


def offered(desk: DeskWorld) -> set[str]:
    found: set[str] = set()

    async def look() -> None:
        sheet = await shown(desk, None)
        found.update(str(b.property("value")) for b in sheet._read["form"].buttons())  # type: ignore[union-attr]
        sheet.put_away()

    desk.during(desk.window.orders.shortcuts()["E"], look)
    return found
