"""`waydesk serve`: the background service without a window, for a server or the back room.

With `--relay` it also listens for platforms and carriers that call (docs/handbook/push.md).
"""

import sys
from collections.abc import Sequence

from app.compose.house import PATHS_FILE
from app.compose.keeper import ORDERLY, house_of, settings_of
from app.compose.watch import Watch
from app.config import Settings
from app.keeper.life import serve_alone
from app.process.errors import as_error

SENTENCE = "The background service without a window; it ends with Ctrl-C or SIGTERM."


def main(arguments: Sequence[str]) -> int:
    """Serve until told to end; give the exit code."""
    settings = settings_of("serve", SENTENCE, arguments)
    _greet(settings)
    watch = Watch(settings.folder, "keeper")
    ending = serve_alone(settings.folder, house_of(settings, watch, alone=True))
    watch.end(well=ending.code in ORDERLY)
    if ending.code:
        raise as_error(ending.word.code, ending.word.args, fault=ending.word.fault)
    return ending.code


def _greet(settings: Settings) -> None:
    if settings.relay:
        where = settings.folder / PATHS_FILE
        sys.stdout.write(f"Listening on {settings.relay}; whose path is which: {where}\n")
        sys.stdout.flush()
