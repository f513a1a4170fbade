"""Who handles people's data for us. What stands here, people read on the privacy page."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from compliance.models import Processor
from preferences.admin.base import StaffAdmin


class ProcessorForm(forms.ModelForm):
    """What staff type about somebody who handles data."""

    class Meta:
        model = Processor
        fields = ["name", "senders", "purpose", "data", "country", "safeguard", "agreement_on", "ended_at"]

    def clean_country(self) -> str:
        country = self.cleaned_data["country"].strip()
        if len(country) != 2 or not (country.isascii() and country.isalpha()):
            raise forms.ValidationError(_("Enter a two-letter country code, for example US."))
        return country.upper()

    def clean_agreement_on(self) -> Any:
        day = self.cleaned_data["agreement_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Enter the date the agreement was signed. It cannot be in the future."))
        return day


@admin.register(Processor)
class ProcessorAdmin(StaffAdmin):
    """Who gets people's data, what for, and under which agreement?"""

    form = ProcessorForm
    list_display = ["name", "purpose", "where", "works_for", "agreement", "ended_at"]
    list_filter = [
        ("agreement_on", admin.EmptyFieldListFilter),
        ("ended_at", admin.EmptyFieldListFilter),
        "senders",
        "country",
    ]
    search_fields = ["name", "purpose", "data"]
    fieldsets = [
        (None, {"fields": ["name", "senders"]}),
        (gettext_lazy("Shown in the privacy notice"), {"fields": ["purpose", "data", "country", "safeguard"]}),
        (gettext_lazy("Agreement"), {"fields": [("agreement_on", "ended_at")]}),
    ]
    filter_horizontal = ["senders"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Processor]:
        return super().get_queryset(request).prefetch_related("senders")

    @display(description=gettext_lazy("country"), ordering="country")
    def where(self, processor: Processor) -> str:
        return processor.country

    @display(description=gettext_lazy("works for"))
    def works_for(self, processor: Processor) -> str:
        return ", ".join(str(sender) for sender in processor.senders.all())

    @display(
        description=gettext_lazy("agreement"),
        label={"missing": "danger", "signed": "success", "over": "quiet"},
        ordering="agreement_on",
    )
    def agreement(self, processor: Processor) -> tuple[str, str]:
        if processor.ended_at and not processor.agreement_on:
            return "over", _("No agreement (ended)")
        if processor.agreement_on is None:
            return "missing", _("No agreement date")
        return "signed", _("Signed on %(day)s") % {"day": processor.agreement_on}

    def save_model(self, request: HttpRequest, obj: Processor, form: forms.ModelForm, change: bool) -> None:
        """Whoever works without an agreement is saved and named: it is better known than hidden."""
        super().save_model(request, obj, form, change)
        if obj.agreement_on is None and not obj.ended_at:
            self.message_user(request, _missing(obj), messages.WARNING)


def _missing(processor: Processor) -> str:
    return _(
        "No agreement date is recorded for %(name)s. Processors may not handle personal data "
        "without an agreement: sign it, then enter the date here."
    ) % {"name": processor.name}
