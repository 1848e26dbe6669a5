"""The editable table of foreign words (F009): seeded from the rulebook, then the shop's own."""

from sqlalchemy import select

from app.domain.states import Machine
from app.domain.status import Mapped, StatusMap
from app.store.tables_record import status_map
from app.store.work import Work


def load(work: Work, platform: str, channel_id: int = 0) -> StatusMap:
    """What a platform's words mean now, each row's seal checked.

    A word that ``channel_id`` has a meaning of its own for has that one there.
    """
    query = select(status_map).where(
        status_map.c.platform == platform, status_map.c.channel_id.in_((0, channel_id))
    )
    found = work.rows(query.order_by(status_map.c.channel_id != 0, status_map.c.id))
    rows = [work.checked(status_map, row) for row in found]
    return StatusMap().with_rows(
        Mapped(platform, Machine(row["machine"]), row["raw"], row["status"], row["sentence"])
        for row in rows
    )


def seed(work: Work, shipped: StatusMap, platform: str, lang: str) -> StatusMap:
    """Add the words this Waydesk ships that the shop has no row for; the shop's rows stay."""
    mine = load(work, platform)
    new = [
        word
        for key, word in shipped.rows.items()
        if word.platform == platform and key not in mine.rows
    ]
    work.insert(
        status_map,
        *(
            {
                "id": work.ids.next(),
                "platform": platform,
                "machine": word.machine.value,
                "raw": word.raw,
                "status": word.to,
                "sentence": word.zh if lang == "zh" else word.en,
            }
            for word in new
        ),
    )
    return mine.with_rows(new)


def put(work: Work, word: Mapped, channel_id: int = 0) -> None:
    """Say what a word means, in one shop or (0) in all of its platform, in place of what stood."""
    query = select(status_map).where(
        status_map.c.platform == word.platform,
        status_map.c.channel_id == channel_id,
        status_map.c.machine == word.machine.value,
        status_map.c.raw == word.raw,
    )
    values = {"status": word.to, "sentence": word.en}
    found = work.rows(query)
    if found:
        row = work.checked(status_map, found[0])
        work.update(status_map, row["id"], row["version"], **values)
    else:
        keys = {"platform": word.platform, "machine": word.machine.value, "raw": word.raw}
        place = {"id": work.ids.next(), "channel_id": channel_id}
        work.insert(status_map, {**place, **keys, **values})
    work.mark("mapping")
