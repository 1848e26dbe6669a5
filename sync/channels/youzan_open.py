"""Receivers that Youzan sealed, opened by Youzan for the shop that ships to them.

youzan.cloud.secret.decrypt.single 1.0.0: `source` is one sealed word, the answer's `data` what it
stands for; the app needs the right, with the token of the shop it was sealed for, and each call is
billed (doc.youzanyun.com, the guide on encrypted personal data; parameter names as public code
sends them). So it is done only where the shop said so, and once for each word.
"""

from dataclasses import replace
from functools import partial

from sync.batches import Remembered
from sync.channels.youzan_calls import Interface, YouzanCalls
from sync.channels.youzan_read import PLACES
from sync.errors import Malformed, PermissionMissing, Rejected
from sync.json_text import read_json
from sync.reading import mapping, text
from sync.records import OrderRecord, Problem

OPEN = Interface("youzan.cloud.secret.decrypt.single", "1.0.0", bare=True)
_KEPT = 20_000


class ReceiverOpener:
    """Opens what is sealed in an order's receiver."""

    def __init__(self, calls: YouzanCalls) -> None:
        """Take the shop's calls; nothing is sent yet."""
        self._calls = calls
        self._known = Remembered[str, str](_KEPT)

    async def opened(self, record: OrderRecord) -> OrderRecord:
        """The order with its receiver in clear; sealed as it was, with a problem, where refused.

        Raises:
            SyncError: Youzan cannot be asked now; the order is to be read once more.
        """
        if not record.receiver.cipher:
            return record
        sealed = mapping(read_json(record.receiver.cipher.encode()))
        try:
            clear = {
                ours: await self._known.ask(words, partial(self._open, words))
                for ours, theirs in PLACES.items()
                if (words := text(sealed.get(theirs)))
            }
        except (PermissionMissing, Rejected) as no:
            problem = Problem("unreadable", "receiver", getattr(no, "foreign_code", "") or no.code)
            return replace(record, problems=(*record.problems, problem))
        receiver = replace(record.receiver, cipher="", **clear)
        return replace(record, receiver=receiver, opened=True)

    async def _open(self, words: str) -> str:
        told = await self._calls.ask(OPEN, {"source": words})
        answer = text(told.data.get("text"))
        if not answer or answer == words:
            raise Malformed("youzan_odd_answer", interface=OPEN.name)
        return answer
