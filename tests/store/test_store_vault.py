"""The shop's key: who opens it, and who does not."""

import os
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine

from app.domain.demo import DEMO_PASSPHRASE
from app.domain.errors import BadValue, VaultLocked, WrongPassphrase
from app.domain.recovery_kit import make_kit, open_with_kit
from app.store import vault
from app.store.opening import Opener
from app.store.os_keyring import PINNED, OsKeyring, pinned_backend
from app.store.tables_record import keyring_row
from tests.worlds import CountingIds, FixedClock, SeededRng

WORDS = "correct horse battery"


class MemoryKeyring:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def put(self, name: str, secret: bytes) -> None:
        self.kept[name] = secret

    def drop(self, name: str) -> None:
        self.kept.pop(name, None)


def new(folder: Path, rng: SeededRng | None = None) -> bytes:
    return vault.new_with_passphrase(folder, WORDS, rng or SeededRng(), vault.FLOOR)


def test_the_passphrase_opens_what_it_closed(tmp_path: Path, clock: FixedClock) -> None:
    kek = new(tmp_path)
    assert vault.open_vault(tmp_path, clock, passphrase=WORDS) == kek
    assert kek not in (tmp_path / "vault.json").read_bytes()


def test_a_shop_pays_what_the_design_asks_for_one_guess(tmp_path: Path) -> None:
    vault.new_with_passphrase(tmp_path, WORDS, SeededRng())
    assert vault.read_head(tmp_path).cost == vault.Cost(64 * 1024, 3, 4)


def test_wrong_passphrases_wait_longer_and_longer(tmp_path: Path, clock: FixedClock) -> None:
    new(tmp_path)
    waits = []
    for _ in range(6):
        with pytest.raises(WrongPassphrase) as said:
            vault.open_vault(tmp_path, clock, passphrase="guessing away")
        waits.append(said.value.details["wait_s"])
        clock.advance(int(said.value.details["wait_s"]) * 1000)
    assert waits == [0, 0, 2, 4, 8, 16]
    assert vault.open_vault(tmp_path, clock, passphrase=WORDS)


def test_while_waiting_even_the_right_passphrase_is_not_looked_at(
    tmp_path: Path, clock: FixedClock
) -> None:
    new(tmp_path)
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            vault.open_vault(tmp_path, clock, passphrase="guessing away")
    with pytest.raises(WrongPassphrase) as said:
        vault.open_vault(tmp_path, clock, passphrase=WORDS)
    assert said.value.details["wait_s"] == 2


def test_a_vault_file_made_cheap_to_guess_is_refused(tmp_path: Path, clock: FixedClock) -> None:
    new(tmp_path)
    path = tmp_path / "vault.json"
    head = msgspec.json.decode(path.read_bytes())
    head["cost"]["memory_kib"] = 8
    path.write_bytes(msgspec.json.encode(head))
    with pytest.raises(VaultLocked, match="vault_weakened"):
        vault.open_vault(tmp_path, clock, passphrase=WORDS)


def test_a_changed_parameter_opens_nothing(tmp_path: Path, clock: FixedClock) -> None:
    new(tmp_path)
    path = tmp_path / "vault.json"
    head = msgspec.json.decode(path.read_bytes())
    head["name"] = "shop-of-another"
    path.write_bytes(msgspec.json.encode(head))
    with pytest.raises(WrongPassphrase):
        vault.open_vault(tmp_path, clock, passphrase=WORDS)


def test_the_computers_keyring_keeps_the_key(tmp_path: Path, clock: FixedClock) -> None:
    keyring = MemoryKeyring()
    kek = vault.new_in_keyring(tmp_path, keyring, SeededRng())
    assert vault.open_vault(tmp_path, clock, keyring) == kek
    keyring.kept.clear()
    with pytest.raises(VaultLocked, match="not_in_keyring"):
        vault.open_vault(tmp_path, clock, keyring)


def test_a_second_key_is_never_made_over_the_first(tmp_path: Path) -> None:
    new(tmp_path)
    with pytest.raises(BadValue):
        new(tmp_path)


@pytest.mark.parametrize(
    "place",
    [
        ("keyring.backends.null", "Keyring"),
        ("keyring.backends.fail", "Keyring"),
        ("keyring.backends.chainer", "ChainerBackend"),
        ("keyrings.alt.file", "PlaintextKeyring"),
    ],
)
def test_a_keyring_that_keeps_nothing_safe_is_refused(place: tuple[str, str]) -> None:
    kind = type(place[1], (), {"__module__": place[0]})
    with pytest.raises(VaultLocked, match="keyring_not_trusted"):
        OsKeyring(kind())


class Answers:
    """A keyring of the system, as the library would load it, touched by an environment."""

    viable = True

    def __init__(self) -> None:
        self.appid = os.environ.get("KEYRING_PROPERTY_APPID", "real")
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


@pytest.mark.parametrize("platform", sorted(PINNED))
def test_each_system_has_its_own_keyring_and_no_other(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("KEYRING_PROPERTY_APPID", "somebody else's")
    asked: list[str] = []
    module, name = PINNED[platform][0]

    def load(path: str) -> object:
        asked.append(path)
        kind = type(name, (Answers,), {"__module__": module})
        return type("module", (), {name: kind})

    backend = pinned_backend(platform, load)
    assert asked == [module]
    assert "appid" not in vars(backend)
    keyring = OsKeyring(backend)
    keyring.put("shop", b"\x00key")
    assert keyring.get("shop") == b"\x00key"
    keyring.drop("shop")
    keyring.drop("shop")
    assert keyring.get("shop") is None


def test_a_computer_without_a_keyring_says_so() -> None:
    def load(path: str) -> object:
        raise ImportError(path)

    assert pinned_backend("linux", load) is None
    assert pinned_backend("plan9", load) is None


def test_a_demo_folder_is_marked_and_opens_with_what_is_published(
    tmp_path: Path, clock: FixedClock
) -> None:
    assert not vault.is_demo(tmp_path)
    kek = vault.new_demo(tmp_path, SeededRng())
    assert vault.is_demo(tmp_path)
    assert vault.open_vault(tmp_path, clock, passphrase=DEMO_PASSPHRASE) == kek


def test_an_unattended_start_reads_its_passphrase_from_a_descriptor() -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{WORDS}\r\nmore".encode())
    os.close(writing)
    assert vault.passphrase_from(reading) == WORDS


def test_the_recovery_kit_is_the_key_on_paper() -> None:
    kek = SeededRng().random_bytes(32)
    kit = make_kit(kek)
    assert open_with_kit(kit) == kek
    assert open_with_kit(kit.lower().replace("1", "l").replace("0", "o").replace(" ", "-")) == kek


def test_a_slip_of_the_pen_is_told_by_its_group() -> None:
    kit = make_kit(SeededRng().random_bytes(32))
    groups = kit.split()
    for at, group in enumerate(groups):
        wrong = "A" if group[2] != "A" else "B"
        slip = [*groups[:at], group[:2] + wrong + group[3:], *groups[at + 1 :]]
        with pytest.raises(BadValue, match=f"#{at + 1}'"):
            open_with_kit(" ".join(slip))
    with pytest.raises(BadValue, match="#"):
        open_with_kit(" ".join([groups[1], groups[0], *groups[2:]]))
    with pytest.raises(BadValue, match="65/70"):
        open_with_kit(" ".join(groups[1:]))


def test_a_book_opens_again_with_its_own_key_only(engine: Engine) -> None:
    rng = SeededRng()
    opener = Opener(b"k" * 32, FixedClock(), CountingIds(), rng)
    first = opener.open(engine)
    closed = first.keys.encrypt("receiver", 5, "name_ct", "张伟".encode())
    again = Opener(b"k" * 32, FixedClock(), CountingIds(), rng).open(engine)
    assert again.keys.decrypt("receiver", 5, "name_ct", closed) == "张伟".encode()
    with pytest.raises(VaultLocked, match="other_key"):
        Opener(b"x" * 32, FixedClock(), CountingIds(), rng).open(engine)
    with engine.connect() as conn:
        wrapped = bytes(conn.execute(keyring_row.select()).mappings().one()["wrapped"])
    assert b"k" * 32 not in wrapped
