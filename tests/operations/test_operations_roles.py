"""Every command × every role, from one table written apart from roles.toml (security.md 3.2)."""

import inspect
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from app import commands
from app.commands import approvals, cases, orders, packing, parcels, people, privacy
from app.domain.actor import worker
from app.domain.approval import ApprovalNeeded
from app.domain.errors import NotAllowed, NotSignedIn, Refusal, UnknownCommand
from app.operations.all_verbs import VERBS
from app.operations.verbs import Verb
from app.store.audit import head
from app.store.seal import Row
from app.store.tables import parcel, waybill
from app.store.tables_record import audit, operator
from app.store.work import Book
from tests.operations.outbound_world import PASSPHRASE, Shop, open_shop, record

BEFORE_THE_BOOK = {"UnlockVault", "ReadFounding", "FoundShop"}
ROLES = ("agent", "packer", "lead", "finance", "auditor", "admin", "staff", "owner")
# x: may do it. 2: with the consent of somebody else who may. -: refused.
CELLS = """
SignIn           x x x x x x x x
UnlockSession    x x x x x x x x
RenewPassphrase  x x x x x x x x
EnterByPin       x x x x x x x x
EnterByBadge     x x x x x x x x
SignOut          x x x x x x x x
LockSession      x x x x x x x x
Tokenise         x x x x x x x x
ChangePassphrase x x x x x x x x
SetPin           x x x x x x x x
SetLanguage      x x x x x x x x
RenameOperator   - - - - - x - x
ResetPassphrase  - - - - - x - x
MarkLeft         - - - - - x - x
ReturnOperator   - - - - - x - x
IssueBadge       - - - - - x - x
DropQuickKeys    - - - - - x - x
AddDepartment    - - - - - x - x
RenameDepartment - - - - - x - x
SetDepartmentShops - - - - - x - x
RemoveDepartment - - - - - x - x
ReadUnused       - - - - - x - x
RecordReview     - - - - - x - x
CreateOperator   - - - - - 2 - 2
SetRoles         - - - - - 2 - 2
StepUp           x x x x x x x x
ConsentTo        x x x x x x x x
RefuseRequest    x x x x x x x x
WithdrawRequest  x x x x x x x x
EnrolFactor      x x x x x x x x
ConfirmFactor    x x x x x x x x
PrintCodes       x x x x x x x x
PutCodesOnPaper  x x x x x x x x
DropFactor       x x x x x x x x
ResetFactor      - - - - - 2 - 2
HoldOrder        x - x - - - x x
ReleaseOrder     x - x - - - x x
CancelOrder      2 - x - - - 2 x
CancelLines      2 - x - - - 2 x
AddNote          x - x - - - x x
SetMemo          x - x - - - x x
ConfirmPayment   - - - 2 - - - 2
ForceStatus      - - 2 - - - - 2
SetKind          x - x - - - x x
ChangeAmount     - - - 2 - - - 2
EditAddress      x - x - - - x x
AllocateOrder    x - x - - - x x
ReviewOrder      x - x - - - x x
AdjustStock      - - x - - - - x
AddProduct       - - x - - x - x
ChangeProduct    - - x - - x - x
SetBundle        - - x - - x - x
SetPicture       - - x - - x - x
RetireProduct    - - x - - x - x
RestoreProduct   - - x - - x - x
MapListing       - - x - - x - x
UnmapListing     - - x - - x - x
ImportProducts   - - x - - - - x
FetchProducts    - - x - - - - x
StopImport       - - x - - x - x
UndoImport       - - x - - x - x
OpenStock        - - x - - - - x
AddLocation      - - x - - - - x
ReleaseLock      - - x - - - - x
SetSelling       - - x - - - - x
SetPool          - - x - - - - x
ClearPool        - - x - - - - x
MergeCounter     - - x - - - - x
ReceiveGoods     - - x - - - - x
InspectReturn    - - x - - - - x
ResumeBreaker    - - x - - - - x
BuyerTold        x - x - - - x x
OrderGoods       - - x - - - - x
ExplainVariance  - - x - - - - x
FinishVariance   - - x - - - - x
TakeWaybills     - x x - - - x x
TypeWaybill      - 2 x - - - 2 x
LookAtNumbers    - x x - - - x x
TakeNumbers      - 2 x - - - 2 x
StopNumbers      x x x x x x x x
TakeBackNumbers  - 2 x - - - 2 x
VoidWaybill      - 2 x - - - 2 x
ResolveWaybill   - - x - - - - x
PrintLabels      - x x - - - x x
ReadPrinters     x x x x x x x x
PrintTestPage    - x x - - x x x
ReprintLabel     - 2 x - - - 2 x
SettlePrint      - x x - - - x x
ScanLabel        - x x - - - x x
OpenParcel       - x x - - - x x
ScanItem         - x x - - - x x
FinishPacking    - x x - - - x x
ForcePacking     - 2 x - - - 2 x
PutParcelAside   - x x - - - x x
PackAgain        - x x - - - x x
SeeMemo          - x x - - - x x
RefreshTracking  x x x x x x x x
ReplayEffect     - - x - - x - x
PushAgain        - - x - - x - x
ClaimCase        x - x - - - x x
SettleCase       x - x - - - x x
RevealField      x - x - - - x x
ReadAudit        - - - - x x - x
ExportRecord     - - - - x - - x
VerifyRecord     - - - - x - - x
StopRecordWork   - - - - x x - x
MakeSheet        - - - - x x - x
EndReconcile     - - - - - x - x
ExportOrders     - - 2 x - x - x
StopExport       x x x x x x x x
SetPolicy        - - - - - x - x
ReadKit          - - - - - x - x
PrintKit         - - - - - x - x
TryChannel       - - - - - x - x
TryCarrier       - - - - - x - x
KeepStep         - - - - - x - x
ResetPolicy      - - - - - x - x
ReadBackups      - - - - - x - x
MakeBackup       - - - - - x - x
CheckBackup      - - - - - x - x
DrillRestore     - - - - - x - x
PreviewRestore   - - - - - x - x
AllowRestore     - - - - - x - x
ReadLog          - - x - - x - x
ReadCrashes      - - x - - x - x
DropCrash        - - x - - x - x
GatherDiagnostics - - x - - x - x
LookForUpdate    - - - - - x - x
ConnectChannel   - - - - - x - x
ConnectCarrier   - - - - - x - x
SetMail          - - - - - x - x
SetWecom         - - - - - x - x
SetSender        - - - - - x - x
PullNow          x - x - - x x x
ReadOutlets      x - x - - x x x
WarnBelow        - - x - - x - x
MapStatus        - - x - - x - x
AskShippable     x x x x x x x x
SetSchedule      - - x - - x - x
ChooseCarriers   - - x - - x - x
AnswerAfterSale  2 - x - - - 2 x
CheckConnection  - - x - - x - x
PauseChannel     - - x - - x - x
ResumeChannel    - - x - - x - x
ImportOrders     - - x - - - - x
StopOrderImport  - - x - - - - x
ReadMasters      - - x - - x - x
WriteShipFile    - - x - - - - x
SayUploaded      - - x - - - - x
RetakeRecord     - - x - - x - x
FindSubject      - - - - - x - x
ExportSubject    - - - - - 2 - 2
EraseSubject     - - - - - 2 - 2
RotateDataKey    - - - - - x - x
ChangeVaultPassphrase - - - - - x - x
RenewRecoveryKit - - - - - x - x
RenewCredentials - - - - - x - x
RetireCredentials - - - - - x - x
"""
MODULES = [m.name for m in pkgutil.iter_modules(commands.__path__, "app.commands.")]
TABLE = {line.split()[0]: line.split()[1:] for line in CELLS.strip().splitlines()}
# Asked for a reason by their permission, and said in another field than ``reason``.
REASON_ELSEWHERE = {
    "ConfirmPayment",  # the bank's reference
    "MapStatus",  # the sentence beside the word
    "OpenStock",
    "AddLocation",
    "ReceiveGoods",  # the supplier's paper number
}
# A request that makes no sense is refused before anybody is asked to consent to it.
SENSE: dict[tuple[type, str], Any] = {
    (people.CreateOperator, "roles"): ("packer",),
    (people.SetRoles, "roles"): ("agent",),
    (orders.ConfirmPayment, "kind"): "bank_serial",
    (orders.ForceStatus, "state"): "completed",
    (cases.ExportOrders, "tab"): "to_print",
    (cases.ExportOrders, "passphrase"): "",
    (cases.ExportOrders, "template"): "",
    (privacy.EraseSubject, "postpone"): True,
}


def asked(verb: Verb, folder: Path, order_id: int, who: str) -> msgspec.Struct:
    """A command of this kind that is about the shop's order, with nothing else right about it."""
    known = {"order_id": order_id, "order_ids": (order_id,), "reason": "because"}
    known |= {"path": str(folder / "nothing.csv"), "login": who, "passphrase": "wrong"}
    known |= {name: value for (kind, name), value in SENSE.items() if kind is verb.ask}
    empty: dict[Any, Any] = {str: "x", int: 1, bool: False}
    values = {}
    for name, kind in get_type_hints(verb.ask).items():
        other = {} if "dict" in str(kind) else None if type(None) in get_args(kind) else ()
        values[name] = known.get(name, empty.get(kind, other))
    return verb.ask(**values)


@pytest.fixture
def shop(book: Book, tmp_path: Path) -> Shop:
    made = open_shop(book, *ROLES)
    made.receive(record())
    made.flow()
    made.do("lead", parcels.TakeWaybills((made.order()["id"],)))
    SENSE[parcels.VoidWaybill, "waybill_id"] = made.all(waybill)[0]["id"]
    SENSE[parcels.ReprintLabel, "waybill_id"] = made.all(waybill)[0]["id"]
    SENSE[packing.ForcePacking, "parcel_id"] = made.all(parcel)[0]["id"]
    made.hire("nina", "packer")
    made.do("nina", approvals.PrintCodes())
    nina = next(one["id"] for one in made.all(operator) if one["login"] == "nina")
    SENSE[privacy.ExportSubject, "path"] = str(tmp_path / "copy.zip")
    SENSE[privacy.ExportSubject, "passphrase"] = PASSPHRASE
    SENSE[people.SetRoles, "operator_id"] = SENSE[approvals.ResetFactor, "operator_id"] = nina
    return made


def outcome(shop: Shop, who: str, ask: msgspec.Struct) -> str:
    try:
        shop.do(who, ask)
    except NotAllowed:
        return "-"
    except ApprovalNeeded:
        return "2"
    except Refusal as no:
        return "?" if isinstance(no, NotSignedIn) and type(ask) is not people.UnlockSession else "x"
    return "x"


def last_line(shop: Shop) -> int:
    with shop.book.work(worker("test")) as work:
        return head(work)[0]


def lines_after(shop: Shop, seq: int) -> list[Row]:
    with shop.book.work(worker("test")) as work:
        return work.rows(audit.select().where(audit.c.seq > seq).order_by(audit.c.seq))


def sign_in_again(shop: Shop, who: str) -> None:
    shop.sessions[who] = shop.do("", people.SignIn(who, PASSPHRASE))["session"]


@pytest.mark.req("F095", "F096", "F173")
def test_each_role_gets_past_the_door_exactly_with_its_own_commands(
    shop: Shop, tmp_path: Path
) -> None:
    order_id, wrong = shop.order()["id"], []
    for verb in VERBS:
        for role, cell in zip(ROLES, TABLE[verb.ask.__name__], strict=True):
            before = last_line(shop)
            said = outcome(shop, role, asked(verb, tmp_path, order_id, "nobody"))
            if said != cell:
                wrong.append(f"{verb.ask.__name__} × {role}: {said}, not {cell}")
            if cell == "-":
                entries = lines_after(shop, before)
                kept = [(e["actor"], e["action"], e["result"]) for e in entries]
                if kept != [(role, verb.audit, "denied")]:
                    wrong.append(f"{verb.ask.__name__} × {role}: the record says {kept}")
            if verb.ask in {people.SignOut, people.LockSession}:
                sign_in_again(shop, role)
    assert not wrong, "\n".join(wrong)


@pytest.mark.req("F095")
def test_a_command_nobody_decided_about_does_not_pass_unnoticed() -> None:
    found = {
        kind.__name__
        for module in map(import_module, MODULES)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, msgspec.Struct)
        and kind.__struct_config__.tag is not None
        and module.__name__ != "app.commands.wire"
    }
    assert found - BEFORE_THE_BOOK == set(TABLE) == {verb.ask.__name__ for verb in VERBS}


@pytest.mark.req("F095")
def test_a_command_nobody_registered_is_refused(book: Book) -> None:
    class Dance(msgspec.Struct, frozen=True, tag="dance"):
        """A command no file of verbs names."""

    shop = open_shop(book, "owner")
    with pytest.raises(UnknownCommand):
        shop.do("owner", Dance())


def test_without_a_session_only_signing_in_is_open(shop: Shop, tmp_path: Path) -> None:
    for verb in VERBS:
        if not verb.open:
            with pytest.raises(NotSignedIn):
                shop.do("", asked(verb, tmp_path, shop.order()["id"], "nobody"))


@pytest.mark.req("F049")
def test_the_law_says_where_a_reason_is_needed_and_every_such_command_has_room_for_it(
    shop: Shop,
) -> None:
    law = shop.door.laws.now.roles.permissions
    without = {
        verb.ask.__name__
        for verb in VERBS
        if verb.permission
        and law[verb.permission].reason
        and "reason" not in verb.ask.__struct_fields__
    }
    assert without <= REASON_ELSEWHERE
