"""What the shop is promised of the log: it names no person and no secret, whatever is thrown in."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.process.logs import JsonLines, open_log, redacted

SECRETS = [
    "13812345678",
    "+86 138 1234 5678",
    "+86-13912345678",
    "021-62345678",
    "+1 (415) 555-0132",
    "415-555-0132",
    "+49 30 901820",
    "li.lei+shop@example.com",
    "Bearer abc.def-ghi_1",
    "Basic Y2tfMTpjc18x",
    "ck_1f2e3d4c5b6a79881f2e3d4c5b6a7988",
    "cs_aa11bb22cc33dd44ee55ff66aa77bb88",
    "consumer_secret=hunter2",
    "access_token=zzz-yyy",
    '"password": "tr0ub4dor"',
    "passphrase=correct-horse",
    "postgresql://writer:pa55@db.example/book",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "110101199003078515",
    "11010119900307851X",
    "f3a9c1d27b8e4f60a1b2c3d4e5f60718",
]
TELLING = [
    "1234", "5678", "2345", "555", "9018", "li.lei", "abc.def", "Y2tf", "1f2e", "aa11", "hunter2",
    "zzz", "tr0ub", "horse", "pa55", "eyJ", "1101", "f3a9",
]  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    root, before = logging.getLogger(), logging.getLogger().level
    handler = open_log(tmp_path, "keeper")
    yield tmp_path / "logs" / "keeper.log"
    handler.close()
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_person_or_a_key_is_hidden(secret: str) -> None:
    said = redacted(f"call failed for {secret}, trying again")
    assert "***" in said
    assert said.startswith("call failed for ")
    assert said.endswith(", trying again")
    assert not [part for part in TELLING if part in said]


def test_planted_secrets_are_in_no_line_wherever_they_were_put(log: Path) -> None:
    here = logging.getLogger("app.keeper.test")

    def broken(secret: str) -> None:
        raise ValueError(secret)

    for secret in SECRETS:
        here.warning("said %s", secret)
        here.warning("with", extra={"detail": {"deep": [secret, (secret,)]}, secret: 1})
        try:
            broken(secret)
        except ValueError:
            here.exception("broke")
    hidden = {"receiver_name": "韩梅梅", "address": "人民路 1 号", "phone": 7, "session": "s"}
    here.warning("by name", extra={"record": hidden, "api_key": "k", "payload": b"raw"})
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert len(rows) == 3 * len(SECRETS) + 1
    text = json.dumps([{**row, "at": 0} for row in rows], ensure_ascii=False)
    assert not [part for part in [*TELLING, "韩梅梅", "人民路", '"k"', "raw'"] if part in text]


def test_ids_numbers_and_codes_stay_readable() -> None:
    for plain in (
        "order 250543371616006144 of SO20260216000892",
        "waybill SF1234567890123 took 1500 ms",
        "2026-11-23 09:00:00 connector woocommerce throttled retry_after_ms=30000",
    ):
        assert redacted(plain) == plain


def test_a_line_break_in_foreign_text_begins_no_line_of_its_own(log: Path) -> None:
    logging.getLogger("app.test").warning('a\r\n{"level": "error"}\u2028b')
    rows = log.read_bytes().split(b"\n")
    assert len(rows) == 2
    row = json.loads(rows[0])
    assert (row["level"], row["role"], row["where"]) == ("warning", "keeper", "app.test")


def test_requests_are_not_written_even_when_everything_is(log: Path) -> None:
    logging.getLogger().setLevel("DEBUG")
    logging.getLogger("httpx").info("GET https://shop/?consumer_key=1")
    logging.getLogger("httpcore.http11").debug("headers")
    assert not log.exists()


def test_a_disk_that_is_full_loses_lines_and_nothing_else(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: JsonLines, record: logging.LogRecord) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(JsonLines, "format", full)
    logging.getLogger("app.test").warning("lost")
    assert "Traceback" not in capsys.readouterr().err
