"""`waydesk keeper`: the only process that writes. The desk starts it; here it is put together."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from app.compose.clock import Snowflakes, SystemClock
from app.compose.house import open_house
from app.compose.last_word import REFUSED
from app.compose.start import begin, flags_of
from app.compose.watch import Watch
from app.config import Settings, checked_address
from app.keeper.life import Announce, OpenHouse, serve_desk
from app.keeper.press_link import PressLink
from app.keeper.server import Surface
from app.process.child import Child, Hearing, role_command
from app.store.vault import passphrase_from

ORDERLY = (0, REFUSED)
"""How a keeper ends that did not crash: done, or told why it cannot serve."""


def press_of(settings: Settings) -> PressLink:
    """Give the press of this folder; it starts with its first job or when warmed."""

    def start(hearing: Hearing) -> Child:
        return Child(role_command("press", settings.folder), hearing)

    clock = SystemClock()
    return PressLink(start, Snowflakes(clock, settings.desk), clock)


def house_of(settings: Settings, watch: Watch | None = None, *, alone: bool = False) -> OpenHouse:
    """Give what opens the book and everything behind it, with a warm press.

    `watch` begins with it: only now the folder's lock is held. `alone`: no desk will bring the key.
    """

    def open_it(announce: Announce) -> AbstractAsyncContextManager[Surface]:
        if watch is not None:
            watch.begin(safe=settings.safe)
        press = press_of(settings)
        press.warm()
        return open_house(settings, announce, press, alone=alone)

    return open_it


def settings_of(role: str, sentence: str, arguments: Sequence[str]) -> Settings:
    """Read flags and settings, and the passphrase from its descriptor when one is named."""
    parser = flags_of(role, sentence)
    parser.add_argument(
        "--passphrase-fd", type=int, help="open descriptor from which the passphrase is read"
    )
    if role == "serve":
        parser.add_argument(
            "--relay", metavar="HOST:PORT", help="listen here for platforms and carriers that call"
        )
    parser.add_argument("--safe", action="store_true", help="no sync, no timers, no printing")
    flags = parser.parse_args(arguments)
    settings = replace(begin(role, flags), safe=flags.safe)
    if getattr(flags, "relay", None):
        settings = replace(settings, relay=checked_address(flags.relay))
    if flags.passphrase_fd is not None:
        settings = replace(settings, passphrase=passphrase_from(flags.passphrase_fd))
    return settings


def main(arguments: Sequence[str]) -> int:
    """Serve the desk that started this process; give the exit code."""
    settings = settings_of("keeper", "The background service; the desk starts it.", arguments)
    watch = Watch(settings.folder, "keeper")
    code = serve_desk(settings.folder, house_of(settings, watch))
    watch.end(well=code in ORDERLY)
    return code
