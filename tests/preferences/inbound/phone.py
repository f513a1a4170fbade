"""Somebody's phone, for tests: texts to a sender's number, as the provider reports them."""

from itertools import count

from django.utils import timezone

from preferences.inbound import sms

NUMBER = "+12075550123"
_ids = count()


def to(sender):
    """A function that sends one text to this sender."""

    def send(text, *, number=NUMBER, to=None, sent_at=None, provider_id=None, **how):
        return sms.receive_sms(
            provider="test",
            provider_id=provider_id or f"text-{next(_ids)}",
            sender_number=to or sender.text_number,
            from_number=number,
            text=text,
            sent_at=sent_at or timezone.now(),
            **how,
        )

    return send
