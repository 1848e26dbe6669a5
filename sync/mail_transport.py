"""Mail out of the house, in one place: the only file that names smtplib.

What the shop gets: no mail and no passphrase leaves without TLS, the server's certificate is always
verified, nothing hangs, and a failure says whether the mail may have arrived.
"""

import asyncio
import smtplib
import socket
import ssl
from contextlib import suppress

from sync.errors import Ambiguous, Rejected, SyncError, Throttled, TokenExpired, Unreachable
from sync.notices.mail import TLS, Letter, MailServer

SECONDS = 30.0
READY, FOR_GOOD = 220, 500
AGAIN_MS = 15 * 60_000


class MailTransport:
    """Speaks SMTP, one connection for each mail, on a thread that nothing else waits for."""

    def __init__(self, ca_file: str | None = None, seconds: float = SECONDS) -> None:
        """`ca_file` adds a shop's own authority to this computer's; it replaces none."""
        self._trust = ssl.create_default_context()
        if ca_file is not None:
            self._trust.load_verify_locations(cafile=ca_file)
        self._seconds = seconds

    async def send(self, server: MailServer, letter: Letter) -> None:
        """Hand one mail in; returns when the server has taken it.

        Raises:
            Unreachable: nothing was sent: no connection, no TLS, a certificate nobody vouches for.
            TokenExpired: the login was refused.
            Throttled: the server asks to come again later; it took nothing.
            Rejected: the server says no to this mail for good.
            Ambiguous: it may have arrived.
        """
        await asyncio.to_thread(self._send, server, letter)

    def _send(self, server: MailServer, letter: Letter) -> None:
        client = self._open(server)
        try:
            self._log_in(client, server)
            _hand_in(client, letter, server.host)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()

    def _open(self, server: MailServer) -> smtplib.SMTP:
        """A connection under TLS, or none at all."""
        try:
            return self._at_once(server) if server.security == TLS else self._upgraded(server)
        except ssl.SSLError as failed:
            raise Unreachable("sync_tls_untrusted", host=server.host) from failed
        except smtplib.SMTPNotSupportedError as failed:
            raise Unreachable("mail_no_tls", host=server.host) from failed
        except (smtplib.SMTPException, OSError) as failed:
            raise Unreachable(host=server.host) from failed

    def _at_once(self, server: MailServer) -> smtplib.SMTP:
        raw = socket.create_connection((server.host, server.port), self._seconds)
        client = smtplib.SMTP(timeout=self._seconds)
        try:
            # The library's own class for this leaves the socket open where TLS fails.
            client.sock = self._trust.wrap_socket(raw, server_hostname=server.host)
            code, said = client.getreply()
        except (smtplib.SMTPException, OSError):
            client.close()
            raw.close()
            raise
        if code != READY:
            client.close()
            raise smtplib.SMTPConnectError(code, said)
        return client

    def _upgraded(self, server: MailServer) -> smtplib.SMTP:
        client = smtplib.SMTP(server.host, server.port, timeout=self._seconds)
        try:
            client.starttls(context=self._trust)
        except (smtplib.SMTPException, OSError):
            client.close()
            raise
        return client

    @staticmethod
    def _log_in(client: smtplib.SMTP, server: MailServer) -> None:
        if not server.user:
            return
        try:
            client.login(server.user, server.password)
        except smtplib.SMTPAuthenticationError as failed:
            raise TokenExpired("mail_login_refused", host=server.host) from failed
        except (smtplib.SMTPException, OSError) as failed:
            raise Unreachable(host=server.host) from failed


def _hand_in(client: smtplib.SMTP, letter: Letter, host: str) -> None:
    try:
        client.sendmail(letter.sender, [letter.to], letter.content)
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        raise _answered(code, text, host) from refused
    except smtplib.SMTPResponseException as refused:
        raise _answered(refused.smtp_code, refused.smtp_error, host) from refused
    except (smtplib.SMTPException, OSError) as lost:
        raise Ambiguous(host=host) from lost


def _answered(code: int, text: bytes | str, host: str) -> SyncError:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if code < FOR_GOOD:
        return Throttled(retry_after_ms=AGAIN_MS, host=host)
    return Rejected("mail_rejected", foreign_code=str(code), text=said, host=host)
