"""Before the day begins every shop's line is tried; who keeps the shop hears of it once (F064)."""

from dataclasses import dataclass

from app.keeper.room import Room
from app.keeper.sync_loop import Reading, SyncLoop
from app.keeper.writer import Turn
from app.operations import notices, sync_watch
from app.operations.sync_watch import Alarm
from app.store import sync_history
from app.store.seal import Row
from app.store.work import Work

AT = "05:00"
LINK = "probe"


@dataclass(frozen=True, slots=True)
class Probed:
    """How one shop's line answered: how long it took, and the code of what is wrong, or ""."""

    channel_id: int
    name: str
    took_ms: int
    code: str


@dataclass(frozen=True, slots=True)
class Probe:
    """Tries every shop that is read, one after the other."""

    room: Room
    shops: SyncLoop

    async def do(self) -> tuple[Probed, ...]:
        """Try all; the figures are kept, a failure is a case, and all failures are one mail."""
        found = tuple([await self._try(pk, one) for pk, one in self.shops.readings()])
        if found:
            await self.room.write(lambda work: self._keep(work, found), Turn.INTAKE)
        return found

    async def _try(self, pk: int, one: Reading) -> Probed:
        began = self.room.clock.mono()
        told = await one.outlet.channel.check()
        took = round(1000 * (self.room.clock.mono() - began))
        return Probed(pk, one.name, took, "" if told.ok else told.code)

    def _keep(self, work: Work, found: tuple[Probed, ...]) -> None:
        sync_history.put_samples(work, [_sample(one) for one in found])
        rules, failed = self.room.laws.now, [one for one in found if one.code]
        for one in found:
            if one.code:
                args: dict[str, str | int] = {"code": one.code, "ms": one.took_ms}
                alarm = Alarm(sync_watch.PROBE, one.channel_id, one.name, args)
                sync_watch.alarm(work, rules, alarm)
            else:
                sync_watch.settle(work, one.channel_id, sync_watch.PROBE)
        if failed:
            notices.put_probe(work, rules, [(one.name, one.code) for one in failed])
        work.tell("shops_probed", "channel", n=len(found), failed=len(failed))


def _sample(one: Probed) -> Row:
    return {
        "channel_id": one.channel_id,
        "link": LINK,
        "asked": 1,
        "failed": int(bool(one.code)),
        "answer_ms": one.took_ms,
    }
