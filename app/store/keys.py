"""Everything done with the shop's data key; only the keeper ever holds one of these.

Each purpose has its own subkey (HKDF-SHA-256 of the data key), so that what is learned of one
says nothing about another. Ciphertexts carry the id of the key that made them: a new data key
serves for everything written from then on while older ones still open what they closed
(security.md 3.4). Seals and the log's chain stay under what the book's first key gave them, since
their values are compared over years; that outlives the first key itself (`seals`).
"""

import struct
import unicodedata
from collections.abc import Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.errors import DecryptFailed
from app.domain.ports import Rng
from app.store.phones import canonical_phone
from app.store.tokens import NamePieces

KEY_BYTES = 32
_VERSION = 1
_HEAD = struct.Struct(">BI")
_NONCE = 12
_TAG = 16
_BUCKET = 32
_TOKEN = struct.Struct(">q")


def subkey(secret: bytes, purpose: str) -> bytes:
    """Return the 32-byte key for one purpose; equal inputs give equal keys on every computer."""
    info = f"waydesk/1/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


class _Mac:
    """HMAC-SHA-256 with its key already taken in: half the time of the library's own copies."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = key.ljust(64, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def __call__(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


class Keys:
    """Seals, closes and opens the book's rows, and makes what they are found by."""

    def __init__(
        self, data_keys: Mapping[int, bytes], current: int, rng: Rng, seals: bytes = b""
    ) -> None:
        """Take the data keys by key id; ``current`` closes.

        ``seals`` are the two keys of rows and record; without them the lowest key gives them.
        """
        first = data_keys[min(data_keys)]
        self.seals = seals or subkey(first, "row") + subkey(first, "audit")
        self._current = current
        self.rng = rng
        self._ciphers = {
            key_id: AESGCM(subkey(secret, "field")) for key_id, secret in data_keys.items()
        }
        self._row = _Mac(self.seals[:KEY_BYTES])
        self._audit = _Mac(self.seals[KEY_BYTES:])
        self._names = {key_id: _Mac(subkey(secret, "name")) for key_id, secret in data_keys.items()}
        self._secrets = dict(sorted(data_keys.items()))
        self._blind: dict[tuple[int, str], _Mac] = {}
        self._pieces = NamePieces()

    @property
    def current(self) -> int:
        """The id of the data key that closes what is written now."""
        return self._current

    def with_new(self, key_id: int, secret: bytes) -> "Keys":
        """Return keys that also have this one, and close with it from now on."""
        return Keys({**self._secrets, key_id: secret}, key_id, self.rng, self.seals)

    def without(self, *key_ids: int) -> "Keys":
        """Return keys that have forgotten these; what they closed opens no more."""
        left = {one: secret for one, secret in self._secrets.items() if one not in key_ids}
        return Keys(left, self._current, self.rng, self.seals)

    def mac(self, message: bytes) -> bytes:
        """Return the 16-byte seal of a row (HMAC-SHA-256/128)."""
        return self._row(message)[:16]

    def audit_mac(self, prev: bytes, body: bytes) -> bytes:
        """Return the 32-byte hash of a log entry that stands behind ``prev``."""
        return self._audit(len(prev).to_bytes(4, "big") + prev + body)

    def encrypt(self, table: str, pk: int, column: str, plain: bytes | None) -> bytes | None:
        """Close ``plain`` for this one place in the book; nothing stays nothing.

        The length is hidden in steps of 32 bytes. Nonces are random: rotate the data key before
        2^30 fields are closed under it.
        """
        if plain is None:
            return None
        key_id = self._current
        nonce = self.rng.random_bytes(_NONCE)
        padded = plain + b"\x80" + bytes(-(len(plain) + 1) % _BUCKET)
        place = _place(table, pk, column, key_id)
        closed = self._ciphers[key_id].encrypt(nonce, padded, place)
        return _HEAD.pack(_VERSION, key_id) + nonce + closed

    def decrypt(self, table: str, pk: int, column: str, cipher: bytes | None) -> bytes | None:
        """Open what `encrypt` closed for the same place.

        Raises:
            DecryptFailed: it was altered, moved from another row or column, or its key is gone.
        """
        if cipher is None:
            return None
        failed = DecryptFailed(table=table, id=pk, field=column)
        if len(cipher) < _HEAD.size + _NONCE + _TAG + _BUCKET:
            raise failed
        version, key_id = _HEAD.unpack_from(cipher)
        opener = self._ciphers.get(key_id)
        if version != _VERSION or opener is None:
            raise failed
        nonce, closed = cipher[_HEAD.size : _HEAD.size + _NONCE], cipher[_HEAD.size + _NONCE :]
        try:
            padded = opener.decrypt(nonce, closed, _place(table, pk, column, key_id))
        except InvalidTag:
            raise failed from None
        return padded[: padded.rindex(b"\x80")]

    def blind(self, field: str, value: str) -> bytes | None:
        """Return the 16 bytes by which ``value`` is found in ``field``; None for what is none.

        Phones are compared as E.164, so that every way of writing one finds it; a masked number
        or a platform's ciphertext has no index.
        """
        return self._blinded(self._current, field, value)

    def blind_any(self, field: str, value: str) -> tuple[bytes, ...]:
        """Return the indexes under every data key, newest first: a key may just be changing."""
        found = (self._blinded(key_id, field, value) for key_id in reversed(self._secrets))
        return tuple(index for index in found if index is not None)

    def lasting(self, purpose: str, value: str) -> bytes:
        """Return the 16 bytes by which something is found for ever, whatever data keys go.

        For what cannot be made again when a key changes, because its text is kept nowhere.
        """
        return self.mac(f"{purpose}|{value}".encode())

    def tokens(self, text: str) -> tuple[int, ...]:
        """Return the signed 64-bit tokens a name is found by, ascending, each once."""
        return self._tokenised(self._current, self._pieces.of_name(text))

    def query_tokens(self, text: str) -> tuple[int, ...]:
        """Return the tokens of which a name must have ALL to answer what a person typed.

        Finds a name by two or more of its characters, by its pinyin as typed ("zhangwei"), by
        first letters ("zw"), and by a whole word of a name in letters. Empty: ask nothing.
        """
        return self._tokenised(self._current, self._pieces.of_question(text))

    def query_tokens_before(self, text: str) -> tuple[tuple[int, ...], ...]:
        """Return the same under each older data key, for names not written anew yet."""
        pieces = self._pieces.of_question(text)
        older = [key_id for key_id in reversed(self._secrets) if key_id != self._current]
        return tuple(self._tokenised(key_id, pieces) for key_id in older if pieces)

    def _tokenised(self, key_id: int, pieces: tuple[str, ...]) -> tuple[int, ...]:
        mac = self._names[key_id]
        made: set[int] = {_TOKEN.unpack(mac(piece.encode())[:8])[0] for piece in pieces}
        return tuple(sorted(made))

    def _blinded(self, key_id: int, field: str, value: str) -> bytes | None:
        shown = canonical_phone(value) if field == "phone" else _folded(value)
        if not shown:
            return None
        keyed = self._blind.get((key_id, field))
        if keyed is None:
            secret = subkey(self._secrets[key_id], f"blind/{field}")
            keyed = self._blind[key_id, field] = _Mac(secret)
        return keyed(shown.encode())[:16]


def closed_with(cipher: bytes) -> int:
    """Return the id of the data key that closed this; it stands in clear at its head."""
    return int(_HEAD.unpack_from(cipher)[1]) if len(cipher) >= _HEAD.size else 0


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip().casefold()


def _place(table: str, pk: int, column: str, key_id: int) -> bytes:
    return f"wd1|{table}|{pk}|{column}|{key_id}".encode()
