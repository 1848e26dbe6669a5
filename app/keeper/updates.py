"""Looks once a day for a signed notice of a new version. It tells; it never fetches a program.

What was believed last (root, versions, the highest release) stands in the book, so that neither
an old server nor a restarted keeper can go back behind it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.domain import signed_notice
from app.domain.signed_notice import (
    MOST_ROOTS,
    ROOT_BYTES,
    TIMESTAMP_BYTES,
    Notice,
    Root,
    UpdateRefused,
)
from app.keeper.room import Room
from app.store import settings
from app.store.tables_record import setting
from app.store.work import Work

KEY = "update"
Fetch = Callable[[str, int], Awaitable[bytes | None]]
"""Reads one file of at most so many bytes; None when there is none. Raises UpdateRefused."""


class Believed(msgspec.Struct, frozen=True):
    """What stands in the book of the last looks.

    Attributes:
        root: the newest root's own text; "" for the shipped one.
        timestamp, targets: the highest versions believed.
        highest: the highest release told of.
        changes: of that release, by language.
        looked_at: UTC ms; ``code`` is ok or why the last look was refused.
    """

    root: str = ""
    timestamp: int = 0
    targets: int = 0
    highest: str = ""
    changes: dict[str, tuple[str, ...]] = {}
    looked_at: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Updates:
    """Looks for news at the address of the settings; an empty one means nobody is asked.

    Attributes:
        shipped: the file of the root this program was built with.
    """

    room: Room
    fetch: Fetch
    shipped: Path

    async def look(self) -> None:
        """Look once, and write down what was believed or refused.

        Raises UpdateRefused when something there is not to be believed.
        """
        url = self.room.laws.now.policy.update_url.rstrip("/")
        if not url:
            return
        before = await self.room.write(believed)
        try:
            after = await self._look(url, before)
        except UpdateRefused as no:
            await self._keep(before, str(no.details.get("why", "?")))
            raise
        await self._keep(after, "ok")

    async def _look(self, url: str, before: Believed) -> Believed:
        now = self.room.clock.now()
        root = await self._root(url, before)
        signed_notice.check_fresh(root, now)
        text = await self._file(f"{url}/timestamp.json", TIMESTAMP_BYTES)
        pointer = signed_notice.read_timestamp(text, root, now, before.timestamp)
        text = await self._file(f"{url}/targets.json", pointer.length)
        notice = signed_notice.read_targets(text, root, pointer, now, before.targets)
        _refuse_downgrade(before, notice)
        return Believed(
            root.text.decode(),
            pointer.version,
            notice.targets_version,
            notice.release,
            dict(notice.changes),
        )

    async def _root(self, url: str, before: Believed) -> Root:
        """The root in force: the shipped or the last believed one, and what follows it."""
        if before.root:
            root = signed_notice.read_root(before.root.encode())
        elif self.shipped.is_file():
            root = signed_notice.read_root(self.shipped.read_bytes())
        else:
            raise UpdateRefused(why="no_root")
        for _ in range(MOST_ROOTS):
            text = await self.fetch(f"{url}/{root.version + 1}.root.json", ROOT_BYTES)
            if text is None:
                return root
            root = signed_notice.read_root(text, root)
        raise UpdateRefused(why="too_long")

    async def _file(self, url: str, limit: int) -> bytes:
        text = await self.fetch(url, limit)
        if text is None:
            raise UpdateRefused(why="absent")
        if len(text) > limit:
            raise UpdateRefused(why="too_long")
        return text

    async def _keep(self, found: Believed, code: str) -> None:
        def act(work: Work) -> None:
            value = msgspec.structs.replace(found, looked_at=work.now, code=code)
            settings.put(work, KEY, value)
            work.mark("update")
            work.tell("update_looked", "setting", 0, code=code, release=found.highest)

        await self.room.write(act)


def believed(work: Work) -> Believed:
    """What was believed last."""
    row = work.find(setting, KEY)
    return msgspec.json.decode(row["value_json"], type=Believed) if row is not None else Believed()


def _refuse_downgrade(before: Believed, notice: Notice) -> None:
    if before.highest:
        known = signed_notice.release_of(before.highest)
        if signed_notice.release_of(notice.release) < known:
            raise UpdateRefused(why="downgrade")
