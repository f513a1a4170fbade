"""What a person types on their phone."""

from email.message import EmailMessage
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.demo import sms_simulator, store


class MailReplyForm(forms.Form):
    """One mail back, written by a person or by their mail program."""

    text = forms.CharField(
        label=_("Your reply"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "Please take me off your list."}),
    )
    is_automatic = forms.BooleanField(label=_("Send as an automatic out-of-office reply"), required=False)

    def save(self, mail: store.StoredMail) -> str:
        """What the door said."""
        automatic = {"Auto-Submitted": "auto-replied"} if self.cleaned_data["is_automatic"] else {}
        subject = f"Re: {mail.subject}"
        answered = _mail(mail, mail.answers_go_to, subject, self.cleaned_data["text"], **automatic)
        return sms_simulator.send_inbound_mail(answered)


def unsubscribe_by_mail(mail: store.StoredMail) -> str:
    """Unsubscribe by mail, as a mail program does (RFC 2369); returns what the door said."""
    return sms_simulator.send_inbound_mail(_mail(mail, mail.leave_mailbox, "unsubscribe", ""))


def _mail(mail: store.StoredMail, to: str, subject: str, text: str, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.to, to, subject
    for name, value in headers.items():
        message[name] = value
    message.set_content(text)
    return message.as_bytes()


class SmsReplyForm(forms.Form):
    """One text back, to one of our numbers."""

    to = forms.ChoiceField(label=_("To"))
    text = forms.CharField(
        label=_("Your reply"),
        max_length=1600,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "YES, STOP, HELP …"}),
    )

    def __init__(self, *args: Any, said: list[store.StoredSms], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = dict.fromkeys(text.ours for text in reversed(said))
        self.fields["to"].choices = [(number, number) for number in numbers]  # type: ignore[attr-defined]

    def save(self, number: str) -> None:
        """Send it as the provider would, and keep it beside what we wrote."""
        to, text = self.cleaned_data["to"], self.cleaned_data["text"]
        words = {"direction": "answer", "from": number, "to": to, "body": text}
        name = store.store_sms(words)
        outcome = sms_simulator.send_inbound_sms(text, sender=number, recipient=to)
        store.store_sms(words | {"outcome": outcome}, name=name)
