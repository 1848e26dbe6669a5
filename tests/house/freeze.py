"""Freeze Waydesk and let the frozen program do its main job (`python3 dev.py freeze`).

The frozen demo runs fifty orders without a display; it must end with exit code 0, leave labels
and a summary whose figures agree, and need nothing of the checkout.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "dist" / "waydesk"
PROGRAM = FOLDER / ("waydesk.exe" if os.name == "nt" else "waydesk")
ORDERS = 50
EQUAL = (("orders_booked", "orders_offered"), ("labels_distinct", "waybills_at_carrier"))


def build() -> int:
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level=WARN"]
    places = ["--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build")]
    return subprocess.call([*command, *places, str(ROOT / "build.spec")], cwd=ROOT)


def faults(summary: dict[str, object]) -> list[str]:
    """What a summary says that must not be so after a good run."""
    found = [
        f"{one} is {summary.get(one)}, {other} is {summary.get(other)}"
        for one, other in EQUAL
        if summary.get(one) != summary.get(other)
    ]
    if summary.get("orders_offered") != ORDERS:
        found.append(f"orders_offered is {summary.get('orders_offered')}, asked for {ORDERS}")
    if summary.get("oversold") != 0:
        found.append(f"oversold is {summary.get('oversold')}")
    if summary.get("audit_ok") is not True:
        found.append("the record does not verify")
    return found


def try_it(folder: Path) -> list[str]:
    out = folder / "out"
    command = [str(PROGRAM), "demo", "--headless", "--orders", str(ORDERS), "--out", str(out)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    code = subprocess.call([*command, "--data", str(folder / "data")], cwd=folder, env=clean)
    if code != 0:
        return [f"the frozen demo ended with exit code {code}"]
    if not (out / "labels.pdf").stat().st_size:
        return ["labels.pdf is empty"]
    return faults(json.loads((out / "summary.json").read_text("utf-8")))


def main() -> int:
    began = time.monotonic()
    if build() != 0:
        print("FAILED: the program could not be frozen", file=sys.stderr)
        return 1
    size = sum(file.stat().st_size for file in FOLDER.rglob("*") if not file.is_symlink())
    print(f"· frozen in {time.monotonic() - began:.0f} s: {FOLDER}, {size // 1_000_000} MB")
    with tempfile.TemporaryDirectory() as folder:
        found = try_it(Path(folder))
    for fault in found:
        print(f"FAILED: {fault}", file=sys.stderr)
    if not found:
        print(f"· the frozen demo did its job on {ORDERS} orders")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
