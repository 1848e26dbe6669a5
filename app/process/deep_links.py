r"""Tells the operating system that `waydesk://` links are ours, for this person alone.

A link is handed to `waydesk link LINK`, which takes exactly one argument and no flag: whatever a
web page puts behind the scheme can name an order or an exception and nothing else.

- Windows: `HKEY_CURRENT_USER\Software\Classes\waydesk` ("Registering an Application to a URI
  Scheme", Microsoft Learn).
- Linux: a desktop entry with `x-scheme-handler/waydesk` (Desktop Entry Specification 1.5).
- macOS: `CFBundleURLTypes` in the program's Info.plist, which the build writes; nothing to do here.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.process.child import CONSOLE_PROGRAM, MAIN_FILE

SCHEME: Final = "waydesk"
DESKTOP_FILE: Final = "waydesk-links.desktop"
WINDOWED_PROGRAM: Final = "waydesk-desk"
WINDOWS_KEY: Final = rf"Software\Classes\{SCHEME}"
_QUOTED: Final = str.maketrans({'"': '\\"', "`": "\\`", "$": "\\$", "\\": "\\\\"})


@dataclass(frozen=True, slots=True)
class Registered:
    """What was written where; `by_build` when the system reads it from the program itself."""

    place: str
    by_build: bool = False


def link_command() -> tuple[str, ...]:
    """The program and the word that follow a link; the link itself comes behind them."""
    if getattr(sys, "frozen", False):
        here = Path(sys.executable)
        program = here.with_name(WINDOWED_PROGRAM + here.suffix)
        return (str(program if program.exists() else here.with_name(CONSOLE_PROGRAM)), "link")
    return (sys.executable, str(MAIN_FILE), "link")


def desktop_entry(command: Sequence[str]) -> str:
    """The desktop entry of Linux. `%u` is the link, as one argument."""
    words = " ".join(f'"{word.translate(_QUOTED).replace("%", "%%")}"' for word in command)
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=Waydesk\n"
        f"Exec={words} %u\n"
        "NoDisplay=true\n"
        "Terminal=false\n"
        "StartupNotify=false\n"
        f"MimeType=x-scheme-handler/{SCHEME};\n"
    )


def windows_values(command: Sequence[str]) -> dict[str, dict[str, str]]:
    """Registry keys below HKEY_CURRENT_USER, each with its values; "" is a key's own."""
    quoted = " ".join(f'"{word}"' for word in command)
    return {
        WINDOWS_KEY: {"": "URL:Waydesk", "URL Protocol": ""},
        rf"{WINDOWS_KEY}\shell\open\command": {"": f'{quoted} "%1"'},
    }


def register(environment: Mapping[str, str]) -> Registered:
    """Register the links for this person. Raises OSError when nothing can be written."""
    if sys.platform == "win32":
        _write_registry(windows_values(link_command()))
        return Registered(rf"HKEY_CURRENT_USER\{WINDOWS_KEY}")
    if sys.platform == "darwin":
        return Registered("Info.plist", by_build=True)
    folder = applications(environment)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / DESKTOP_FILE
    path.write_text(desktop_entry(link_command()), "utf-8")
    _tell_desktop(folder)
    return Registered(str(path))


def unregister(environment: Mapping[str, str]) -> None:
    """Take the registration away; one that is not there is no error."""
    if sys.platform == "win32":
        _drop_registry()
    else:
        (applications(environment) / DESKTOP_FILE).unlink(missing_ok=True)


def applications(environment: Mapping[str, str]) -> Path:
    """Where this person's own desktop entries lie (XDG base directories)."""
    data = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "applications"


def _tell_desktop(folder: Path) -> None:
    """Let the desktop know at once, where its tools are there; else it reads the entry itself."""
    asked = (
        ("xdg-mime", "default", DESKTOP_FILE, f"x-scheme-handler/{SCHEME}"),
        ("update-desktop-database", str(folder)),
    )
    for program, *arguments in asked:
        found = shutil.which(program)
        if found is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run(  # noqa: S603 - a fixed program, an argument list, no shell
                    [found, *arguments], check=False, timeout=20, capture_output=True
                )


if sys.platform == "win32":
    import winreg

    def _write_registry(keys: dict[str, dict[str, str]]) -> None:
        for name, values in keys.items():
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, name) as key:
                for value, text in values.items():
                    winreg.SetValueEx(key, value, 0, winreg.REG_SZ, text)

    def _drop_registry() -> None:
        for end in (r"\shell\open\command", r"\shell\open", r"\shell", ""):
            with contextlib.suppress(OSError):
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, WINDOWS_KEY + end)

else:

    def _write_registry(keys: dict[str, dict[str, str]]) -> None:
        raise OSError(f"{os.name} has no registry: {list(keys)}")

    def _drop_registry() -> None:
        raise OSError(f"{os.name} has no registry")
