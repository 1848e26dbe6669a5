"""The editable table of foreign words (F009): seeded from the rulebook, then the shop's own."""

from sqlalchemy import select

from app.domain.states import Machine
from app.domain.status import Mapped, StatusMap
from app.store.tables_record import status_map
from app.store.work import Work


def load(work: Work, platform: str) -> StatusMap:
    """What a platform's words mean in this shop now, each row's seal checked."""
    query = select(status_map).where(status_map.c.platform == platform)
    rows = [work.checked(status_map, row) for row in work.rows(query)]
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


def put(work: Work, word: Mapped) -> None:
    """Say what a word means, in place of what was said before."""
    query = select(status_map).where(
        status_map.c.platform == word.platform,
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
        work.insert(status_map, {"id": work.ids.next(), **keys, **values})
    work.mark("mapping")
