"""Has another part of Waydesk do something while the background service rests: a restore.

The part is a child of its own, told its answers in one line and heard in one line. The window
itself touches no data.
"""

import asyncio
import contextlib
from pathlib import Path

import msgspec

from app.process.child import Child, Hearing, role_command
from app.process.errand import Answers, Done, Refused
from app.process.errors import KeeperGone, as_error

LONGEST_S = 1800.0


async def restore(folder: Path, backup: Path, answers: Answers) -> Done:
    """Bring a backup back into a data folder that no background service works on.

    Raises the refusal of the part that did it, or KeeperGone when it ended without a word.
    """
    command = (*role_command("restore", folder), str(backup), "--for-desk")
    said = await speak(command, msgspec.json.encode(answers) + b"\n")
    try:
        word = msgspec.json.decode(said.splitlines()[-1] if said else b"", type=Done | Refused)
    except (msgspec.MsgspecError, IndexError):
        raise KeeperGone(why="restore") from None
    if isinstance(word, Refused):
        raise as_error(word.code, word.details, fault=False)
    return word


async def speak(command: tuple[str, ...], line: bytes) -> bytes:
    """Start a part, tell it one line, and give everything it wrote until it ended."""
    loop, heard = asyncio.get_running_loop(), bytearray()
    ended: asyncio.Future[int] = loop.create_future()

    def settle(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    def over(code: int) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to tell
            loop.call_soon_threadsafe(settle, code)

    child = Child(command, Hearing(heard.extend, over), grace_s=60.0)
    child.write(line)
    try:
        await asyncio.wait_for(asyncio.shield(ended), LONGEST_S)
    finally:
        if not ended.done():
            child.kill()
    return bytes(heard)
