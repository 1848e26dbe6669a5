"""Every verb of the shop, from every file that has some: what the door lets in."""

from app.operations import (
    addresses,
    allocation,
    channels,
    effects,
    exceptions,
    exports,
    import_orders,
    laws,
    mapping,
    orders,
    people,
    prints,
    record,
    retake,
    shipping,
    stock,
    tracking,
    waybills,
)
from app.operations.verbs import Verb

VERBS: tuple[Verb, ...] = (
    *people.VERBS,
    *orders.VERBS,
    *addresses.VERBS,
    *allocation.VERBS,
    *stock.VERBS,
    *waybills.VERBS,
    *prints.VERBS,
    *shipping.VERBS,
    *tracking.VERBS,
    *effects.VERBS,
    *exceptions.VERBS,
    *record.VERBS,
    *exports.VERBS,
    *laws.VERBS,
    *channels.VERBS,
    *mapping.VERBS,
    *import_orders.VERBS,
    *retake.VERBS,
)
