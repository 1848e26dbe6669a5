"""Orders the platform has no more: deleted there, and listed nowhere as such."""

from collections.abc import Iterable

from app.domain.states import OrderState
from app.operations import intake_follow
from app.operations.intake import ground_of
from app.operations.intake_read import Claim
from app.operations.intake_states import GONE, OVER
from app.rulebook import Rulebook
from app.store import events, intake_rows
from app.store.work import Work


def void_deleted(work: Work, rules: Rulebook, channel_id: int, gone: Iterable[str]) -> int:
    """Cancel what was deleted on the platform, as its bin does elsewhere; how many were.

    Its stock is free again; where a label was made, the order stands still with a case. What has
    left the house, or is over already, stays as it is.
    """
    ground = ground_of(work, rules, channel_id)
    voided = 0
    for row in intake_rows.known_orders(work, channel_id, sorted(gone)).values():
        if OrderState(row["state"]) in GONE | OVER:
            continue
        platform = ground.shop.platform
        events.note(work, row["id"], "deleted_on_platform", "bad", platform=platform)
        intake_follow.follow(work, ground, row["id"], Claim(OrderState.CANCELLED))
        work.tell("deleted_on_platform", "order", row["id"], external_id=row["external_id"])
        voided += 1
    return voided
