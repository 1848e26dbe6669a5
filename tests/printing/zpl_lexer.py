"""A small reader of ZPL: the commands a printer would see, and the picture it would draw."""

import base64
import binascii
import re
import zlib

from PIL import Image

_COMMAND = re.compile(r"([\^~])([A-Z][A-Z0-9@]?)([^\^~]*)", re.DOTALL)
_RUN_VALUES = {chr(ord("G") + n): n + 1 for n in range(19)} | {
    chr(ord("g") + n): 20 * (n + 1) for n in range(20)
}


def commands(job: bytes) -> list[tuple[str, str]]:
    """Return (command, parameters) in order; anything outside a command is an error."""
    text = job.decode("ascii")
    found = _COMMAND.findall(text)
    assert "".join(map("".join, found)) == text, "text outside any command"
    return [(sign + name, rest) for sign, name, rest in found]


def drawn(job: bytes) -> Image.Image:
    """Return the label as the printer would draw it, black on white."""
    said = dict(commands(job))
    paper = Image.new("L", (int(said["^PW"]), int(said["^LL"])), 255)
    x, y = map(int, said["^FO"].split(","))
    form, total, _, step, packed = said["^GF"].split(",", 4)
    assert form == "A"
    data = _z64(packed) if packed.startswith(":Z64:") else _acs(packed, int(step), int(total))
    assert len(data) == int(total)
    rows = Image.frombytes("1", (8 * int(step), len(data) // int(step)), data)
    paper.paste(0, (x, y), rows)
    return paper


def _z64(packed: str) -> bytes:
    _, kind, body, check = packed.split(":")
    assert kind == "Z64"
    assert int(check, 16) == binascii.crc_hqx(body.encode(), 0)
    return zlib.decompress(base64.b64decode(body))


def _acs(packed: str, step: int, total: int) -> bytes:
    rows: list[str] = []
    row, count = "", 0
    for char in packed:
        if char == ":":
            rows.append(rows[-1])
        elif char in ",!":
            rows.append(row.ljust(2 * step, "0" if char == "," else "F"))
            row = ""
        elif char in _RUN_VALUES and char not in "ABCDEF":
            count += _RUN_VALUES[char]
        else:
            row, count = row + char * max(1, count), 0
        if len(row) == 2 * step:
            rows.append(row)
            row = ""
    assert not row
    return bytes.fromhex("".join(rows))[:total]
