"""Mail leaves over TLS or not at all, and a failure says whether it may have arrived."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from sync.errors import Ambiguous, Rejected, SyncError, Throttled, TokenExpired, Unreachable
from sync.mail_transport import MailTransport
from sync.notices.mail import STARTTLS, TLS, MailAsk, MailServer, is_address, letter_of
from sync.sandbox.smtp import SmtpSandbox
from tests.sync.sync_tls import certificate

AT = datetime(2026, 2, 16, 12, tzinfo=UTC)
ASK = MailAsk("shop@example.org", "owner@example.org", "日志\n链头", "保留\n.此邮件", "head:1", AT)
House = Callable[..., AbstractAsyncContextManager[tuple[SmtpSandbox, MailTransport, MailServer]]]


@pytest.fixture
def house(tmp_path: Path) -> House:
    tls, ca_file = certificate(tmp_path)

    @asynccontextmanager
    async def made(**how: Any) -> AsyncIterator[tuple[SmtpSandbox, MailTransport, MailServer]]:
        trusted = how.pop("trusted", True)
        sandbox = SmtpSandbox(tls, **how)
        await sandbox.start()
        security = TLS if sandbox.at_once else STARTTLS
        login = (sandbox.user, sandbox.password)
        server = MailServer("127.0.0.1", sandbox.port, security, *login)
        try:
            yield sandbox, MailTransport(ca_file if trusted else None, seconds=5), server
        finally:
            await sandbox.stop()

    return made


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_mail_arrives_whole_over_tls(house: House, at_once: bool) -> None:
    async with house(at_once=at_once) as (sandbox, post, server):
        await post.send(server, letter_of(ASK))
        (taken,) = sandbox.taken
        mail = message_from_bytes(taken.content, policy=default)
        assert (taken.sender, taken.to) == (ASK.sender, (ASK.to,))
        assert mail["Subject"] == "日志 链头"
        assert mail.get_content().split() == ASK.text.split()
        clear = {word for word in sandbox.seen if word.startswith("clear")}
        assert clear <= {"clear EHLO", "clear STARTTLS"}


async def test_a_server_without_tls_is_given_neither_passphrase_nor_mail(house: House) -> None:
    async with house(offers_tls=False) as (sandbox, post, server):
        with pytest.raises(Unreachable) as no:
            await post.send(server, letter_of(ASK))
        assert no.value.code == "mail_no_tls"
        assert sandbox.taken == []
        assert {word.split()[1] for word in sandbox.seen} <= {"EHLO", "QUIT"}


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_certificate_nobody_vouches_for_gets_nothing(house: House, at_once: bool) -> None:
    async with house(at_once=at_once, trusted=False) as (sandbox, post, server):
        with pytest.raises(Unreachable) as no:
            await post.send(server, letter_of(ASK))
        assert no.value.code == "sync_tls_untrusted"
        assert sandbox.taken == []
        assert not [word for word in sandbox.seen if "AUTH" in word]


async def test_a_wrong_login_is_said_to_be_one(house: House) -> None:
    async with house() as (sandbox, post, server):
        wrong = MailServer(server.host, server.port, STARTTLS, server.user, "wrong")
        with pytest.raises(TokenExpired) as no:
            await post.send(wrong, letter_of(ASK))
        assert no.value.code == "mail_login_refused"
        assert "wrong" not in repr(wrong)
        nobody = MailServer(server.host, server.port, STARTTLS)
        with pytest.raises(Rejected):
            await post.send(nobody, letter_of(ASK))
        assert sandbox.taken == []


@pytest.mark.parametrize(
    ("rude", "error", "arrived"),
    [("late", Ambiguous, 1), ("cut", Ambiguous, 0), ("busy", Throttled, 0), ("no", Rejected, 0)],
)
async def test_a_failure_says_whether_the_mail_may_have_arrived(
    house: House, rude: str, error: type[SyncError], arrived: int
) -> None:
    async with house(rude=[rude]) as (sandbox, post, server):
        with pytest.raises(error):
            await post.send(server, letter_of(ASK))
        assert len(sandbox.taken) == arrived
        await post.send(server, letter_of(ASK))
        assert len({taken.content for taken in sandbox.taken}) == 1


async def test_nobody_listening_means_nothing_was_sent(house: House) -> None:
    async with house() as (_sandbox, post, _server):
        with pytest.raises(Unreachable):
            await post.send(MailServer("127.0.0.1", 9, TLS), letter_of(ASK))


def test_the_same_ask_is_the_same_mail_and_no_header_is_slipped_in() -> None:
    assert letter_of(ASK) == letter_of(ASK)
    other = MailAsk(ASK.sender, ASK.to, ASK.subject, ASK.text, "head:2", AT)
    ids = {message_from_bytes(letter_of(one).content)["Message-ID"] for one in (ASK, other)}
    assert len(ids) == 2
    odd = MailAsk(ASK.sender, ASK.to, "a\r\nBcc: thief@example.org", "text", "head:3", AT)
    assert message_from_bytes(letter_of(odd).content)["Bcc"] is None


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("owner@example.org", True),
        ("a.b+c@shop.example.cn", True),
        ("", False),
        ("owner", False),
        ("owner@", False),
        ("owner@local", False),
        ("a@b@c.d", False),
        ("owner@example.org, thief@example.org", False),
        ("owner@example.org\r\nBcc: x@y.z", False),
        ("<owner@example.org>", False),
    ],
)
def test_an_address_is_one_address(text: str, good: bool) -> None:
    assert is_address(text) == good
