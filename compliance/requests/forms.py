"""What people fill in about their own data: which copy they want, and what they ask of us."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.dossier.export_schema import EXPORT_TABLES
from compliance.models import SubjectRequest
from compliance.requests import service as requests
from preferences.consent.evidence import Proof
from preferences.web.forms import layout
from preferences.web.link_holder import LinkHolder

RequestKind = SubjectRequest.Kind
KINDS = {"zip": RequestKind.ACCESS, "json": RequestKind.PORTABILITY, "csv": RequestKind.PORTABILITY}


class DataCopyForm(forms.Form):
    """One file: everything, or one table."""

    wanted = forms.ChoiceField(choices=[(name, name) for name in KINDS])
    table = forms.ChoiceField(
        label=_("Or a single table, for a spreadsheet"),
        choices=[(name, table.about) for name, table in EXPORT_TABLES.items()],
        required=False,
    )

    def __init__(self, *args: Any, visitor: LinkHolder, counts: dict[str, int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor
        if counts:
            field: Any = self.fields["table"]
            field.choices = [(name, f"{table.about} ({counts[name]})") for name, table in EXPORT_TABLES.items()]

    @property
    def helper(self) -> FormHelper:
        both = layout.TemplatePart("compliance/requests/_data_copies.html")
        one = layout.TemplatePart(
            "compliance/requests/_request_button.html", name="wanted", value="csv", label=_("This table as CSV")
        )
        return layout.form_helper(
            both, layout.FieldGroup("compliance/requests/_one_table.html", "table"), one, visitor=self.visitor
        )

    def clean(self) -> None:
        if self.cleaned_data.get("wanted") == "csv" and not self.cleaned_data.get("table"):
            raise forms.ValidationError(_("Choose a table."))

    def save(self) -> SubjectRequest:
        """Write down that a copy was fetched."""
        return requests.submit(self.visitor.address, KINDS[self.cleaned_data["wanted"]])


class SubjectRequestForm(forms.Form):
    """One right and its button. What was asked is said on the page."""

    kind: RequestKind
    title: str | Promise
    explanation: str | Promise
    button: str | Promise
    done: str | Promise

    def __init__(self, *args: Any, visitor: LinkHolder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor

    @property
    def helper(self) -> FormHelper:
        button = layout.TemplatePart(
            "compliance/requests/_request_button.html", name="ask", value=self.kind.value, label=self.button
        )
        return layout.form_helper(*self.fields, button, visitor=self.visitor)

    def save(self, proof: Proof) -> SubjectRequest:
        words = self.cleaned_data.get("words", "")
        return requests.submit(self.visitor.address, self.kind, words=words, proof=proof)


class ObjectionForm(SubjectRequestForm):
    kind = RequestKind.OBJECTION
    title = _("Stop using my data for messages")
    explanation = _(
        "You are unsubscribed from all messages at once, on all your email addresses and phone "
        "numbers. You do not need to give a reason."
    )
    button = _("Unsubscribe from all")
    done = _("Done. You are unsubscribed from all messages, on all your email addresses and phone numbers.")


class RestrictionForm(SubjectRequestForm):
    kind = RequestKind.RESTRICTION
    title = _("Restrict the use of my data")
    explanation = _(
        "We keep your data but do not use it, and send nothing until you remove the restriction "
        "here. Your consent history is kept."
    )
    button = _("Restrict")
    done = _("Done. Your data is kept but not used until you remove the restriction here.")


class DeletionForm(SubjectRequestForm):
    """What a colleague has carried out cannot be undone, so it asks for one more tick."""

    kind = RequestKind.DELETION
    title = _("Delete my data")
    explanation = _(
        "A member of staff reviews your request and deletes your name, your addresses and all "
        "evidence. Until then nothing is sent to you, and you can cancel the request. We keep "
        "the record of opt-ins and opt-outs without your name and addresses, and a hash of your "
        "addresses, so that no list imported later makes us contact you again."
    )
    button = _("Request deletion")
    done = _(
        "We received your request. Nothing will be sent to you from now on, and you can cancel "
        "the request until it is carried out."
    )

    words = forms.CharField(
        label=_("Anything you want to tell us (optional)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Write at most 2000 characters.")},
    )
    sure = forms.BooleanField(
        label=_("Yes, delete my data"),
        error_messages={"required": _("Tick the box to confirm. Your request has not been sent yet.")},
    )


REQUEST_FORMS = {form.kind.value: form for form in (ObjectionForm, RestrictionForm, DeletionForm)}


class WithdrawRequestForm(forms.Form):
    """The way back from a restriction, and from a deletion that waits."""

    request = forms.ModelChoiceField(queryset=SubjectRequest.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, visitor: LinkHolder, standing: SubjectRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"request": standing}})
        self.visitor, self.standing = visitor, standing
        field: Any = self.fields["request"]
        field.queryset = requests.requests_of(visitor.address.contact)

    @property
    def helper(self) -> FormHelper:
        is_restriction = self.standing is not None and self.standing.kind == RequestKind.RESTRICTION
        label = _("Remove the restriction") if is_restriction else _("Cancel the request")
        button = layout.TemplatePart(
            "compliance/requests/_request_button.html", name="take_back", value="yes", label=label
        )
        return layout.form_helper("request", button, visitor=self.visitor)

    def save(self) -> SubjectRequest:
        """Raises NotAllowed when it is too late."""
        return requests.withdraw(self.cleaned_data["request"], address=self.visitor.address)
