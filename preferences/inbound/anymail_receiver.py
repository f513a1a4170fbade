"""The door for mail that an email provider takes for us: Anymail checks who knocks and reads each dialect."""

from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent, inbound
from django.dispatch import receiver

from preferences import tasks
from preferences.inbound import mail


@receiver(inbound, dispatch_uid="preferences.inbound.anymail_receiver")
def receive_inbound_mail(sender: type, event: AnymailInboundEvent, esp_name: str, **kwargs: object) -> None:
    """One mail. It is answered with success only when it is kept; otherwise the provider sends it again."""
    if event.message is not None:
        taken = mail.receive_safely(_raw(event.message), provider=esp_name.lower(), provider_id=event.event_id or "")
        if taken.address:
            tasks.deliver_soon(taken.address)


def _raw(message: AnymailInboundMessage) -> bytes:
    """The mail as it came, below what the provider knew of its envelope."""
    envelope = {"Return-Path": message.envelope_sender, "Envelope-To": message.envelope_recipient}
    lines = [f"{name}: <{_one_line(value)}>\r\n" for name, value in envelope.items() if value is not None]
    return "".join(lines).encode("utf-8", "replace") + _content(message)


def _content(message: AnymailInboundMessage) -> bytes:
    """A mail that cannot be written again is kept as its headers and its text."""
    try:
        return message.as_bytes()
    except Exception:  # whatever a hostile mail finds in the writer of mails
        head = "".join(f"{name}: {_one_line(str(value))}\r\n" for name, value in message.raw_items())
        return f"{head}\r\n{message.get_payload()}".encode("utf-8", "replace")


def _one_line(value: str) -> str:
    return " ".join(value.strip("<> ").split())
