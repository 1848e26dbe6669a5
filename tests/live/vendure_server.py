"""A real Vendure server, started for the live tests and ended with them.

Its packages are npm's, pinned with their hashes in tests/live/vendure. They are installed once,
into the folder that WAYDESK_VENDURE names or, without it, into `.venv/vendure`.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent / "vendure"
DEFAULT = Path(__file__).resolve().parents[2] / ".venv" / "vendure"
PLACE = "WAYDESK_VENDURE"
INSTALL_S, START_S = 1800, 120
NO_NODE = (
    "The live tests run a real Vendure server, which needs Node.js 20 or later with npm. Install "
    "it, see that `node` is found, and run this again."
)
NO_PACKAGES = (
    "npm could not install Vendure's packages into {place}. Connect this machine to the network, "
    f"or set npm's own registry, or name a folder that holds them in {PLACE}. npm said: {{said}}"
)


def place() -> Path:
    """The folder of the packages."""
    return Path(os.environ.get(PLACE) or DEFAULT)


def ready() -> Path:
    """The folder with the packages in it; they are installed where they are not there yet."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.exit(NO_NODE, returncode=1)
    folder = place()
    folder.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    done = folder / "installed-lock.json"
    if not done.exists() or done.read_bytes() != lock:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, folder / name)
        _npm(folder)
        done.write_bytes(lock)
    shutil.copyfile(HERE / "server.js", folder / "server.js")
    return folder


def _npm(folder: Path) -> None:
    command = [shutil.which("npm") or "npm", "ci", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        pytest.exit(NO_PACKAGES.format(place=folder, said=said), returncode=1)


@contextlib.contextmanager
def running(folder: Path, data: Path) -> Iterator[str]:
    """A server with an empty shop whose data are kept in `data`; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {**os.environ, "PORT": str(port), "VENDURE_DB": str(data / "vendure.sqlite")}
    log = data / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            ["node", "server.js"], cwd=folder, env=told, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait(server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_S
    while "READY" not in log.read_text("utf-8", "replace"):
        if server.poll() is not None or time.monotonic() > until:
            said = log.read_text("utf-8", "replace")[-1500:]
            pytest.exit(f"The Vendure server did not start. It said: {said}", returncode=1)
        time.sleep(0.1)
