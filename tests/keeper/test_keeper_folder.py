"""What the shop is promised of its data folder, its settings and its locks."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import Settings, read_settings
from app.domain.errors import RuleRefused
from app.process.errors import FolderRefused, FolderUnusable
from app.process.folder import file_system_of, linux_mounts, open_folder
from app.process.locks import try_lock, wait_lock
from tests.keeper.processes import program


def local(place: Path) -> str:
    return "ext4"


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "fuse.sshfs", "remote", "SMB3"])
def test_a_folder_of_another_computer_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(FolderRefused) as refused:
        open_folder(tmp_path / "data", lambda _: kind)
    assert (refused.value.details["why"], refused.value.details["what"]) == ("network", kind)


@pytest.mark.parametrize(
    "part",
    ["OneDrive", "OneDrive - Shop GmbH", "Dropbox (Shop)", "坚果云", "CloudStorage", "WPS云盘"],
)
def test_a_synchronised_folder_is_refused_before_anything_is_made_there(
    tmp_path: Path, part: str
) -> None:
    place = tmp_path / part / "Waydesk"
    with pytest.raises(FolderRefused) as refused:
        open_folder(place, local)
    assert refused.value.details["why"] == "synced"
    assert not place.parent.exists()


def test_a_folder_marked_by_a_synchronising_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".stfolder").mkdir()
    with pytest.raises(FolderRefused):
        open_folder(tmp_path / "deep" / "data", local)


def test_a_link_into_a_synchronised_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Dropbox" / "data").mkdir(parents=True)
    (tmp_path / "data").symlink_to(tmp_path / "Dropbox" / "data")
    with pytest.raises(FolderRefused):
        open_folder(tmp_path / "data", local)


def test_the_folder_is_made_for_this_user_alone(tmp_path: Path) -> None:
    place = open_folder(tmp_path / "new" / "data", local)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FolderUnusable):
        open_folder(tmp_path / "file" / "data", local)


def test_the_mount_table_is_read_with_its_escapes_and_the_nearest_mount_decides() -> None:
    table = (
        "22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "40 22 0:45 / /mnt/the\\040share rw - cifs //nas/share rw\n"
    )
    assert linux_mounts(table) == {"/": "ext4", "/mnt/the share": "cifs"}


@pytest.mark.skipif(sys.platform != "linux", reason="the mount table is Linux's")
def test_the_file_system_of_this_computer_is_named() -> None:
    assert file_system_of(Path("/proc")) == "proc"


def test_settings_stay_and_a_flag_wins_for_one_run(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {}) == Settings(tmp_path)
    (tmp_path / "settings.toml").write_text('language = "zh"\ntheme = "dark"\ndesk = 7\n')
    settings = read_settings(tmp_path, {"theme": "light"})
    assert (settings.language, settings.theme, settings.desk) == ("zh", "light", 7)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('langauge = "zh"', "langauge"),
        ('theme = "pink"', "theme"),
        ("desk = 1024", "desk"),
        ("desk = true", "desk"),
        ("desk = [1]", "desk"),
        ('theme = ["dark"]', "theme"),
        ('book = "mysql://shop"', "book"),
        ("= broken", ""),
    ],
)
def test_a_setting_that_is_not_understood_stops_the_start_by_name(
    tmp_path: Path, text: str, row: str
) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(RuleRefused) as refused:
        read_settings(tmp_path, {})
    assert refused.value.details["row"] == row


def test_settings_never_show_the_passphrase_or_the_address_of_the_book(tmp_path: Path) -> None:
    settings = Settings(tmp_path, book="postgresql://w:pw1@h/b", passphrase="pw2")
    assert "pw" not in repr(settings)


def test_a_lock_is_held_by_one_and_waited_for(tmp_path: Path) -> None:
    lock = tmp_path / "desk.lock"
    first = try_lock(lock)
    assert first is not None
    naps: list[float] = []
    assert wait_lock(lock, 0.2, naps.append) is None
    assert len(naps) == 4

    def free(seconds: float) -> None:
        first.release()

    second = wait_lock(lock, 5.0, free)
    assert second is not None
    second.release()
    second.release()


def test_a_lock_ends_with_a_killed_holder_and_its_file_means_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "keeper.lock"
    holder = subprocess.Popen(
        program("tests.keeper.lock_holder", str(lock)), stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    assert try_lock(lock) is None
    holder.kill()
    holder.wait()
    holder.stdout.close()
    held = try_lock(lock)
    assert held is not None
    assert lock.exists()
    held.release()


def test_a_child_does_not_inherit_the_lock(tmp_path: Path) -> None:
    held = try_lock(tmp_path / "keeper.lock")
    assert held is not None
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        held.release()
        again = try_lock(tmp_path / "keeper.lock")
        assert again is not None
        again.release()
    finally:
        child.communicate(b"\n")
    assert (tmp_path / "keeper.lock").exists()
