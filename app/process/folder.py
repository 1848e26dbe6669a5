"""The data folder: where it stands by default, and where it must not stand.

A database in a folder that a network or a synchronising program shares can be changed by two
computers at once, and its locks do not hold there. Such folders are refused, with the reason.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Final

import platformdirs

from app.process.errors import FolderRefused, FolderUnusable

NETWORK_KINDS: Final = frozenset(
    (
        *("9p", "afpfs", "afs", "ceph", "cifs", "davfs", "davfs2", "glusterfs", "lustre"),
        *("ncpfs", "nfs", "nfs3", "nfs4", "smb2", "smb3", "smbfs", "vboxsf", "webdav", "remote"),
        *("fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
    )
)
"""File systems that are another computer's, by the names the operating systems give them."""

SYNCED_PARTS: Final = (
    "onedrive",
    "dropbox",
    "google drive",
    "googledrive",
    "my drive",
    "icloud drive",
    "iclouddrive",
    "mobile documents",
    "cloudstorage",
    "nextcloud",
    "owncloud",
    "pcloud",
    "baidusyncdisk",
    "baidunetdiskworkspace",
    "wpsdrive",
    "wps云盘",
    "nutstore",
    "坚果云",
    "百度网盘同步",
)
"""How folders begin that a program copies to other computers, in small letters."""

SYNCED_MARKS: Final = (".stfolder", ".dropbox", ".nutstore", ".sync_folder")
"""Files by which such programs mark a folder as theirs."""

FileSystem = Callable[[Path], str]


def default_folder() -> Path:
    """Give the data folder of this operating-system user."""
    return Path(platformdirs.user_data_dir("Waydesk", appauthor=False))


def open_folder(folder: Path, file_system: "FileSystem | None" = None) -> Path:
    """Make the folder if need be, readable by this user alone, and give its full path.

    Raises FolderRefused on a network share or in a synchronised folder, FolderUnusable when it
    cannot be made or written to.
    """
    place = folder.expanduser().absolute()
    _refuse_synced(place)
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = place.resolve()
        _refuse_synced(place)
        kind = (file_system or file_system_of)(place)
        writable = os.access(place, os.W_OK | os.X_OK)
    except OSError as problem:
        raise FolderUnusable(folder=str(place), why=problem.strerror or "?") from problem
    if kind.lower() in NETWORK_KINDS:
        raise FolderRefused(folder=str(place), why="network", what=kind)
    if not writable:
        raise FolderUnusable(folder=str(place), why="not writable")
    return place


def _refuse_synced(place: Path) -> None:
    for part in place.parts:
        if part.lower().startswith(SYNCED_PARTS):
            raise FolderRefused(folder=str(place), why="synced", what=part)
    for above in (place, *place.parents):
        for mark in SYNCED_MARKS:
            if above != Path.home() and (above / mark).exists():
                raise FolderRefused(folder=str(place), why="synced", what=str(above / mark))


def file_system_of(place: Path) -> str:
    """Name the file system a folder stands on; "" when the system does not say."""
    if sys.platform == "win32":
        return _windows_kind(place)
    if sys.platform == "darwin":
        listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False)
        return _nearest(place, _mac_mounts(listed.stdout))
    try:
        table = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return _nearest(place, linux_mounts(table))


def linux_mounts(table: str) -> dict[str, str]:
    """Read /proc/self/mountinfo: mount point to kind; spaces in it are written as octal codes."""
    mounts = {}
    for row in table.splitlines():
        left, _, right = row.partition(" - ")
        point = left.split()[4].encode().decode("unicode_escape").encode("latin-1").decode()
        mounts[point] = right.split()[0]
    return mounts


def _mac_mounts(listing: str) -> dict[str, str]:
    """Read the rows of mount(8): `//who@server/share on /Volumes/share (smbfs, …)`."""
    mounts = {}
    for row in listing.splitlines():
        point, _, kinds = row.partition(" on ")[2].rpartition(" (")
        mounts[point] = kinds.split(",")[0].rstrip(")")
    return mounts


def _nearest(place: PurePath, mounts: dict[str, str]) -> str:
    for above in (place, *place.parents):
        if str(above) in mounts:
            return mounts[str(above)]
    return ""


def _windows_kind(place: Path) -> str:
    """A drive letter of another computer, or a path that names one, is `remote`."""
    if place.drive.startswith("\\\\"):
        return "remote"
    windll = getattr(ctypes, "windll")  # noqa: B009 - exists on Windows alone
    drive_remote = 4
    return "remote" if windll.kernel32.GetDriveTypeW(place.anchor) == drive_remote else "local"
