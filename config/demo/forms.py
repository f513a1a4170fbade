"""What a person types on their phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.demo import carrier, pigeonholes


class AnswerForm(forms.Form):
    """One text back, to one of our numbers."""

    to = forms.ChoiceField(label=_("To"))
    text = forms.CharField(
        label=_("Answer"),
        max_length=1600,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "YES, STOP, HELP …"}),
    )

    def __init__(self, *args: Any, said: list[pigeonholes.Text], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = dict.fromkeys(text.ours for text in reversed(said))
        self.fields["to"].choices = [(number, number) for number in numbers]  # type: ignore[attr-defined]

    def save(self, number: str) -> None:
        """Send it as the provider would, and keep it beside what we wrote."""
        to, text = self.cleaned_data["to"], self.cleaned_data["text"]
        words = {"direction": "answer", "from": number, "to": to, "body": text}
        name = pigeonholes.put_text(words)
        outcome = carrier.answer(text, sender=number, recipient=to)
        pigeonholes.put_text(words | {"outcome": outcome}, name=name)
