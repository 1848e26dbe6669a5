"""Opens an encrypted zip as its published form says, written apart from the writer."""

import hashlib
import hmac
import zipfile
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def opened(content: bytes, entry: zipfile.ZipInfo, passphrase: str) -> bytes:
    """Read one entry as the published form of AE-2 says, written apart from the writer."""
    start = entry.header_offset + 30 + len(entry.filename) + 11
    body = content[start : start + entry.compress_size]
    salt, check, closed, proof = body[:16], body[16:18], body[18:-10], body[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), salt, 1000, 66)
    assert keys[64:] == check
    assert hmac.new(keys[32:64], closed, hashlib.sha1).digest()[:10] == proof
    clear = bytearray()
    for n in range(0, len(closed), 16):
        counter = (n // 16 + 1).to_bytes(16, "little")
        one = Cipher(algorithms.AES256(keys[:32]), modes.CTR(counter)).decryptor()
        clear += one.update(closed[n : n + 16])
    return zlib.decompress(bytes(clear), -15)
