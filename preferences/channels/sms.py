"""The door for texts: one text to one number, handed to the provider at most once."""

import http.client
import json
import re
from dataclasses import dataclass

from django.conf import settings

from preferences.channels.deadline_socket import Deadline
from preferences.channels.http_sms.session import Answer, Session
from preferences.channels.outcomes import Outcome, Result, printable_detail
from preferences.codes.send_details import SendDetail

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
KEY = re.compile(r"[!-~]{1,255}")
RETRY_STATUSES = {401, 408, 429, 503}  # about our token or the provider's load, not about this text


@dataclass(frozen=True)
class SmsMessage:
    """One text from our number to theirs; the reference stays the same however often it is offered."""

    sender: str
    to: str
    body: str
    reference: str


class SmsConnection:
    """Hands texts to the provider over one connection: opened when needed, replaced after trouble."""

    def __init__(self) -> None:
        self._session: Session | None = None

    def __enter__(self) -> "SmsConnection":
        return self

    def __exit__(self, *trouble: object) -> None:
        session, self._session = self._session, None
        if session:
            session.close()

    def send(self, parcel: SmsMessage, *, within: float | None = None) -> Outcome:
        """Give one text to the provider in at most so many seconds, and say what certainly became of it."""
        if unfit := _message_fault(parcel):
            return Outcome(Result.REFUSED, detail=unfit)
        deadline = Deadline(settings.SEND_FENCE_SECONDS if within is None else within, step=settings.EMAIL_TIMEOUT)
        try:
            session = self._take(deadline)
        except (OSError, ValueError) as error:
            return Outcome(Result.TRY_LATER, detail=printable_detail(str(error), hide=parcel.to))
        return self._converse(session, parcel)

    def _take(self, deadline: Deadline) -> Session:
        """The session leaves its place here and returns only after a conversation that ended in order."""
        session, self._session = self._session, None
        if session and session.is_usable(deadline):
            return session
        if session:
            session.close()
        session = Session(settings.SMS_PROVIDER_URL, deadline)
        session.open()
        return session

    def _converse(self, session: Session, parcel: SmsMessage) -> Outcome:
        try:
            answer = session.post(_content(parcel), _headers(parcel))
        except BaseException as error:
            session.close()
            if not isinstance(error, (OSError, ValueError, http.client.HTTPException)):
                raise
            result = Result.UNKNOWN if session.written else Result.TRY_LATER
            return Outcome(result, detail=printable_detail(str(error) or type(error).__name__, hide=parcel.to))
        self._session = session
        return _outcome(answer, parcel)


def _outcome(answer: Answer, parcel: SmsMessage) -> Outcome:
    number = _provider_id(answer.body) if 200 <= answer.status < 300 else ""
    if number:
        return Outcome(Result.SENT, number, str(answer.status))
    pause = f"Retry-After: {answer.retry_after}. " if answer.retry_after else ""
    words = answer.body.decode("utf-8", "replace")
    return Outcome(
        _result_of_status(answer.status), detail=printable_detail(f"{answer.status} {pause}{words}", hide=parcel.to)
    )


def _result_of_status(status: int) -> Result:
    """What a reply without the number of an accepted text means."""
    if status in RETRY_STATUSES:
        return Result.TRY_LATER
    return Result.REFUSED if 300 <= status < 500 else Result.UNKNOWN


def _provider_id(body: bytes) -> str:
    try:
        service_message = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    number = service_message.get("id") if isinstance(service_message, dict) else None
    return str(number) if isinstance(number, (str, int)) and not isinstance(number, bool) else ""


def _content(parcel: SmsMessage) -> bytes:
    return json.dumps(
        {"from": parcel.sender, "to": parcel.to, "body": parcel.body, "reference": parcel.reference}
    ).encode()


def _headers(parcel: SmsMessage) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Authorization": f"Bearer {settings.SMS_PROVIDER_TOKEN}",
        "Idempotency-Key": parcel.reference,
    }


def _message_fault(parcel: SmsMessage) -> str:
    """Why this text cannot be handed over at all, or nothing."""
    if not settings.SMS_PROVIDER_URL:
        return SendDetail.NO_SMS_PROVIDER
    if not NUMBER.fullmatch(parcel.to):
        return SendDetail.BAD_NUMBER
    if not KEY.fullmatch(parcel.reference):
        return SendDetail.BAD_REFERENCE
    return ""
