"""`waydesk serve`: the background service without a window, and where platforms call it."""

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from app.compose.clock import SystemRng
from app.config import address_of, checked_address, read_settings
from app.domain.errors import RuleRefused
from app.store.vault import FLOOR, new_with_passphrase
from tests.keeper.processes import ROOT

WORDS = "a long passphrase for serving"


async def serve(folder: Path, *flags: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "app", "serve", "--data", str(folder), *flags)
    pipes = {"stdin": PIPE, "stdout": PIPE, "stderr": PIPE}
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, **pipes)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


async def answer_of(port: int, process: asyncio.subprocess.Process) -> bytes:
    """The first line of the answer, once it listens."""
    for _ in range(600):
        assert process.returncode is None, await process.stderr.read()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.write(b"POST /push/nobody HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
        line = await reader.readline()
        writer.close()
        return line
    raise AssertionError("it never listened")


async def test_it_listens_where_the_owner_says_and_ends_in_order(tmp_path: Path) -> None:
    new_with_passphrase(tmp_path, WORDS, SystemRng(), FLOOR)
    port = free_port()
    process = await serve(tmp_path, "--relay", f"127.0.0.1:{port}", "--passphrase-fd", "0")
    process.stdin.write(WORDS.encode())
    process.stdin.close()
    assert b" 404 " in await answer_of(port, process)
    process.send_signal(signal.SIGTERM)
    said, _ = await process.communicate()
    assert process.returncode == 0
    assert f"127.0.0.1:{port}" in said.decode()
    assert "push-addresses.txt" in said.decode()


async def test_without_the_key_it_says_so_and_ends(tmp_path: Path) -> None:
    process = await serve(tmp_path)
    said, why = await process.communicate()
    assert process.returncode == 3
    assert why.decode().startswith("waydesk: ")
    assert "Traceback" not in (said + why).decode()


@pytest.mark.parametrize("told", ["8787", ":8787", "localhost:", "localhost:99999", "host:-1", "0"])
def test_an_address_that_is_none_is_refused_by_name(tmp_path: Path, told: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        checked_address(told)
    assert refused.value.details["word"] == told
    (tmp_path / "settings.toml").write_text(f'relay = "{told}"', "utf-8")
    with pytest.raises(RuleRefused):
        read_settings(tmp_path, {})


def test_an_address_stands_in_the_settings_too(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('relay = "[::1]:8787"', "utf-8")
    assert address_of(read_settings(tmp_path, {}).relay) == ("::1", 8787)
    assert address_of("") is None
