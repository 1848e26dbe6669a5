"""What others saw of the record finds what a chain alone cannot show (faults 76)."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from app.domain.audit import Head
from app.domain.errors import HeadMistyped, HeadsUnreadable, RecordFileUnreadable
from app.rulebook import load
from app.store import record_file, witnesses
from app.store.audit import body_of
from app.store.record_file import Span, check, write
from app.store.tables_record import audit, setting
from app.store.verify import verify
from app.store.work import Book
from tests.store.test_store_verify import chain_of, entry_findings, over_the_guards
from tests.worlds import MEI, NOON, SeededRng, shop_keys

WORDS = load().head_words
Forge = Callable[[Book], None]


def sheet(book: Book, lang: str = "en") -> witnesses.Seen:
    """The head as it comes back from paper: printed in words, typed in again."""
    with book.work(MEI) as work:
        head = witnesses.heads_now(work)[1]
    return {1: [Head(head.seq, WORDS.heard(WORDS.said(head.hash, lang)))]}


def rewrite(book: Book, since: int, reason: str) -> None:
    """Somebody who has the key writes the record anew from an entry on, head and all."""
    before = b""
    with over_the_guards(book) as conn:
        rows = conn.execute(select(audit).order_by(audit.c.seq)).mappings().all()
        for row in map(dict, rows):
            if row["seq"] >= since:
                row["reason"] = reason
                row["prev_hash"] = before
                row["hash"] = book.keys.audit_mac(before, body_of(row))
                conn.execute(audit.update().where(audit.c.seq == row["seq"]).values(row))
            before = row["hash"]
        value = msgspec.json.encode((rows[-1]["seq"], before.hex())).decode()
        head = {"key": "audit_head:1", "value_json": value, "version": rows[-1]["seq"]}
        head["row_mac"] = book.shapes["setting"].seal_row(book.keys, head)
        conn.execute(setting.update().where(setting.c.key == "audit_head:1").values(head))


def cut(book: Book) -> None:
    """The tail is cut off, and the head beside the chain is turned back with the key."""
    with over_the_guards(book) as conn:
        conn.exec_driver_sql("DELETE FROM audit WHERE seq >= 4")
        last = conn.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc())).first()
        assert last is not None
        conn.exec_driver_sql("DELETE FROM product WHERE id >= 103")
        value = msgspec.json.encode((last.seq, bytes(last.hash).hex())).decode()
        head = {"key": "audit_head:1", "value_json": value, "version": last.seq}
        head["row_mac"] = book.shapes["setting"].seal_row(book.keys, head)
        conn.execute(setting.update().where(setting.c.key == "audit_head:1").values(head))


@pytest.mark.req("F172")
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("forge", "finding"),
    [
        (cut, ("entry_cut", "1/4")),
        (lambda book: rewrite(book, 3, "a better reason"), ("entry_rewritten", "1/5")),
    ],
)
def test_what_the_key_holder_did_shows_against_a_printed_sheet(
    book: Book, forge: Forge, finding: tuple[str, str], lang: str
) -> None:
    chain_of(book, 5)
    seen = sheet(book, lang)
    assert verify(book, seen).ok
    forge(book)
    assert entry_findings(book) == []  # the chain alone is whole
    assert [(f.kind, f.key) for f in verify(book, seen).findings] == [finding]


@pytest.mark.req("F172")
def test_an_older_file_put_in_place_shows_against_a_file_of_heads(
    book: Book, tmp_path: Path
) -> None:
    chain_of(book, 3)
    if book.dialect == "sqlite":
        with book.engine.connect() as conn:
            conn.exec_driver_sql("COMMIT")
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            conn.exec_driver_sql("BEGIN")
        old = Path(str(book.engine.url.database))
        shutil.copy(old, tmp_path / "old.db")
    with book.work(MEI) as work:
        work.tell("one.more")
        work.commit()
        heads = witnesses.heads_now(work)
    path = witnesses.files(tmp_path)[0]
    witnesses.keep(path, NOON, heads.items())
    seen = witnesses.all_seen(tmp_path, book.keys, SeededRng())
    assert seen == {1: [heads[1]]}
    assert verify(book, seen).ok
    if book.dialect == "sqlite":
        book.engine.dispose()
        for end in ("-wal", "-shm"):
            old.with_name(old.name + end).unlink(missing_ok=True)
        shutil.copy(tmp_path / "old.db", old)
        assert verify(book).ok
        assert [f.kind for f in verify(book, seen).findings] == ["entry_cut"]


def test_eight_words_are_read_as_people_type_them() -> None:
    digest = bytes(range(200, 232))
    english, chinese = WORDS.said(digest, "en"), WORDS.said(digest, "zh")
    assert len(english.split()) == len(chinese.split()) == 8
    for typed in (english, english.upper(), " ".join(w[:4] for w in english.split()), chinese):
        assert WORDS.heard(typed) == digest[:11]
    assert WORDS.heard(chinese.replace(" ", "")) == digest[:11]
    assert WORDS.heard(chinese.replace(" ", "、")) == digest[:11]
    with pytest.raises(HeadMistyped) as mistyped:
        WORDS.heard(english.replace(english.split()[2], "waydesk"))
    assert mistyped.value.details == {"word": "waydesk", "place": 3}
    for short in ("", english.rsplit(" ", 1)[0], f"{english} zoo"):
        with pytest.raises(HeadMistyped):
            WORDS.heard(short)


def test_every_head_comes_back_from_its_words() -> None:
    rng = SeededRng(3)
    for lang in ("en", "zh"):
        for _ in range(500):
            digest = rng.random_bytes(32)
            assert WORDS.heard(WORDS.said(digest, lang)) == digest[:11]


def test_a_spoilt_file_of_heads_is_refused_and_a_half_written_line_is_not(tmp_path: Path) -> None:
    path = tmp_path / "heads.txt"
    witnesses.keep(path, NOON, [(1, Head(7, b"\x07" * 32)), (2, Head(9, b"\x09" * 32))])
    whole = path.read_text()
    assert whole.startswith("2026-02-16T04:00:00Z 1 7 0707")
    path.write_text(whole + "2026-02-16T04:15:00Z 1 8 08")
    assert witnesses.read_file(path) == {1: [Head(7, b"\x07" * 32)], 2: [Head(9, b"\x09" * 32)]}
    for bad in (whole.replace(" 7 ", " x "), whole.replace("0707", ""), "hello\n" + whole):
        path.write_text(bad)
        with pytest.raises(HeadsUnreadable):
            witnesses.read_file(path)


def exported(book: Book, folder: Path, name: str, span: Span | None = None) -> Path:
    path = folder / name
    with book.engine.connect() as conn:
        write(conn, path, span or Span(), NOON, lambda _done, _of: None)
    return path


@pytest.mark.parametrize("name", ["record.jsonl", "record.csv"])
def test_an_exported_file_is_checked_by_others(book: Book, tmp_path: Path, name: str) -> None:
    chain_of(book, 5)
    with book.work(MEI) as work:
        work.tell("odd", "order", 7, reason="=1+1", note="'quoted\n行")
        work.commit()
    path = exported(book, tmp_path, name)
    report = check(path, book.keys.audit_mac, sheet(book))
    assert (report.entries, report.broken, report.with_key) == (6, {}, True)
    assert check(path, None, sheet(book)).broken == {}
    other = check(path, shop_keys(8).audit_mac)
    assert other.broken[1].why == "edited"
    assert "=1+1" not in [
        cell for line in path.read_text("utf-8").splitlines() for cell in line.split('","')
    ]


@pytest.mark.parametrize("name", ["record.jsonl", "record.csv"])
def test_a_word_edited_in_a_file_shows_with_the_key_and_only_with_it(
    book: Book, tmp_path: Path, name: str
) -> None:
    chain_of(book, 5)
    path = exported(book, tmp_path, name)
    text = path.read_text("utf-8")
    path.write_text(text.replace("because", "be cause", 1), "utf-8")
    assert check(path, book.keys.audit_mac).broken[1].why == "edited"
    assert check(path, None).broken == {}


@pytest.mark.parametrize("name", ["record.jsonl", "record.csv"])
@pytest.mark.parametrize(("lines", "why"), [([3], "missing"), ([2, 3], "missing")])
def test_a_line_taken_out_of_a_file_shows_without_the_key(
    book: Book, tmp_path: Path, name: str, lines: list[int], why: str
) -> None:
    chain_of(book, 6)
    path = exported(book, tmp_path, name)
    kept = [one for n, one in enumerate(path.read_text("utf-8").splitlines(True)) if n not in lines]
    text = "".join(kept).replace('{"entries":6}', f'{{"entries":{6 - len(lines)}}}')
    path.write_text(text, "utf-8")
    assert check(path, None).broken[1].why == why


def test_a_file_cut_short_shows_by_its_last_line_and_by_a_sheet(book: Book, tmp_path: Path) -> None:
    chain_of(book, 5)
    path = exported(book, tmp_path, "record.jsonl")
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-2]), "utf-8")
    with pytest.raises(RecordFileUnreadable):
        check(path, None)
    path.write_text("".join([*lines[:-2], '{"entries":4}\n']), "utf-8")
    assert check(path, None).broken == {}
    assert check(path, None, sheet(book)).broken[1].why == "cut"


def test_a_span_is_written_whole_and_begins_where_it_says(
    book: Book, tmp_path: Path, clock
) -> None:  # type: ignore[no-untyped-def]
    chain_of(book, 2)
    clock.advance(60_000)
    chain = 3
    with book.work(MEI) as work:
        work.tell("later")
        work.commit()
    path = exported(book, tmp_path, "later.jsonl", Span(since=NOON + 1))
    report = check(path, book.keys.audit_mac)
    assert (report.entries, report.broken) == (1, {})
    assert report.heads[1].seq == chain
    early = exported(book, tmp_path, "early.csv", Span(until=NOON + 1))
    assert check(early, book.keys.audit_mac).entries == 2


def test_a_stopped_export_leaves_no_file(book: Book, tmp_path: Path) -> None:
    chain_of(book, 2)

    def stop(_done: int, _of: int) -> None:
        raise InterruptedError

    with book.engine.connect() as conn, pytest.raises(InterruptedError):
        record_file.write(conn, tmp_path / "record.csv", Span(), NOON, stop)
    assert list(tmp_path.glob("record*")) == []
