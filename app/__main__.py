"""The `waydesk` command: finds the part asked for and imports that one alone."""

import importlib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

PARTS = {
    "desk": ("app.compose.desk", "the window (also without any word)"),
    "keeper": ("app.compose.keeper", "the background service; the desk starts it itself"),
    "serve": ("app.compose.serve", "the background service without a window, for a server"),
    "press": ("app.compose.press", "the label painter; the background service starts it itself"),
    "demo": ("app.compose.demo", "a shop's whole job on this computer, with made-up orders"),
    "demo-day": ("app.compose.demo_day", "the demo's day; the demo starts it itself"),
    "pictures": ("app.compose.pictures", "draw the screens of a data folder, without a display"),
    "setup": ("app.compose.setup", "set a shop up on the terminal"),
    "channels": ("app.compose.channels", "list what can be connected and what each can do"),
    "import": ("app.compose.import_orders", "take a file of orders in"),
    "backup": ("app.compose.backup", "make a verified backup"),
    "restore": ("app.compose.restore", "bring a backup back"),
    "diagnostics": ("app.compose.diagnostics", "gather what whoever mends Waydesk needs"),
    "register-links": ("app.compose.register_links", "let waydesk:// links open in Waydesk"),
    "link": ("app.compose.follow", "follow a link; the operating system starts it"),
    "doctor": ("app.compose.doctor", "look the computer and the data over"),
    "audit": ("app.compose.audit", "verify: name what was changed behind Waydesk's back"),
}
"""Word: the module whose `main(arguments) -> int` does it, and a sentence. A new part is a row."""

DEEP_LINK = re.compile(r"waydesk://(order|case)/[0-9]{1,19}")
"""What another program may ask Waydesk to show. It only ever navigates."""

MISUSED = 2

Part = Callable[[Sequence[str]], int]
Guard = Callable[[Part, str, Sequence[str]], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one part of Waydesk; give the exit code: 0 done, 1 our fault, 2 misused, 3 refused."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] in (["-h"], ["--help"]):
        sys.stdout.write(_usage())
        return 0
    if not words or words[0].startswith("-") or DEEP_LINK.fullmatch(words[0]):
        words.insert(0, "desk")
    if words[0] not in PARTS:
        sys.stderr.write(f"waydesk: there is no part “{words[0]}”\n{_usage()}")
        return MISUSED
    guard = cast("Guard", importlib.import_module("app.compose.last_word").run)
    return guard(_late(PARTS[words[0]][0]), words[0], words[1:])


def _late(module: str) -> Part:
    """Import a part only when it runs, inside the guard that can say what went wrong."""

    def run(arguments: Sequence[str]) -> int:
        return cast("Part", importlib.import_module(module).main)(arguments)

    return run


def _usage() -> str:
    rows = "".join(f"  {word:<14} {sentence}\n" for word, (_, sentence) in PARTS.items())
    return f"usage: waydesk [PART] [flags]\n\n{rows}\n“waydesk PART --help” tells its flags.\n"


if __name__ == "__main__":
    # Started as a file, Python looks for packages beside this file; ours is one folder above it.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    sys.exit(main())
