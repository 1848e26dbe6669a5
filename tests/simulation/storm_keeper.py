"""The real keeper of a shop whose passphrase the test knows, so that it opens again by itself."""

import sys
from dataclasses import replace

from app.compose.keeper import house_of, settings_of
from app.compose.watch import Watch
from app.keeper.life import serve_desk

WORDS = "a long passphrase of the storm"


def main() -> int:
    settings = settings_of("keeper", "A keeper to be killed.", ["--data", sys.argv[1]])
    settings = replace(settings, passphrase=WORDS)
    watch = Watch(settings.folder, "keeper")
    code = serve_desk(settings.folder, house_of(settings, watch))
    watch.end(well=code == 0)
    return code


if __name__ == "__main__":
    sys.exit(main())
