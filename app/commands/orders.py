"""What is asked of orders: hold, cancel, change, remark; and of the shop's rules about them."""

import msgspec


class HoldOrder(msgspec.Struct, frozen=True, tag="hold_order"):
    """Stop an order here until somebody lets it go on (挂起)."""

    order_id: int
    reason: str = ""


class ReleaseOrder(msgspec.Struct, frozen=True, tag="release_order"):
    """Let a held or locked order go on."""

    order_id: int
    reason: str = ""


class CancelOrder(msgspec.Struct, frozen=True, tag="cancel_order"):
    """Cancel a whole order and give its stock back in the same transaction (F190)."""

    order_id: int
    reason: str


class CancelLines(msgspec.Struct, frozen=True, tag="cancel_lines"):
    """Cancel part of an order; only those lines' reservations go back (F192).

    ``lines`` holds (line id, quantity, lock id): a wrong or spent lock id is refused (F191).
    """

    order_id: int
    lines: tuple[tuple[int, int, int], ...]
    reason: str


class EditAddress(msgspec.Struct, frozen=True, tag="edit_address"):
    """Change where an order goes; a label already made becomes stale."""

    order_id: int
    name: str
    phone: str
    province: str
    city: str
    district: str
    address: str
    reason: str
    postcode: str = ""


class AddNote(msgspec.Struct, frozen=True, tag="add_note"):
    """Add one line to the timeline; personal data in it is masked at entry."""

    order_id: int
    text: str


class SetMemo(msgspec.Struct, frozen=True, tag="set_memo"):
    """Set the seller's memo and flag, here and on the platform."""

    order_id: int
    memo: str
    flag: str = ""


class ConfirmPayment(msgspec.Struct, frozen=True, tag="confirm_payment"):
    """Record a proof of payment, such as the bank's serial (F003)."""

    order_id: int
    kind: str  # payment_callback · bank_serial
    reference: str


class ForceStatus(msgspec.Struct, frozen=True, tag="force_status"):
    """Set an order's state by hand, past its guards: never without a reason (F049)."""

    order_id: int
    state: str
    reason: str
    approval: str = ""  # a link or number of the approval


class SetKind(msgspec.Struct, frozen=True, tag="set_kind"):
    """Say what sort of order it is: normal, rush, sample, presale (F111)."""

    order_id: int
    kind: str


class ReviewOrder(msgspec.Struct, frozen=True, tag="review_order"):
    """Run the checks again and let a paid order go on to allocation (审单)."""

    order_id: int


class MapStatus(msgspec.Struct, frozen=True, tag="map_status"):
    """Say what a platform's word means; orders waiting for it are read again (F009).

    ``channel_id`` says it of one shop alone; 0 of every shop of the platform.
    """

    platform: str
    machine: str  # order · payment · logistics
    raw: str
    status: str
    sentence: str = ""
    channel_id: int = 0


class SetPolicy(msgspec.Struct, frozen=True, tag="set_policy"):
    """Change one of the shop's own rules (resources/rules/shop.toml); some want a reason."""

    key: str
    value: str
    reason: str = ""


class ResetPolicy(msgspec.Struct, frozen=True, tag="reset_policy"):
    """Let one of the shop's own rules be as Waydesk ships it."""

    key: str
    reason: str = ""


class ChangeAmount(msgspec.Struct, frozen=True, tag="change_amount"):
    """Correct an order's amount by hand: finance only, never agents (F173)."""

    order_id: int
    total_minor: int
    reason: str
