"""`waydesk keeper`: the only process that writes. The desk starts it; here it is put together."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from app.compose.clock import Snowflakes, SystemClock
from app.compose.house import open_house
from app.compose.start import begin, flags_of
from app.config import Settings
from app.keeper.life import Announce, OpenHouse, serve_desk
from app.keeper.press_link import PressLink
from app.keeper.server import Surface
from app.process.child import Child, Hearing, role_command
from app.store.vault import passphrase_from


def press_of(settings: Settings) -> PressLink:
    """Give the press of this folder; it starts with its first job or when warmed."""

    def start(hearing: Hearing) -> Child:
        return Child(role_command("press", settings.folder), hearing)

    clock = SystemClock()
    return PressLink(start, Snowflakes(clock, settings.desk), clock)


def house_of(settings: Settings) -> OpenHouse:
    """Give what opens the book and everything behind it, with a warm press."""

    def open_it(announce: Announce) -> AbstractAsyncContextManager[Surface]:
        press = press_of(settings)
        press.warm()
        return open_house(settings, announce, press)

    return open_it


def settings_of(role: str, sentence: str, arguments: Sequence[str]) -> Settings:
    """Read flags and settings, and the passphrase from its descriptor when one is named."""
    parser = flags_of(role, sentence)
    parser.add_argument(
        "--passphrase-fd", type=int, help="open descriptor from which the passphrase is read"
    )
    flags = parser.parse_args(arguments)
    settings = begin(role, flags)
    if flags.passphrase_fd is not None:
        settings = replace(settings, passphrase=passphrase_from(flags.passphrase_fd))
    return settings


def main(arguments: Sequence[str]) -> int:
    """Serve the desk that started this process; give the exit code."""
    settings = settings_of("keeper", "The background service; the desk starts it.", arguments)
    return serve_desk(settings.folder, house_of(settings))
