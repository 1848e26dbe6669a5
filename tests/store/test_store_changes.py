"""An entry of the record says what stood before and after, and never a secret."""

import msgspec
import pytest
from sqlalchemy import select

from app.commands.orders import ChangeAmount, HoldOrder, SetPolicy
from app.commands.people import SetRoles
from app.domain.actor import worker
from app.domain.errors import RowChanged
from app.store.changes import MOST_ROWS, MOST_TEXT, Kept, is_closed
from app.store.schema import SEALED
from app.store.seal import Shape
from app.store.tables import orders, receiver
from app.store.tables_catalogue import product
from app.store.tables_record import audit, grant, operator, setting
from app.store.verify import verify
from app.store.work import Book
from tests.operations.outbound_world import open_shop, record
from tests.store.test_store_verify import behind_our_back
from tests.worlds import MEI

Told = dict[tuple[str, int | str], tuple[str, dict[str, list[object]]]]


def told(book: Book, action: str) -> Told:
    """What the newest entry of an action says was changed."""
    query = select(audit.c.changes_json).where(audit.c.action == action)
    with book.engine.connect() as conn:
        text = conn.execute(query.order_by(audit.c.seq.desc()).limit(1)).scalar_one()
    rows = msgspec.json.decode(text) if text else []
    return {(table, pk): (how, columns) for table, pk, how, columns in rows}


def add(book: Book, *rows: dict[str, object]) -> None:
    with book.work(MEI) as work:
        work.insert(product, *rows)
        work.tell("product.add", "product", 1)
        work.commit()


def change(book: Book, pk: int, **values: object) -> None:
    with book.work(MEI) as work:
        work.update(product, pk, **values)
        work.tell("product.change", "product", pk)
        work.commit()


@pytest.mark.req("F172", "F174")
def test_an_entry_says_what_stood_before_and_what_stands_now(book: Book) -> None:
    add(book, {"id": 1, "sku": "LN-27", "title": "curtain", "weight_g": 900})
    change(book, 1, title="curtain, linen", weight_g=900)
    moved = {"title": ["curtain", "curtain, linen"]}
    assert told(book, "product.change") == {("product", 1): ("changed", moved)}
    assert verify(book).ok


def test_a_row_read_before_and_changed_twice_keeps_its_first_value(book: Book) -> None:
    add(book, {"id": 1, "sku": "a", "title": "one"})
    with book.work(MEI) as work:
        row = work.row(product, 1)
        row["title"] = "a handler's own copy"
        work.update(product, 1, title="two")
        work.update(product, 1, title="three")
        work.tell("product.change", "product", 1)
        work.commit()
    assert told(book, "product.change")["product", 1] == ("changed", {"title": ["one", "three"]})


def test_what_a_person_makes_is_told_and_what_comes_in_by_the_hundred_is_not(book: Book) -> None:
    add(book, {"id": 1, "sku": "a", "title": "one"})
    born = {"sku": ["a"], "title": ["one"]}
    assert told(book, "product.add") == {("product", 1): ("born", born)}
    add(book, *({"id": n, "sku": f"s{n}"} for n in range(2, 5)))
    assert told(book, "product.add") == {}
    with book.work(worker("sync")) as work:
        work.insert(product, {"id": 9, "sku": "sync"})
        work.tell("product.sync")
        work.commit()
    assert told(book, "product.sync") == {}


def test_what_was_taken_away_is_told(book: Book) -> None:
    add(book, {"id": 1, "sku": "a", "title": "one"})
    with book.work(MEI) as work:
        work.delete(product, 1)
        work.tell("product.drop", "product", 1)
        work.commit()
    gone = ("gone", {"sku": ["a"], "title": ["one"], "kind": ["single"], "state": ["active"]})
    assert told(book, "product.drop") == {("product", 1): gone}


def test_no_secret_and_no_name_stands_in_the_record(book: Book) -> None:
    shop = open_shop(book, "owner", "agent")
    shop.receive(record())
    order_id = shop.order()["id"]
    with book.work(MEI) as work:
        closed = work.keys.encrypt("receiver", order_id, "phone_ct", b"13911112222")
        work.update(receiver, order_id, phone_ct=closed, phone_index=b"\x07" * 16)
        work.update(orders, order_id, phone_mask="139****2222")
        person = work.rows(select(operator.c.id).where(operator.c.login == "agent"))[0]["id"]
        work.update(operator, person, password_hash="$argon2id$another")
        work.insert(setting, {"key": "mailbox", "value_json": "c1053e7"})
        work.tell("test.secrets")
        work.commit()
    said = told(book, "test.secrets")
    assert said["receiver", order_id] == ("changed", {"phone_ct": [], "phone_index": []})
    assert said["operator", person] == ("changed", {"password_hash": []})
    assert said["setting", "mailbox"] == ("born", {"value_json": []})
    assert said["orders", order_id][1]["phone_mask"] == []  # the line outlives an erasure
    lines = str(shop.all(audit))
    for secret in ("13911112222", "13812345678", "argon2id", "张小满", "c1053e7"):
        assert secret not in lines


def test_every_column_that_could_hold_a_secret_is_closed() -> None:
    for table in SEALED:
        shape = Shape(table)
        kept = Kept(shape)
        secret = {c for c in shape.columns if c.endswith(("_ct", "_hash", "_index", "_digest"))}
        assert not kept.is_quiet or table.name not in {"orders", "operator"}
        assert all(is_closed(shape, name) for name in secret), table.name
        assert secret & set(kept.told) <= kept.closed


@pytest.mark.req("F172")
def test_a_policy_an_amount_and_a_role_show_from_what_to_what(book: Book) -> None:
    shop = open_shop(book, "owner", "finance", "agent")
    shop.receive(record())
    order_id = shop.order()["id"]
    shop.do("owner", SetPolicy("auto_print", "true"))
    shop.do("owner", SetPolicy("auto_print", "false"))
    shop.one_suffices()
    moved = told(book, "policy_set")["setting", "policy.auto_print"]
    assert moved == ("changed", {"value_json": ["true", "false"]})
    agent = next(row["id"] for row in shop.all(operator) if row["login"] == "agent")
    shop.do("owner", SetRoles(agent, ("lead",), "promoted"))
    roles = {columns["role"][0]: how for how, columns in told(book, "roles_set").values()}
    assert roles == {"agent": "gone", "lead": "born"}
    assert [row["role"] for row in shop.all(grant) if row["operator_id"] == agent] == ["lead"]
    shop.do("owner", HoldOrder(order_id, "wait"))
    assert told(book, "order_held")["orders", order_id][1]["held"] == ["", "hold"]
    shop.do("finance", ChangeAmount(order_id, 20000, "agreed"))
    assert told(book, "amount_changed")["orders", order_id][1]["total_minor"] == [25800, 20000]


def test_long_texts_and_many_rows_are_cut_and_counted(book: Book) -> None:
    add(book, *({"id": n, "sku": f"s{n}"} for n in range(1, MOST_ROWS + 11)))
    with book.work(MEI) as work:
        for n in range(1, MOST_ROWS + 11):
            work.update(product, n, title="x" * 1_000)
        work.tell("product.all")
        work.commit()
    said = told(book, "product.all")
    assert len(said) == MOST_ROWS + 1
    assert said["", 10] == ("more", {})
    assert said["product", 1][1]["title"] == ["", "x" * MOST_TEXT + "…"]


@pytest.mark.req("F172")
def test_a_row_altered_behind_our_back_is_never_sealed_anew(book: Book) -> None:
    add(book, {"id": 1, "sku": "a", "title": "one"})
    with behind_our_back(book) as conn:
        conn.exec_driver_sql("UPDATE product SET weight_g = 5 WHERE id = 1")
    with pytest.raises(RowChanged):
        change(book, 1, title="two")
    assert {f.kind for f in verify(book).findings} == {"row_changed"}


@pytest.mark.req("F172")
def test_an_edited_before_value_breaks_the_chain(book: Book) -> None:
    add(book, {"id": 1, "sku": "a", "title": "one"})
    change(book, 1, title="two")
    with behind_our_back(book) as conn:
        if book.dialect == "sqlite":
            conn.exec_driver_sql("DROP TRIGGER audit_no_update")
        conn.exec_driver_sql(
            'UPDATE audit SET changes_json = \'[["product",1,"changed",{}]]\''
            " WHERE action = 'product.change'"
        )
    assert "entry_edited" in {f.kind for f in verify(book).findings}
