"""Joiners and leavers, departments, and the review of who may do what."""

import msgspec


class RenameOperator(msgspec.Struct, frozen=True, tag="rename_operator"):
    """Call a member of staff by another name; their login stays."""

    operator_id: int
    name: str


class ResetPassphrase(msgspec.Struct, frozen=True, tag="reset_passphrase"):
    """Give somebody a temporary passphrase and end their sessions; answers :class:`Temporary`."""

    operator_id: int


class Temporary(msgspec.Struct, frozen=True):
    """A passphrase shown once, good for one sign-in at which its owner chooses another."""

    operator_id: int
    login: str
    passphrase: str


class MarkLeft(msgspec.Struct, frozen=True, tag="mark_left"):
    """Somebody has left: out at once, without roles, second factor, PIN or badge."""

    operator_id: int
    reason: str = ""


class ReturnOperator(msgspec.Struct, frozen=True, tag="return_operator"):
    """Somebody is back, without a role as yet; answers :class:`Temporary`."""

    operator_id: int


class IssueBadge(msgspec.Struct, frozen=True, tag="issue_badge"):
    """Make somebody a new badge, the old one ends; answers :class:`Badge`."""

    operator_id: int


class Badge(msgspec.Struct, frozen=True):
    """A badge's code, shown once to be printed; the book keeps only what it is known by."""

    name: str
    code: str


class DropQuickKeys(msgspec.Struct, frozen=True, tag="drop_quick_keys"):
    """Take somebody's badge and PIN away: a lost card."""

    operator_id: int


class AddDepartment(msgspec.Struct, frozen=True, tag="add_department"):
    """Add a department, without a shop as yet; answers the new id."""

    name: str


class RenameDepartment(msgspec.Struct, frozen=True, tag="rename_department"):
    """Call a department by another name."""

    department_id: int
    name: str


class SetDepartmentShops(msgspec.Struct, frozen=True, tag="set_department_shops"):
    """Say which shops a department has: its people see and do more, or less, at once."""

    department_id: int
    channel_ids: tuple[int, ...]
    reason: str = ""


class RemoveDepartment(msgspec.Struct, frozen=True, tag="remove_department"):
    """Take a department away in which nobody has a role any more."""

    department_id: int


class RecordReview(msgspec.Struct, frozen=True, tag="record_review"):
    """Say that who may do what was looked over just now; the next is due in a quarter."""

    note: str


class ReadUnused(msgspec.Struct, frozen=True, tag="read_unused"):
    """Ask which rights nobody used lately; answers :class:`Unused`."""


class Unused(msgspec.Struct, frozen=True):
    """The rights each person (by id) holds and has not used for ``days`` days.

    Only rights whose use stands in the record are judged: looking at orders leaves no line.
    """

    days: int
    rights: dict[int, tuple[str, ...]]
