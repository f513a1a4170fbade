"""Receipts: have one written, and check one that somebody shows."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preferences.proof import receipt_signing
from preferences.proof.receipt_signing import ReceiptCheck
from preferences.web.forms import layout
from preferences.web.link_holder import LinkHolder

MOST_BYTES = 64 * 1024
EMPTY = _("Paste the whole receipt here: everything in the file that you saved.")
TOO_LARGE = _("This text is too long for one of our receipts. Paste one receipt and nothing else.")


class WriteReceiptForm(forms.Form):
    """One button: the receipt of an act that has none yet."""

    def __init__(self, *args: Any, visitor: LinkHolder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor

    @property
    def helper(self) -> FormHelper:
        write = Submit("write", _("Create my receipt"), css_class="btn-primary")
        return layout.form_helper(write, action=reverse("preferences:receipt"), visitor=self.visitor)


class CheckReceiptForm(forms.Form):
    """A receipt, pasted as it is."""

    receipt = forms.CharField(
        label=_("The receipt"),
        help_text=_("It begins with { and ends with }."),
        max_length=MOST_BYTES,
        strip=True,
        widget=forms.Textarea(
            attrs={"rows": 10, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "dir": "ltr"}
        ),
        error_messages={"required": EMPTY, "max_length": TOO_LARGE},
    )

    @property
    def helper(self) -> FormHelper:
        check = Submit("check", _("Check the receipt"), css_class="btn-primary")
        return layout.form_helper("receipt", check, action=reverse("preferences:receipt-check"))

    def clean_receipt(self) -> str:
        text = self.cleaned_data["receipt"]
        if len(text.encode("utf-8", "replace")) > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return text

    def check(self) -> tuple[ReceiptCheck, dict[str, Any]]:
        return receipt_signing.check_receipt(self.cleaned_data["receipt"])
