"""Amazon is told once to put notices of this seller's orders into the seller's queue.

A destination (the queue) belongs to the app, a subscription to the seller; each is made only where
it is not there yet, so that asking again changes nothing (Notifications API v1).
"""

import json
from collections.abc import Mapping
from typing import Any

from sync.channels.amazon_calls import (
    CREATE_DESTINATION,
    CREATE_SUBSCRIPTION,
    GET_DESTINATIONS,
    GET_SUBSCRIPTION,
    AmazonCalls,
)
from sync.channels.amazon_queue import TOPIC, Queue
from sync.errors import Malformed, PermissionMissing, Rejected, TokenExpired
from sync.ports import Message
from sync.reading import mapping, rows, text

_BASE = "/notifications/v1"
_VERSION = "1.0"


class Notices:
    """The notices about one seller, and the subscription that brings them."""

    def __init__(self, calls: AmazonCalls, queue: Queue, arn: str) -> None:
        """Take Amazon and the queue; the subscription is looked at with the first question."""
        self._calls, self._queue, self._arn = calls, queue, arn
        self._subscribed = False

    async def waiting(self) -> tuple[Message, ...]:
        """Some notices that were not let go; raises only sync.errors."""
        if not self._subscribed:
            await self._subscribe()
            self._subscribed = True
        return await self._queue.waiting()

    async def confirm(self, ids: tuple[str, ...]) -> None:
        """Let notices go; one that is gone already is no error."""
        await self._queue.confirm(ids)

    async def _subscribe(self) -> None:
        try:
            destination = await self._destination()
            standing = await self._standing()
            if not standing:
                asked = {"payloadVersion": _VERSION, "destinationId": destination}
                path = f"{_BASE}/subscriptions/{TOPIC}"
                body = json.dumps(asked).encode()
                told, _ = await self._calls.object(CREATE_SUBSCRIPTION, path, {}, body)
                standing = text(_payload(told).get("destinationId"))
        except (PermissionMissing, TokenExpired) as no:
            raise PermissionMissing("amazon_notices_denied", **no.details) from no
        if standing != destination:
            # Changing it would take the notices away from whoever reads them now.
            raise Rejected("amazon_other_queue")

    async def _destination(self) -> str:
        """The app's id for this queue; made where there is none."""
        told, _ = await self._calls.object(GET_DESTINATIONS, f"{_BASE}/destinations", {})
        for row in rows(told.get("payload")):
            if text(_resource(row).get("arn")) == self._arn:
                return _named(row, "destinationId")
        name = f"Waydesk {self._arn.rsplit(':', 1)[-1]}"[:256]
        asked = {"resourceSpecification": {"sqs": {"arn": self._arn}}, "name": name}
        body = json.dumps(asked).encode()
        told, _ = await self._calls.object(CREATE_DESTINATION, f"{_BASE}/destinations", {}, body)
        return _named(_payload(told), "destinationId")

    async def _standing(self) -> str:
        """The destination this seller's notices go to now; "" for none."""
        path = f"{_BASE}/subscriptions/{TOPIC}"
        try:
            told, _ = await self._calls.object(GET_SUBSCRIPTION, path, {"payloadVersion": _VERSION})
        except Rejected as no:
            if no.details.get("status") != 404:
                raise
            return ""
        return _named(_payload(told), "destinationId")


def _payload(told: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(told.get("payload"))


def _resource(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(mapping(row.get("resource")).get("sqs"))


def _named(row: Mapping[str, Any], name: str) -> str:
    found = text(row.get(name))
    if not found:
        raise Malformed("amazon_odd_answer", operation=name)
    return found
