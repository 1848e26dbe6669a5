"""A home-made store is tried by its file, and what is wrong is said before it is kept."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.compose.setup import try_shop
from app.domain.connections import Kind
from app.domain.errors_first_day import StoreFileRefused, StoreFileUnread
from app.process.errors import Refused
from app.process.field_files import with_texts
from app.rulebook import load
from sync.sandbox.own_tea import TeaSandbox, TeaSetup
from tests.journeys.journey_world import serving
from tests.sync.own_world import TEA_AT, TEA_FILE

OWN = load().connections.get(Kind.PLATFORM, "own_shop")
KEYS = {"key": "tea-app", "secret": "tea-secret"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    box = TeaSandbox(TeaSetup(), lambda: int(time.time()), random.Random(7))
    box.place("T1")
    with serving(box.server()) as address:
        yield address


def fields(folder: Path, text: str, **keys: str) -> dict[str, str]:
    path = folder / "store.toml"
    path.write_text(text, "utf-8")
    return with_texts(OWN, {"store_file": str(path), **KEYS, **keys})


def test_the_path_is_typed_and_the_text_is_kept(tmp_path: Path, url: str) -> None:
    text = TEA_FILE.replace(TEA_AT, f"{url}/api")
    told = fields(tmp_path, f"\ufeff{text}")
    (tmp_path / "store.toml").unlink()
    assert told["store_file"] == text
    assert try_shop("own_shop", "Asia/Shanghai", told) == ()


def test_a_file_with_mistakes_names_each_before_anything_is_sent(tmp_path: Path) -> None:
    text = TEA_FILE.replace('kind = "hmac" ', 'kind = "oauth" ').replace('"CNY"', '"RMB"')
    with pytest.raises(StoreFileRefused) as refused:
        try_shop("own_shop", "Asia/Shanghai", fields(tmp_path, text))
    rows = str(refused.value.details["rows"])
    assert "currency “RMB” (CNY)" in rows
    assert "auth.kind “oauth” (none | basic | bearer | header | query | hmac)" in rows
    words = load().words
    for lang in ("en", "zh"):
        assert rows in " ".join(words.told(refused.value, lang))


@pytest.mark.parametrize(
    ("keys", "code"),
    [({"secret": "wrong"}, "own_shop_wrong_key"), ({"key": ""}, "own_shop_wrong_key")],
)
def test_a_wrong_key_is_one_sentence(tmp_path: Path, url: str, keys, code) -> None:
    text = TEA_FILE.replace(TEA_AT, f"{url}/api")
    with pytest.raises(Refused) as refused:
        try_shop("own_shop", "Asia/Shanghai", fields(tmp_path, text, **keys))
    assert refused.value.code == code
    assert "127.0.0.1" in load().words.told(refused.value, "en")[0]


@pytest.mark.parametrize("made", ["missing", "folder", "binary", "large"])
def test_a_file_that_is_none_is_said_so(tmp_path: Path, made: str) -> None:
    path = tmp_path / "store.toml"
    if made == "folder":
        path.mkdir()
    if made in ("binary", "large"):
        path.write_bytes(b"\xff\xfe\x00" if made == "binary" else b"#" * 70_000)
    with pytest.raises(StoreFileUnread) as unread:
        with_texts(OWN, {"store_file": str(path)})
    assert unread.value.details == {"file": "store.toml"}
