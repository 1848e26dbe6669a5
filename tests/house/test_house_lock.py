"""The locks install the same Waydesk everywhere: exact, checked by hash, from any index."""

import re
import tomllib

import pytest

from tests.house.sources import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-freeze.lock")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; (.+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
SYSTEMS = {"linux", "win32"}


def read_pins(text: str) -> dict[str, tuple[str, int, str]]:
    """Name → (version, number of hashed files, marker); refuses any line of another kind."""
    pins: dict[str, tuple[str, int, str]] = {}
    name = ""
    for line in text.splitlines():
        if found := PIN.match(line):
            name = plain(found[1])
            pins[name] = (found[2], 0, found[3] or "")
        elif HASH.match(line):
            version, hashes, marker = pins[name]
            pins[name] = (version, hashes + 1, marker)
        else:
            raise ValueError(line)
    return pins


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(groups: tuple[str, ...] = ()) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    rows = list(project["project"]["dependencies"])
    for group in groups:
        for row in project["dependency-groups"][group]:
            if isinstance(row, str):
                rows.append(row)
    return {plain(re.split(r"[\[<>=!~; ]", row)[0]) for row in rows}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_version_or_a_hash_and_no_host_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    pins = read_pins(text)
    assert [name for name, (_, hashes, _) in pins.items() if not hashes] == []


def test_the_locks_agree_and_hold_what_the_project_asks_for() -> None:
    run, dev, freeze = (read_pins((ROOT / lock).read_text("utf-8")) for lock in LOCKS)
    assert wanted() <= run.keys()
    assert wanted(("test", "check", "dev")) <= dev.keys()
    assert wanted(("freeze",)) <= freeze.keys()
    for name, (version, _, _) in run.items():
        assert dev[name][0] == version
        assert freeze[name][0] == version


def test_the_locks_serve_every_system_and_python() -> None:
    dev = read_pins((ROOT / "requirements-dev.lock").read_text("utf-8"))
    markers = " ".join(marker for _, _, marker in dev.values())
    assert all(f"sys_platform == '{system}'" in markers for system in SYSTEMS)
    assert "python_full_version < '3.12'" in markers
    # Qt comes once for each of Windows, Windows on ARM, macOS, Linux and Linux on ARM.
    assert dev["pyside6-essentials"][1] >= 5


def test_the_qt_that_eats_none_is_locked_out() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    qt = next(row for row in project["project"]["dependencies"] if row.startswith("PySide6"))
    assert "!=6.12.0" in qt


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.org/simple",
        "httpx==0.28.1",
        "httpx>=0.28 \\",
        "httpx @ file:///wheels/httpx.whl \\",
        "    --hash=md5:0000",
    ],
)
def test_planted_lines_of_another_kind_are_refused(line: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_pins(line)
