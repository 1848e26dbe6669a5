"""Every name we ask Taobao with or for stands in the platform's own lists."""

import pytest

from sync.channels import (
    taobao_ids,
    taobao_refunds,
    taobao_ship,
    taobao_trades,
    taobao_write,
)
from sync.gateways import taobao_access
from sync.gateways.taobao_calls import Method
from sync.sandbox.taobao_gate import PARAMETERS as IN_SANDBOX
from tests.sync import taobao_names as names

MODULES = (taobao_access, taobao_ids, taobao_refunds, taobao_ship, taobao_trades, taobao_write)


def methods() -> list[Method]:
    found = [each for m in MODULES for each in vars(m).values() if isinstance(each, Method)]
    return list({each.name: each for each in found}.values())


def known(blob: str) -> set[str]:
    return set(blob.split())


def test_every_field_of_a_trade_we_ask_for_is_one_the_platform_tells() -> None:
    asked = {*taobao_trades.TRADE, *taobao_trades.RECEIVER}
    assert asked - known(names.TRADE) == set()
    assert set(taobao_trades.ORDER) - known(names.ORDER) == set()
    assert set(taobao_trades.REFUND) - known(names.REFUND) == set()
    assert set(taobao_trades.LISTED) - known(names.LISTED) == set()


def test_the_five_fields_without_which_no_oaid_comes_are_asked_for_beside_it() -> None:
    five = {"receiver_name", "receiver_address", "created", "receiver_mobile", "receiver_phone"}
    assert five | {"oaid"} <= set(taobao_trades.RECEIVER)


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.name)
def test_every_method_we_call_is_in_the_sandbox_and_on_the_platform(method) -> None:
    assert method.name in IN_SANDBOX
    assert method.name in names.PARAMETERS or method.name == "taobao.top.auth.token.refresh"


@pytest.mark.parametrize("name", sorted(IN_SANDBOX.keys() & names.PARAMETERS.keys()))
def test_the_sandbox_takes_the_parameters_the_platform_takes(name) -> None:
    """It refuses any other, so that what the connector sends is held against the same list."""
    for ours, theirs in zip(IN_SANDBOX[name], names.PARAMETERS[name], strict=True):
        assert known(ours) == known(theirs)
