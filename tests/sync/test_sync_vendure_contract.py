"""The sandbox keeps the promises that the live tests hold a real Vendure server to."""

import pytest

from tests.sync.vendure_contract import PROMISES, Promise
from tests.sync.vendure_world import SandboxKeeper, sandbox


@pytest.mark.parametrize("promise", PROMISES, ids=lambda each: each.__name__)
async def test_the_sandbox_and_the_connector_promise(promise: Promise, clock) -> None:
    await promise(SandboxKeeper(sandbox(clock), clock))
