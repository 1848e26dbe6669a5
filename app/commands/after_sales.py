"""What is asked of after-sales: the seller's answer to a buyer who wants something back."""

import msgspec


class AnswerAfterSale(msgspec.Struct, frozen=True, tag="answer_after_sale"):
    """Agree, so that the money goes back, or refuse, with a reason the buyer reads.

    ``answer`` is agree or refuse; ``told_version`` names the state the person saw: one that moved
    since is not answered. What was answered cannot be taken back.
    """

    after_sale_id: int
    answer: str
    told_version: str
    reason: str
