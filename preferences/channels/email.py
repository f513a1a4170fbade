"""The door for email: one complete message to one recipient, handed to the relay at most once."""

import re
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from preferences.channels import mime
from preferences.channels.deadline_socket import Deadline
from preferences.channels.outcomes import Outcome, Result, printable_detail
from preferences.channels.smtp.session import Session
from preferences.codes.send_details import SendDetail

GOODBYE_SECONDS = 2
SENDER_FAULT_CODES = {421, 530, 534, 535, 538}  # the server is closing, or wants us to log in or encrypt
MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """One message in its envelope; the content is complete and travels as it is."""

    sender: str
    to: str
    content: bytes


def build(
    *,
    from_name: str,
    from_email: str,
    reply_to: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    headers: Mapping[str, str],
) -> Mail:
    """Compose a message for exactly one recipient; what would smuggle in another is Unreadable."""
    sender, recipient = mime.address(from_email), mime.address(to)
    lines = [
        mime.mailbox("From", from_name, sender),
        mime.mailbox("To", "", recipient),
        *([mime.mailbox("Reply-To", "", mime.address(reply_to))] if reply_to else []),
        mime.subject(subject),
        mime.date(),
        f"Message-ID: {mime.message_id(message_id)}",
        *mime.single_lines(headers),
        "MIME-Version: 1.0",
    ]
    head = mime.encoded("\r\n".join(lines) + "\r\n")
    return Mail(sender, recipient, head + mime.body(text, html, mark=message_id))


class SmtpConnection:
    """Hands messages to the relay over one connection: opened when needed, replaced after trouble."""

    def __init__(self) -> None:
        self._session: Session | None = None

    def __enter__(self) -> "SmtpConnection":
        return self

    def __exit__(self, *trouble: object) -> None:
        session, self._session = self._session, None
        if session:
            session.leave(Deadline(GOODBYE_SECONDS, step=GOODBYE_SECONDS))

    def send(self, parcel: Mail, *, within: float | None = None) -> Outcome:
        """Give one message to the relay in at most so many seconds, and say what certainly became of it."""
        if unfit := _envelope_fault(parcel):
            return Outcome(Result.REFUSED, detail=unfit)
        deadline = Deadline(settings.SEND_FENCE_SECONDS if within is None else within, step=settings.EMAIL_TIMEOUT)
        try:
            session = self._take(deadline)
        except (OSError, ValueError) as error:
            return Outcome(Result.TRY_LATER, detail=printable_detail(_sentence(error), hide=parcel.to))
        return self._converse(session, parcel)

    def _take(self, deadline: Deadline) -> Session:
        """The session leaves its place here and returns only after a conversation that ended in order."""
        session, self._session = self._session, None
        if session and _still_good(session, deadline):
            return session
        session = Session(deadline)
        try:
            session.open()
        except BaseException:
            session.close()
            raise
        return session

    def _converse(self, session: Session, parcel: Mail) -> Outcome:
        wide = not (parcel.sender + parcel.to).isascii() or not parcel.content.isascii()
        if wide and not session.has_extn("smtputf8"):
            self._session = session
            return Outcome(Result.REFUSED, detail=SendDetail.ASCII_ONLY)
        options = " BODY=8BITMIME SMTPUTF8" if wide else ""
        try:
            answer = session.deliver(parcel.sender, parcel.to, parcel.content, options=options)
        except BaseException as error:
            session.close()
            if not isinstance(error, OSError):
                raise
            result = Result.UNKNOWN if session.dot_written else Result.TRY_LATER
            return Outcome(result, detail=printable_detail(_sentence(error), hide=parcel.to))
        return self._conclude(session, parcel, answer)

    def _conclude(self, session: Session, parcel: Mail, answer: tuple[int, bytes]) -> Outcome:
        code, words = answer
        if code in SENDER_FAULT_CODES or not (code >= 400 or session.dot_written):
            session.close()
        else:
            self._session = session
        detail = printable_detail(f"{code} {words.decode('utf-8', 'replace')}", hide=parcel.to)
        result = _result_of_reply(code, dot_written=session.dot_written)
        return Outcome(result, _message_id(parcel.content) if result == Result.SENT else "", detail)


def _result_of_reply(code: int, *, dot_written: bool) -> Result:
    """What the answer means; only after the final dot can the message have been accepted."""
    if code in SENDER_FAULT_CODES or 400 <= code < 500:
        return Result.TRY_LATER
    if code >= 500:
        return Result.REFUSED
    if not dot_written:
        return Result.TRY_LATER
    return Result.SENT if code < 300 else Result.UNKNOWN


def _still_good(session: Session, deadline: Deadline) -> bool:
    try:
        usable = session.is_usable(deadline)
    except OSError:
        usable = False
    if not usable:
        session.close()
    return usable


def _envelope_fault(parcel: Mail) -> str:
    """Why this envelope cannot be written in an SMTP command, or nothing."""
    if mime.is_address(parcel.to) and (parcel.sender == "" or mime.is_address(parcel.sender)):
        return ""
    return SendDetail.BAD_ENVELOPE


def _sentence(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    return str(error) or type(error).__name__


def _message_id(content: bytes) -> str:
    found = MESSAGE_ID.search(content.partition(b"\r\n\r\n")[0])
    return found.group(1).decode("ascii", "replace") if found else ""
