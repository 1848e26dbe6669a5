"""The pages that ask: the shop, its owner, the warehouse and the sender."""

from zoneinfo import available_timezones

from PySide6.QtCore import QTimeZone

from app.commands.channels import SetSender
from app.commands.founding import FoundShop, KitMade, ShopFacts
from app.commands.people import Created, SignedIn, SignIn
from app.commands.stock import AddLocation
from app.desk.forms import Ask, Kind
from app.desk.screens.first_day.page import Draft, FormPage
from app.desk.seat import Seat
from app.domain.calendar import EVERY_DAY
from app.domain.errors_first_day import TypedTwoWays
from app.domain.money import CURRENCIES
from app.reads import first_day

DAYS = ("when.mon", "when.tue", "when.wed", "when.thu", "when.fri", "when.sat", "when.sun")
USUAL_ZONES = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Europe/London")
KEYRING, PASSPHRASE = "keyring", "passphrase"


class ShopPage(FormPage):
    """The shop: its name, zone, money and working days."""

    def asks(self) -> tuple[Ask, ...]:
        """Sensible answers stand there already."""
        say, recall = self.seat.speech.say, self.draft.recall
        zones = tuple((zone, zone.replace("_", " ")) for zone in _zones())
        money = tuple((code, code) for code in CURRENCIES)
        days = tuple((str(n), say(word)) for n, word in enumerate(DAYS, 1))
        chinese = self.seat.speech.lang == "zh"
        return (
            Ask("shop_name", "first.shop_name", value=recall("shop_name"), needed=True),
            Ask(
                "zone", "first.zone", Kind.CHOICE, recall("zone", _zone_here()), zones, True, span=3
            ),
            Ask(
                *("currency", "first.currency", Kind.CHOICE),
                *(recall("currency", "CNY" if chinese else "USD"), money, True),
                span=3,
            ),
            Ask(
                *("working_days", "first.working_days", Kind.SET),
                *(recall("working_days", EVERY_DAY[:6] if chinese else EVERY_DAY[:5]), days, True),
            ),
            Ask(
                "cut_off",
                "first.cut_off",
                value=recall("cut_off", "16:00"),
                span=2,
                example="16:00",
            ),
            Ask(
                "holidays",
                "first.holidays",
                value=recall("holidays"),
                hint="first.holidays_hint",
                example="2027-01-01, 2027-02-05",
                span=4,
            ),
        )

    async def finish(self) -> bool:
        """Keep the answers until the owner's page makes the shop of them."""
        values = self.form.values()
        self.draft.keep(values)
        self.draft.shop = values
        return True


class OwnerPage(FormPage):
    """The first person of the shop, and where its key lies."""

    def __init__(self, seat: Seat, draft: Draft) -> None:
        self.keyring = False
        super().__init__(seat, draft)

    def asks(self) -> tuple[Ask, ...]:
        """A second passphrase is asked for only where no keyring can hold the key."""
        recall = self.draft.recall
        asked = (
            Ask("name", "first.owner_name", value=recall("name"), needed=True, span=3),
            Ask("login", "first.login", value=recall("login"), needed=True, span=3),
            Ask(
                *("passphrase", "first.passphrase", Kind.SECRET),
                needed=True,
                hint="first.passphrase_hint",
                span=3,
            ),
            Ask("again", "first.again", Kind.SECRET, needed=True, span=3),
        )
        if self.keyring:
            return asked
        return (
            *asked,
            Ask(
                *("vault", "first.vault", Kind.SECRET),
                needed=True,
                hint="first.vault_hint",
                span=3,
            ),
            Ask("vault_again", "first.again", Kind.SECRET, needed=True, span=3),
        )

    async def finish(self) -> bool:
        """Make key, book and owner, and sign the owner in.

        Raises TypedTwoWays for a repetition that differs, and what the founding refuses.
        """
        values = self.form.values()
        for one, again in (("passphrase", "again"), ("vault", "vault_again")):
            if values.get(one, "") != values.get(again, ""):
                raise TypedTwoWays
        self.draft.keep({name: values[name] for name in ("name", "login")})
        vault = values.get("vault", "")
        shop = ShopFacts(language=self.seat.speech.lang, **self.draft.shop)
        where = KEYRING if self.keyring else PASSPHRASE
        ask = FoundShop(shop, values["login"], values["name"], values["passphrase"], where, vault)
        made = await self.seat.link.ask(ask, KitMade)
        self.draft.kit, self.draft.vault_passphrase = made.kit, vault
        signed = await self.seat.link.ask(SignIn(ask.login, ask.passphrase), SignedIn)
        self.form.forget_secrets()
        self.seat.sat(signed)
        await self.seat.see(first_day.standing)  # from now on it is known what this person may
        return True


class WarehousePage(FormPage):
    """The place that holds the stock."""

    def asks(self) -> tuple[Ask, ...]:
        """One name; the usual one stands there."""
        usual = self.draft.recall("warehouse", self.seat.speech.say("first.warehouse_usual"))
        return (Ask("warehouse", "first.warehouse", value=usual, needed=True),)

    async def finish(self) -> bool:
        """Add it."""
        values = self.form.values()
        self.draft.keep(values)
        return await self.seat.ask(AddLocation(values["warehouse"]), Created) is not None


class SenderPage(FormPage):
    """The address parcels are sent from."""

    def asks(self) -> tuple[Ask, ...]:
        """As a courier needs it."""
        thirds = ("province", "city", "district")
        return (
            Ask("name", "first.sender_name", needed=True, span=3),
            Ask("phone", "first.sender_phone", needed=True, span=3),
            Ask("company", "first.sender_company"),
            *(
                Ask(name, f"first.sender_{name}", needed=name != "district", span=2)
                for name in thirds
            ),
            Ask("address", "first.sender_address", needed=True),
        )

    async def finish(self) -> bool:
        """Keep it, encrypted."""
        values = self.form.values()
        ask = SetSender(*(values[name] for name in SetSender.__struct_fields__))
        return await self.seat.do(ask)


def _zones() -> tuple[str, ...]:
    """Every zone with a place in it, the usual ones first."""
    places = {zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")}
    return (*USUAL_ZONES, *sorted(places - set(USUAL_ZONES)))


def _zone_here() -> str:
    """The zone this computer says it is in, where its name is a place."""
    here = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "ignore")
    return here if here in _zones() else USUAL_ZONES[0]
