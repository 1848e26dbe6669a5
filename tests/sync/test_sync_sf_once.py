"""A parcel gets exactly one waybill, however many answers are lost on the way."""

import asyncio
import os

import pytest

from sync.carriers.duplicate import AlreadyThere
from sync.errors import Ambiguous, Malformed, Throttled
from sync.waybill_records import NotFound, WaybillAnswer
from tests.sync.sf_world import SfWorld, ask_for, sf_world

PARCELS = int(os.environ.get("WAYDESK_FAULT_PARCELS", "1000"))
AMBIGUOUS = {
    "reset_after": 0.02,
    "cut": 0.02,
    "garbage": 0.02,
    "away_after": 0.01,
    "away_before": 0.01,
    "reset_before": 0.01,
    "unavailable": 0.01,
    "throttle": 0.02,
    "late": 0.005,
    "lands_late": 0.005,
}


async def tried(call):
    """The outcome of one call: a waybill, not found, or None for "unknown, ask again"."""
    try:
        return await call
    except (Ambiguous, Malformed, Throttled):
        return None


async def careful(world: SfWorld, reference: str) -> WaybillAnswer:
    """The reference driver: unknown is looked up; not found twice, apart, is sent again."""
    prepared = world.carrier.prepare(ask_for(reference))
    bought = await tried(world.carrier.create(reference, prepared))
    misses = 0
    while not isinstance(bought, WaybillAnswer):
        found = await tried(world.carrier.lookup(reference))
        if isinstance(found, WaybillAnswer):
            return found
        misses += isinstance(found, NotFound)
        world.clock.ms += world.carrier.caps.not_found_is_final_after_ms
        if misses >= 2:
            bought, misses = await tried(world.carrier.create(reference, prepared)), 0
    return bought


async def hasty(world: SfWorld, reference: str, generation: int = 1) -> WaybillAnswer:
    """What must not be done: a lost answer is taken for a no, and a new reference is used."""
    fresh = f"{reference}-{generation}"
    try:
        return await world.carrier.create(fresh, world.carrier.prepare(ask_for(fresh)))
    except (Ambiguous, Throttled):
        return await hasty(world, reference, generation + 1)


async def run(world: SfWorld, buy, parcels: int) -> dict[str, str]:
    gate = asyncio.Semaphore(8)

    async def one(reference: str) -> tuple[str, str]:
        async with gate:
            return reference, (await buy(world, reference)).waybill_no

    async with asyncio.TaskGroup() as group:
        bought = [group.create_task(one(f"WD1-{at}")) for at in range(parcels)]
    return dict(task.result() for task in bought)


def fast(rates):
    return sf_world(rates, read_s=1.0, per_second=None, per_day=None, skew_ms=None)


@pytest.mark.req("F183")
async def test_thousand_parcels_with_a_tenth_of_answers_lost_get_one_waybill_each():
    async with fast(AMBIGUOUS) as world:
        got = await run(world, careful, PARCELS)
        world.clock.ms += 60_000
        await tried(world.carrier.lookup("WD1-0"))  # whatever was stuck on the way lands now
        truth = world.sandbox.truth()
        assert truth["orders"] == truth["live"] == truth["numbers_given"] == PARCELS
        told = {name: one["waybill_nos"] for name, one in truth["by_reference"].items()}
        assert told == {name: [number] for name, number in got.items()}
        assert len(set(got.values())) == PARCELS
        assert sum(truth["faults"].values()) > PARCELS / 20
        assert set(truth["faults"]) == set(AMBIGUOUS)


async def test_truth_would_show_a_driver_that_buys_again():
    async with fast(AMBIGUOUS) as world:
        got = await run(world, hasty, 100)
        assert world.sandbox.truth()["live"] > len(got)


async def test_two_desks_buying_the_same_reference_get_the_same_waybill():
    async with fast({}) as world:
        prepared = world.carrier.prepare(ask_for("WD1-1-1"))
        outcomes = await asyncio.gather(
            *(world.carrier.create("WD1-1-1", prepared) for _ in range(5)), return_exceptions=True
        )
        bought = [one for one in outcomes if isinstance(one, WaybillAnswer)]
        assert len(bought) == 1
        assert sum(isinstance(one, AlreadyThere) for one in outcomes) == 4
