"""Zip files that a passphrase opens, in the AES form of WinZip that 7-Zip and others read.

AE-2 with 256-bit keys: PBKDF2-HMAC-SHA1 of 1,000 rounds, AES in counter mode, and ten bytes of
HMAC-SHA1 over the ciphertext; no checksum of the clear text stands in the file. Source: "AES
Encryption Information: Encryption Specification AE-1 and AE-2", WinZip, version 1.04. A thousand
rounds are what the form says, so the passphrase should be long.
"""

import hashlib
import hmac
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from app.domain.ports import Rng

_AES_FIELD = 0x9901
_METHOD = 99
_DEFLATED = 8
_ROUNDS = 1000
_SALT, _KEY, _CHECK, _PROOF, _BLOCK = 16, 32, 2, 10, 16
_UTF8_ENCRYPTED = 0x0801
_DAY_ONE = 0x0021  # 1980-01-01, the first day a zip file can name: the time tells nobody anything


def zip_bytes(files: Mapping[str, bytes], passphrase: str, rng: Rng) -> bytes:
    """Return a zip file of these files; with an empty passphrase it is a plain one."""
    if not passphrase:
        return _plain(files)
    out, directory = bytearray(), bytearray()
    for name, content in files.items():
        at, title = len(out), name.encode()
        body = _closed(_deflated(content), passphrase, rng.random_bytes(_SALT))
        extra = struct.pack("<HHH2sBH", _AES_FIELD, 7, 2, b"AE", 3, _DEFLATED)
        told = struct.pack(
            *("<HHHHHIIIHH", 51, _UTF8_ENCRYPTED, _METHOD, 0, _DAY_ONE, 0),
            *(len(body), len(content), len(title), len(extra)),
        )
        out += b"PK\x03\x04" + told + title + extra + body
        directory += (
            b"PK\x01\x02" + struct.pack("<H", 51) + told + struct.pack("<HHHII", 0, 0, 0, 0, at)
        )
        directory += title + extra
    count = len(files)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(out), 0)
    return bytes(out + directory + b"PK\x05\x06" + end)


def _plain(files: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _deflated(content: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return squeeze.compress(content) + squeeze.flush()


def _closed(content: bytes, passphrase: str, salt: bytes) -> bytes:
    """Salt, two bytes to tell a wrong passphrase early, ciphertext, proof."""
    keys = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), salt, _ROUNDS, 2 * _KEY + _CHECK)
    key, proof_key, check = keys[:_KEY], keys[_KEY : 2 * _KEY], keys[2 * _KEY :]
    blocks = -(-len(content) // _BLOCK)
    counters = b"".join(n.to_bytes(_BLOCK, "little") for n in range(1, blocks + 1))
    # The form counts from the other end than the library's counter mode: the stream is made here.
    stream = Cipher(algorithms.AES256(key), modes.ECB()).encryptor().update(counters)  # noqa: S305
    closed = bytes(a ^ b for a, b in zip(content, stream, strict=False))
    proof = hmac.new(proof_key, closed, "sha1").digest()[:_PROOF]
    return salt + check + closed + proof
