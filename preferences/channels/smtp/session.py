"""One SMTP conversation that knows if the final dot was written, which parts "not sent" from "unknown"."""

import re
import smtplib

from django.conf import settings
from django.core.mail.utils import DNS_NAME

from preferences.channels import deadline_socket
from preferences.codes.send_details import SendDetail

LONGEST_LINE = 8192
LONGEST_REPLY = 100
REPLY = re.compile(rb"[2-5][0-9]{2}(?:[ -][^\n]*|\r?)", re.DOTALL)
LINE_END = re.compile(rb"\r\n|\r|\n")


class Garbled(smtplib.SMTPException):
    """The server answered with something that is not SMTP."""


class Session(smtplib.SMTP):
    """smtplib's commands over a wire with a deadline, with strict replies and a memory for the final dot."""

    sock: deadline_socket.DeadlineSocket  # type: ignore[assignment]

    def __init__(self, deadline: deadline_socket.Deadline):
        super().__init__(local_hostname=DNS_NAME.get_fqdn())
        self.command_encoding = "utf-8"
        self.dot_written = False
        self.needs_reset = False
        self._deadline = deadline
        self._unread = b""

    def open(self) -> None:
        """Connect, encrypt and log in as the settings say; anything else than success raises."""
        self.sock = deadline_socket.connect_socket(settings.EMAIL_HOST, settings.EMAIL_PORT, self._deadline)
        if settings.EMAIL_USE_SSL:
            self.sock.encrypt(settings.EMAIL_HOST)
        self._expect(self.getreply(), 220)
        self.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            self._start_tls()
        if settings.EMAIL_HOST_USER:
            self.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)

    def is_usable(self, deadline: deadline_socket.Deadline) -> bool:
        """A connection kept from the last message serves again if the server did not hang up meanwhile."""
        self.sock.deadline = deadline
        if self._is_interrupted():
            return False
        if self.needs_reset:
            self._expect(self.docmd("RSET"), 250)
        self.needs_reset = False
        return True

    def deliver(self, sender: str, to: str, content: bytes, *, options: str = "") -> tuple[int, bytes]:
        """One message to one recipient; returns the refusal of a step, or the answer to the final dot."""
        self.dot_written, self.needs_reset = False, True
        steps = {f"MAIL FROM:<{sender}>{options}": (250,), f"RCPT TO:<{to}>": (250, 251, 252), "DATA": (354,)}
        for command, wanted in steps.items():
            answer = self.docmd(command)
            if answer[0] not in wanted:
                return answer
        self.send(stuffed(content))
        self._write_the_dot()
        answer = self.getreply()
        self.needs_reset = False
        return answer

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply, and take no nonsense for an answer."""
        codes: set[bytes] = set()
        lines: list[bytes] = []
        while len(lines) < LONGEST_REPLY:
            line = self._read_line()
            codes.add(line[:3])
            lines.append(line[4:].strip())
            if line[3:4] != b"-":
                return _only(codes), b"\n".join(lines)
        raise Garbled(SendDetail.INCOMPLETE_RESPONSE)

    def leave(self, deadline: deadline_socket.Deadline) -> None:
        """Say goodbye if the server still listens; nothing depends on it."""
        try:
            self.sock.deadline = deadline
            self.docmd("QUIT")
        except OSError:
            return
        finally:
            self.close()

    def _read_line(self) -> bytes:
        while b"\n" not in self._unread and len(self._unread) < LONGEST_LINE:
            chunk = self.sock.receive()
            if not chunk:
                raise smtplib.SMTPServerDisconnected(SendDetail.CONNECTION_CLOSED)
            self._unread += chunk
        line, _end, self._unread = self._unread.partition(b"\n")
        if not REPLY.fullmatch(line):
            raise Garbled(SendDetail.NOT_SMTP)
        return line

    def _is_interrupted(self) -> bool:
        """Before we speak nothing may arrive: it would pass for the answer to what we say next."""
        return bool(self._unread) or self.sock.has_news()

    def _write_the_dot(self) -> None:
        if self._is_interrupted():
            raise smtplib.SMTPServerDisconnected(SendDetail.INTERRUPTED)
        self.dot_written = True
        self.send(b".\r\n")

    def _start_tls(self) -> None:
        if not self.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError(SendDetail.NO_STARTTLS)
        self._expect(self.docmd("STARTTLS"), 220)
        if self._is_interrupted():
            raise Garbled(SendDetail.DATA_BEFORE_TLS)
        self.sock.encrypt(settings.EMAIL_HOST)
        self.ehlo_resp = self.helo_resp = None
        self.esmtp_features = {}
        self.ehlo_or_helo_if_needed()

    @staticmethod
    def _expect(answer: tuple[int, bytes], *codes: int) -> None:
        if answer[0] not in codes:
            raise smtplib.SMTPResponseException(*answer)


def stuffed(content: bytes) -> bytes:
    """The message as it travels: every line ends with CRLF, and no line of it can pass for the final dot."""
    content = LINE_END.sub(b"\r\n", content)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..")


def _only(codes: set[bytes]) -> int:
    if len(codes) != 1:
        raise Garbled(SendDetail.SEVERAL_RESPONSES)
    return int(codes.pop())
