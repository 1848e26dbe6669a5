"""The press's own loop: take a job, draw it, say so; end when the keeper is gone.

No Qt here: the composition hands in what can draw. Jobs are drawn one at a time on the main thread,
where Qt wants its painting, while a second thread hears the keeper.
"""

import logging
import os
import queue
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.commands import wire
from app.domain.errors import Fault, WaydeskError
from app.process.pipes import PipeWriter, own_pipes, read_on_thread
from printing.errors import Fault as PrintingFault
from printing.errors import PrintingError

LOG = logging.getLogger(__name__)

WATCHDOG_S = 10.0
"""How long a press may still draw once its keeper is gone, in seconds."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a job gave: bytes for the keeper (a PDF, a list of printers) and pages drawn."""

    result: bytes = b""
    pages: int = 0


Draw = Callable[[bytes], Drawn]


def run_press(folder: str, prepare: Callable[[], Mapping[str, Draw]]) -> int:
    """Serve the keeper at the other end of standard input and output; give the exit code.

    `prepare` makes what each kind of job draws with, after the pipes are safe from stray prints.
    """
    source, target = own_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    writer = PipeWriter(target)
    jobs: queue.SimpleQueue[wire.PressJob | None] = queue.SimpleQueue()
    decoder = wire.Decoder()

    def hear(data: bytes) -> None:
        try:
            messages = decoder.feed(data)
        except wire.FrameError:
            LOG.exception("the keeper wrote no frame")
            jobs.put(None)
            return
        for message in messages:
            if isinstance(message, wire.PressJob):
                jobs.put(message)
            elif isinstance(message, wire.Goodbye):
                jobs.put(None)

    read_on_thread(source, hear, lambda: _keeper_gone(jobs))
    kinds = prepare()
    writer.write(wire.encode(wire.Hello("press", folder, os.getpid())))
    while (job := jobs.get()) is not None:
        writer.write(_answer(kinds, job))
    writer.write(wire.encode(wire.Goodbye()))
    writer.close()
    return 0


def _keeper_gone(jobs: "queue.SimpleQueue[wire.PressJob | None]") -> None:
    guard = threading.Timer(WATCHDOG_S, os._exit, (1,))
    guard.daemon = True
    guard.start()
    jobs.put(None)


def _answer(kinds: Mapping[str, Draw], job: wire.PressJob) -> bytes:
    return wire.encode(_drawn(kinds, job))


def _drawn(kinds: Mapping[str, Draw], job: wire.PressJob) -> wire.PressDone | wire.PressFailed:
    if job.kind not in kinds:
        return wire.PressFailed(job.job_id, "unknown_command", {"kind": job.kind})
    try:
        drawn = kinds[job.kind](job.payload)
    except (WaydeskError, PrintingError) as no:
        ours = isinstance(no, Fault | PrintingFault)
        return wire.PressFailed(job.job_id, no.code, dict(no.details), ours)
    except Exception:
        LOG.exception("job failed")
        where: wire.Args = {"where": f"press.{job.kind}"}
        return wire.PressFailed(job.job_id, "program_fault", where, fault=True)
    return wire.PressDone(job.job_id, drawn.result, drawn.pages)
