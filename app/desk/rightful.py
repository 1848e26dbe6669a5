"""A button with its key, locked with the reason for whoever lacks the right."""

from app.desk.parts import Button, KeyedButton
from app.desk.screen import Act
from app.desk.seat import Seat
from app.desk.text import plain_tip

PERMISSION = "permission."


def rightful(
    seat: Seat, keyed: tuple[str, str], right: str, act: Act, kind: str = ""
) -> KeyedButton:
    """A button (its word and its key) for who has ``right``; locked, and told why, for others.

    A right is named as roles name it, or by its word (``permission.…``).
    """
    say, (word, key) = seat.speech.say, keyed
    if may(seat, right):
        return KeyedButton(kind, say(word), key, act)
    button = KeyedButton("locked", f"{say(word)} · {say('act.locked')}", "", None)
    lock(seat, button, right)
    return button


def may(seat: Seat, right: str) -> bool:
    """Whether the person at the desk has a right, named either way."""
    return seat.may(right.removeprefix(PERMISSION))


def lock(seat: Seat, button: Button, right: str) -> None:
    """Lock a button where the person at the desk lacks ``right``, and say so on it."""
    if may(seat, right):
        return
    button.setEnabled(False)
    word = f"permission.{right.removeprefix(PERMISSION)}"
    reason = seat.speech.say("act.no_right", right=seat.speech.say(word))
    button.setAccessibleDescription(reason)
    plain_tip(button, reason)
