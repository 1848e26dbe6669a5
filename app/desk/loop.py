"""The window's event loop: Qt and asyncio as one. The only file that names qasync."""

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any

import qasync  # type: ignore[import-untyped]
from PySide6.QtWidgets import QApplication

LOG = logging.getLogger(__name__)

OnFault = Callable[[str], None]


def run_window(application: QApplication, day: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run `day` on Qt's loop until it is over; give what it returned.

    Closing windows does not end the loop: the day ends when the shop says so, after the keeper has
    finished what it had in hand.
    """
    application.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
        return runner.run(day())


def catch_the_rest(tell: OnFault) -> None:
    """Let what nobody caught, in a slot or a task, reach the log and `tell`, and the window live.

    `tell` is given the name of the fault's kind, nothing that could hold a person's data. Call it
    inside the running loop.
    """

    def in_task(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        problem = context.get("exception")
        LOG.error("nobody caught this in a task", exc_info=problem)
        tell(type(problem).__name__ if problem is not None else "task")

    def in_slot(
        kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.closeAllWindows()
            return
        LOG.error("nobody caught this in a slot", exc_info=(kind, problem, trace))
        tell(kind.__name__)

    asyncio.get_running_loop().set_exception_handler(in_task)
    sys.excepthook = in_slot
