"""A link can name an order or an exception, and nothing else, whoever wrote it."""

import configparser
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from app import __main__ as command
from app.compose import follow
from app.desk.first import is_wish
from app.process.deep_links import (
    DESKTOP_FILE,
    desktop_entry,
    link_command,
    register,
    unregister,
    windows_values,
)

PIECES = (
    *("waydesk://", "order/", "case/", "1", "99", "../", "..\\", "%2e", " ", '"', "'", "--data"),
    *("\x00", "\n", "\r", "；", "１", "٣", "&", "|", "`", "$(x)", ";", "raise", "\u202e", "é"),
    *("WAYDESK://", "waydesk:", "//", "/", "?x=1", "#y", "order", "-1", "0" * 20, "\\\\host\\s"),
)


@pytest.mark.req("F264")
def test_ten_thousand_odd_links_are_no_links(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(7)
    passed = 0
    for _ in range(10_000):
        start = chance.choice(("", "waydesk://order/", "waydesk://case/"))
        link = start + "".join(chance.choices(PIECES, k=chance.randint(1, 4)))
        good = is_wish(link) and link != "raise"
        if good:
            kind, _, number = link.removeprefix("waydesk://").partition("/")
            assert kind in {"order", "case"}
            assert number.isascii()
            assert number.isdecimal()
            assert len(number) <= 19
            passed += 1
        else:
            assert follow.main([link]) == follow.MISUSED
    assert passed > 10, "the fuzz must meet good ones too"
    capsys.readouterr()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["raise"],
        ["waydesk://order/1", "--data"],
        ["waydesk://order/1", "x"],
        ["--data", "x"],
        ["waydesk://order/1\n"],
        ["waydesk://order/" + "1" * 20],
        ["waydesk://settings/1"],
    ],
)
def test_nothing_behind_a_link_becomes_a_flag(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["link", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.req("F264")
@pytest.mark.skipif(shutil.which("sh") is None, reason="a desktop entry is Linux's")
def test_linux_finds_the_program_that_follows_links(tmp_path: Path) -> None:
    environment = {"XDG_DATA_HOME": str(tmp_path)}
    done = register(environment)
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(done.place, "utf-8")
    told = entry["Desktop Entry"]
    assert told["MimeType"] == "x-scheme-handler/waydesk;"
    assert told["Exec"].endswith('"link" %u')
    program = shutil.which("xdg-mime")
    if program is not None:
        asked = [program, "query", "default", "x-scheme-handler/waydesk"]
        said = subprocess.run(asked, capture_output=True, text=True, check=True)
        assert said.stdout.strip() == DESKTOP_FILE
    unregister(environment)
    unregister(environment)
    assert not Path(done.place).exists()


def test_the_registered_command_follows_a_link_and_refuses_the_rest(tmp_path: Path) -> None:
    odd = [*link_command(), "waydesk://order/1 --data /"]
    done = subprocess.run(odd, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == follow.MISUSED
    assert "no link" in done.stderr


def test_a_path_with_odd_signs_stays_one_word_of_the_entry() -> None:
    entry = desktop_entry(('/opt/my $HOME `x` "q" 100%/waydesk-desk', "link"))
    assert r'Exec="/opt/my \$HOME \`x\` \"q\" 100%%/waydesk-desk" "link" %u' in entry


def test_windows_keeps_the_link_as_one_argument_of_this_persons_own_keys() -> None:
    keys = windows_values((r"C:\Program Files\Waydesk\waydesk-desk.exe", "link"))
    assert keys[r"Software\Classes\waydesk"]["URL Protocol"] == ""
    said = keys[r"Software\Classes\waydesk\shell\open\command"][""]
    assert said == r'"C:\Program Files\Waydesk\waydesk-desk.exe" "link" "%1"'
