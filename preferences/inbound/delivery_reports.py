"""Reports that machines send about our mail: it could not be delivered (RFC 3464), somebody called it spam (RFC 5965).

Pure. What a report says is believed only as far as it returns what we sent: its Message-ID, or a link that we signed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from email.policy import compat32

from preferences.inbound import mail_text
from preferences.links import mailto
from preferences.links.tokens import TokenClaims

CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# The mailbox does not exist, or takes nothing any more. Codes about our side, the way, or this one message (a full
# mailbox, a size, a policy) are no reason to give up at once. 5.1.7 and 5.1.8 speak about the sender's address.
NO_MAILBOX = re.compile(r"5\.(?:0\.\d+|1\.(?!7$|8$)\d+|2\.[01])")
RETURNED = {
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
}


@dataclass(frozen=True)
class ReturnedMessage:
    """What came back of the message that a report is about."""

    message_id: str = ""
    claims: TokenClaims | None = None


NO_RETURNED_MESSAGE = ReturnedMessage()


@dataclass(frozen=True)
class RecipientStatus:
    """What became of the message for one recipient: the action, and the status code in three numbers."""

    action: str
    status: str

    @property
    def has_failed(self) -> bool:
        return self.action == "failed"

    @property
    def is_for_good(self) -> bool:
        return self.has_failed and bool(NO_MAILBOX.fullmatch(self.status))


def delivery_statuses(message: Message) -> list[RecipientStatus] | None:
    """What a delivery report says about each recipient, the worst first; None if this is no such report."""
    found = [part for part in mail_text.message_parts(message) if part.get_content_type() == "message/delivery-status"]
    if not found:
        return None
    told = [_delivery(block) for part in found for block in _blocks(part) if block["Action"]]
    return sorted(told, key=lambda one: (one.is_for_good, one.has_failed), reverse=True)


def complaint_type(message: Message) -> str | None:
    """The type of a spam complaint, in small letters; None if this is no complaint."""
    for part in mail_text.message_parts(message):
        if part.get_content_type() == "message/feedback-report":
            fields = next(_blocks(part), None)
            return _field(fields, "Feedback-Type").lower() or "abuse" if fields else "abuse"
    return None


def returned_message(message: Message) -> ReturnedMessage:
    """Our message, as far as the report returns its head."""
    for part in mail_text.message_parts(message):
        if part is not message and part.get_content_type() in RETURNED:
            for head in _blocks(part):
                return ReturnedMessage(
                    _field(head, "Message-ID"), mailto.claims_from_header(_field(head, "List-Unsubscribe"))
                )
    return NO_RETURNED_MESSAGE


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields in a part. The parser has split some kinds of parts already, and others it has not."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload[: mail_text.MAX_PARTS] if isinstance(block, Message))
        return
    for block in mail_text.decode_part(part).strip().split("\n\n")[: mail_text.MAX_PARTS]:
        yield message_from_string(block, policy=compat32)


def _delivery(block: Message) -> RecipientStatus:
    """Where the status says only that it failed, the other server's own words may say more."""
    code = CODE.search(_field(block, "Status"))
    if code is None or code[0].endswith(".0.0"):
        code = CODE.search(_field(block, "Diagnostic-Code")) or code
    return RecipientStatus(_field(block, "Action").lower(), code[0] if code else "")


def _field(block: Message | None, name: str) -> str:
    return mail_text.storable_text(" ".join(str(block[name]).split())) if block is not None and block[name] else ""
