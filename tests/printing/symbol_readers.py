"""Two independent readers of bar codes: zxing-cpp and zbar."""

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image

_ZBAR = "{http://zbar.sourceforge.net/2008/barcode}"
Read = dict[str, str]
"""Text by symbology, "Code128" and "QRCode"."""


def read_zxing(image: Image.Image) -> Read:
    found = zxingcpp.read_barcodes(image.convert("L"))
    names = {zxingcpp.BarcodeFormat.Code128: "Code128", zxingcpp.BarcodeFormat.QRCode: "QRCode"}
    return {names[each.format]: each.text for each in found if each.format in names}


def read_zbar(images: list[Image.Image], folder: Path) -> list[Read]:
    """Read every image with zbarimg; its absence fails the test."""
    program = shutil.which("zbarimg")
    if program is None:
        pytest.fail("zbarimg is not installed (Debian: zbar-tools); labels need a second reader")
    paths = [folder / f"{number:04d}.png" for number in range(len(images))]
    for image, path in zip(images, paths, strict=True):
        image.convert("L").save(path, compress_level=1)
    told = subprocess.run(
        [
            program,
            "-q",
            "--xml",
            "-Sdisable",
            "-Scode128.enable",
            "-Sqrcode.enable",
            *map(str, paths),
        ],
        capture_output=True,
        check=False,
        text=True,
    ).stdout
    by_file: dict[str, Read] = {}
    for source in ElementTree.fromstring(told).iter(f"{_ZBAR}source"):
        by_file[source.attrib["href"]] = {
            symbol.attrib["type"].replace("-", "").replace("CODE", "Code"): str(
                symbol.findtext(f"{_ZBAR}data")
            )
            for symbol in source.iter(f"{_ZBAR}symbol")
        }
    return [by_file.get(str(path), {}) for path in paths]
