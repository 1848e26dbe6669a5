"""Personal data is closed for one place, and found without being readable."""

import pytest

from app.domain.errors import DecryptFailed
from app.store.keys import Keys
from app.store.phones import canonical_phone
from tests.worlds import SeededRng, shop_keys

PLAIN = "北京市朝阳区建国路 88 号".encode()


def closed(keys: Keys, plain: bytes = PLAIN) -> bytes:
    cipher = keys.encrypt("receiver", 5, "address_ct", plain)
    assert cipher is not None
    return cipher


@pytest.mark.req("F099")
def test_what_is_closed_opens_again_and_shows_nothing() -> None:
    keys = shop_keys()
    for plain in (b"", b"x", b"\x80", b"\x00" * 40, PLAIN * 50):
        cipher = closed(keys, plain)
        assert keys.decrypt("receiver", 5, "address_ct", cipher) == plain
        assert len(plain) < 4 or plain not in cipher
    assert keys.encrypt("receiver", 5, "address_ct", None) is None
    assert keys.decrypt("receiver", 5, "address_ct", None) is None


def test_the_form_is_the_one_of_the_design() -> None:
    cipher = closed(shop_keys())
    assert cipher[:5] == b"\x01\x00\x00\x00\x01"
    assert (len(cipher) - 5 - 12 - 16) % 32 == 0


def test_lengths_are_told_in_steps_only() -> None:
    keys = shop_keys()
    assert len(closed(keys, b"a" * 3)) == len(closed(keys, b"a" * 30))


@pytest.mark.parametrize(
    ("table", "pk", "column"),
    [("receiver", 6, "address_ct"), ("receiver", 5, "name_ct"), ("outbox", 5, "address_ct")],
)
def test_a_ciphertext_moved_elsewhere_does_not_open(table: str, pk: int, column: str) -> None:
    keys = shop_keys()
    with pytest.raises(DecryptFailed) as said:
        keys.decrypt(table, pk, column, closed(keys))
    assert said.value.details == {"table": table, "id": pk, "field": column}


def test_a_ciphertext_altered_in_any_byte_does_not_open() -> None:
    keys = shop_keys()
    cipher = closed(keys)
    for at in range(len(cipher)):
        bent = cipher[:at] + bytes([cipher[at] ^ 1]) + cipher[at + 1 :]
        with pytest.raises(DecryptFailed):
            keys.decrypt("receiver", 5, "address_ct", bent)
    for length in (0, 4, 17, len(cipher) - 1):
        with pytest.raises(DecryptFailed):
            keys.decrypt("receiver", 5, "address_ct", cipher[:length])


def test_another_shop_cannot_open_it() -> None:
    with pytest.raises(DecryptFailed):
        shop_keys(8).decrypt("receiver", 5, "address_ct", closed(shop_keys(7)))


def test_a_new_data_key_still_opens_what_the_old_one_closed() -> None:
    old = Keys({1: b"a" * 32}, 1, SeededRng())
    both = Keys({1: b"a" * 32, 2: b"b" * 32}, 2, SeededRng())
    assert both.decrypt("receiver", 5, "address_ct", closed(old)) == PLAIN
    assert closed(both)[:5] == b"\x01\x00\x00\x00\x02"
    with pytest.raises(DecryptFailed):
        old.decrypt("receiver", 5, "address_ct", closed(both))
    assert old.mac(b"row") == both.mac(b"row")
    assert old.blind("phone", "13800138000") in both.blind_any("phone", "13800138000")
    assert old.blind("phone", "13800138000") != both.blind("phone", "13800138000")


def test_purposes_and_fields_do_not_share_a_key() -> None:
    keys = shop_keys()
    assert keys.blind("email", "a@b.c") != keys.blind("nick", "a@b.c")
    assert keys.mac(b"x") != keys.audit_mac(b"", b"x")[:16]
    assert keys.audit_mac(b"ab", b"c") != keys.audit_mac(b"a", b"bc")
    assert len(keys.mac(b"x")) == 16
    assert len(keys.audit_mac(b"", b"x")) == 32


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("13699999999-1234", "+8613699999999;ext=1234"),
        ("18400000000转1234", "+8618400000000;ext=1234"),
        ("18400000000 ext 1234", "+8618400000000;ext=1234"),
        ("18400000000[1234]", "+8618400000000;ext=1234"),
        ("700101234567890", "+86700101234567890"),
        ("010-88886666", "+861088886666"),
        ("+1 (555) 123-4567", "+15551234567"),
        ("0044 20 7946 0000", "+442079460000"),
        ("138****8888", ""),
        ("$$bZ2ZfwSu$$", ""),
        ("##k3##", ""),
        ("none", ""),
        ("", ""),
    ],
)
def test_every_way_to_write_a_phone_is_one(written: str, meant: str) -> None:
    assert canonical_phone(written) == meant


def test_a_masked_phone_is_never_compared() -> None:
    assert shop_keys().blind("phone", "138****8888") is None


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张伟", "张伟"),
        ("张伟", "zhangwei"),
        ("张伟", "Zhang Wei"),
        ("张伟", "ZW"),
        ("王小明", "王小明"),
        ("王小明", "小明"),
        ("王小明", "wangxiaoming"),
        ("王小明", "xiaoming"),
        ("王小明", "wxm"),
        ("欧阳娜娜", "欧阳"),
        ("欧阳娜娜", "oynn"),
        ("单雄信", "shanxiongxin"),
        ("曾国藩", "zengguofan"),
        ("吕布", "lvbu"),
        ("吕布", "lübu"),
        ("王", "王"),
        ("王", "wang"),
        ("John Smith", "smith"),
        ("John Smith", "JOHN SMITH"),
        ("José", "josé"),
    ],
)
def test_a_name_is_found_by_what_people_type(name: str, typed: str) -> None:
    keys = shop_keys()
    asked = set(keys.query_tokens(typed))
    assert asked
    assert asked <= set(keys.tokens(name))


@pytest.mark.parametrize(
    ("name", "typed"), [("张伟", "张三"), ("张伟", "lw"), ("王小明", "王明"), ("张伟", "li")]
)
def test_another_name_is_not_found(name: str, typed: str) -> None:
    keys = shop_keys()
    assert not set(keys.query_tokens(typed)) <= set(keys.tokens(name))


def test_an_empty_question_asks_nothing() -> None:
    assert shop_keys().query_tokens(" ·* ") == ()


def test_tokens_fit_the_books_integers_and_differ_between_shops() -> None:
    tokens = shop_keys(1).tokens("欧阳娜娜")
    assert all(-(2**63) <= token < 2**63 for token in tokens)
    assert list(tokens) == sorted(set(tokens))
    assert not set(tokens) & set(shop_keys(2).tokens("欧阳娜娜"))
