"""A mail server on loopback: it logs nobody in, and takes no mail, without TLS.

It speaks the part of SMTP a polite client needs (EHLO, STARTTLS, AUTH PLAIN and LOGIN, MAIL, RCPT,
DATA), keeps what it took, and can be rude on request. It shares nothing with the transport.
"""

import asyncio
import base64
import ssl
from dataclasses import dataclass, field

LINE_CAP = 64 * 1024
USER, WORD = "VXNlcm5hbWU6", "UGFzc3dvcmQ6"
"""How AUTH LOGIN asks for user and passphrase (base64 of the words)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail as it was taken: from whom, to whom, its bytes, and whether TLS stood."""

    sender: str
    to: tuple[str, ...]
    content: bytes


@dataclass(slots=True)
class SmtpSandbox:
    """Serves on 127.0.0.1; ``port`` is known once started.

    Attributes:
        tls: the server's certificate; ``at_once`` speaks TLS from the first byte.
        offers_tls: whether STARTTLS is offered where TLS does not stand yet.
        rude: what to do with the next mails: ``late`` (takes it, hangs up before the answer),
            ``busy`` (451), ``no`` (550), ``cut`` (hangs up after RCPT).
        seen: every command word as it came, to show what was never said in clear.
    """

    tls: ssl.SSLContext
    user: str = "shop"
    password: str = "a mail passphrase"  # noqa: S105 - the sandbox's own
    at_once: bool = False
    offers_tls: bool = True
    rude: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set["asyncio.Task[None]"] = field(default_factory=set)

    async def start(self) -> int:
        """Listen on a free port; returns it."""
        tls = self.tls if self.at_once else None
        self._server = await asyncio.start_server(
            self._met, "127.0.0.1", 0, ssl=tls, limit=LINE_CAP
        )
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    async def stop(self) -> None:
        """Stop listening and hang up on everyone."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
        try:
            await _Talk(self, reader, writer).go()
        except (
            ConnectionError,
            asyncio.IncompleteReadError,
            asyncio.CancelledError,
            ssl.SSLError,
            ValueError,
        ):
            pass
        finally:
            writer.close()
            if task is not None:
                self._open.discard(task)


class _Talk:
    """One connection."""

    def __init__(
        self, house: SmtpSandbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._house, self._reader, self._writer = house, reader, writer
        self._safe, self._known = house.at_once, False
        self._sender, self._to = "", list[str]()

    async def go(self) -> None:
        await self._say("220 sandbox ESMTP")
        while line := (await self._reader.readline()).decode("utf-8").rstrip("\r\n"):
            word, _, rest = line.partition(" ")
            self._house.seen.append(f"{'tls' if self._safe else 'clear'} {word.upper()}")
            if not await self._heed(word.upper(), rest):
                return

    async def _heed(self, word: str, rest: str) -> bool:
        if word in {"EHLO", "HELO"}:
            await self._greet()
        elif word == "STARTTLS":
            await self._start_tls()
        elif word == "AUTH":
            await self._log_in(rest)
        elif word == "MAIL":
            await self._from(rest)
        elif word == "RCPT":
            return await self._recipient(rest)
        elif word == "DATA":
            return await self._data()
        elif word == "QUIT":
            await self._say("221 bye")
            return False
        else:
            await self._say("250 ok" if word in {"RSET", "NOOP"} else "500 what")
        return True

    async def _say(self, line: str) -> None:
        self._writer.write(f"{line}\r\n".encode())
        await self._writer.drain()

    async def _greet(self) -> None:
        offers = ["SIZE 1000000"]
        if not self._safe and self._house.offers_tls:
            offers.append("STARTTLS")
        if self._safe:
            offers.append("AUTH PLAIN LOGIN")
        for offer in ["sandbox", *offers[:-1]]:
            await self._say(f"250-{offer}")
        await self._say(f"250 {offers[-1]}")

    async def _start_tls(self) -> None:
        if self._safe or not self._house.offers_tls:
            await self._say("502 not here")
            return
        await self._say("220 go ahead")
        await self._writer.start_tls(self._house.tls)
        self._safe, self._sender, self._to = True, "", []

    async def _log_in(self, rest: str) -> None:
        if not self._safe:
            await self._say("538 encryption required")
            return
        kind, _, first = rest.partition(" ")
        if kind.upper() == "LOGIN":
            given = [
                await self._asked("334 VXNlcm5hbWU6", first),
                await self._asked("334 UGFzc3dvcmQ6"),
            ]
        else:
            given = (await self._asked("334 ", first)).split("\0")[1:]
        self._known = given == [self._house.user, self._house.password]
        await self._say("235 welcome" if self._known else "535 wrong login")

    async def _asked(self, prompt: str, given: str = "") -> str:
        if not given:
            await self._say(prompt)
            given = (await self._reader.readline()).decode("ascii").strip()
        return base64.b64decode(given).decode("utf-8")

    async def _from(self, rest: str) -> None:
        if not (self._safe and self._known):
            await self._say("530 log in over TLS first")
            return
        self._sender, self._to = _address(rest), []
        await self._say("250 ok")

    async def _recipient(self, rest: str) -> bool:
        if not self._sender:
            await self._say("503 from whom")
            return True
        if self._house.rude[:1] == ["no"]:
            self._house.rude.pop(0)
            await self._say("550 nobody of that name")
            return True
        self._to.append(_address(rest))
        if self._house.rude[:1] == ["cut"]:
            self._house.rude.pop(0)
            return False
        await self._say("250 ok")
        return True

    async def _data(self) -> bool:
        if not self._to:
            await self._say("503 to whom")
            return True
        if self._house.rude[:1] == ["busy"]:
            self._house.rude.pop(0)
            await self._say("451 come again")
            return True
        await self._say("354 go on")
        lines = []
        while (line := await self._reader.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        self._house.taken.append(Taken(self._sender, tuple(self._to), b"".join(lines)))
        if self._house.rude[:1] == ["late"]:
            self._house.rude.pop(0)
            return False
        await self._say("250 taken")
        return True


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
