"""Writing down consent that was given by voice or on paper: first the form it was given on, then what was said."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from preferences import tasks
from preferences.admin.base import StaffAdmin, staff_user
from preferences.collection import attachments
from preferences.collection import offline_consent as verbs
from preferences.consent.evidence import Proof
from preferences.errors import NotAllowed
from preferences.models import Address, ConsentForm, ConsentFormVersion, Contact, Topic


class OfflineConsentForm(forms.Form):
    """What was said: for which address, about what, when, and what proves it."""

    address = forms.ModelChoiceField(
        Address.objects.none(), label=gettext_lazy("Address"), widget=UnfoldAdminSelectWidget
    )
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.none(),
        label=gettext_lazy("Topics they consented to"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    said_at = forms.SplitDateTimeField(
        label=gettext_lazy("Consent given on (UTC)"), widget=UnfoldAdminSplitDateTimeWidget
    )
    words = forms.CharField(
        label=gettext_lazy("What they said, or where the signed form is stored"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )
    document = forms.FileField(
        label=gettext_lazy("Recording or scan"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy(
            "PDF, PNG, JPEG, MP3, M4A, WAV, OGG or WebM, up to 25 MB. Stored separately, with restricted access."
        ),
    )
    read_back = forms.BooleanField(
        label=gettext_lazy("I read it back to them, or they signed it, and they confirmed that it is correct"),
        widget=UnfoldBooleanWidget,
        error_messages={"required": gettext_lazy("Read it back first: consent cannot be recorded without this.")},
    )

    def __init__(self, *args: Any, contact: Contact, version: ConsentFormVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].queryset = contact.addresses.live()  # type: ignore[attr-defined]
        on_the_form = Topic.objects.filter(notices__in=version.notices, retired_at=None)
        self.fields["topics"].queryset = on_the_form.distinct()  # type: ignore[attr-defined]
        self.fields["said_at"].initial = timezone.now

    def clean_document(self) -> Any:
        file = self.cleaned_data["document"]
        try:
            return attachments.validated_attachment(file) if file else None
        except NotAllowed as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def record_offline_consent_view(office: StaffAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Two steps: which form was read out or signed, then what was said."""
    contact = office.subject(request, object_id)
    version = _current().get(request.GET.get("form", ""))
    if version is None:
        return office.page(request, "admin/preferences/contact/choose_form.html", _choice(office, contact))

    def verb(contact: Contact, said: dict[str, Any]) -> str:
        proof = Proof(words=said["words"], document=said["document"], page=str(version))
        verbs.record_consent(
            said["address"],
            said["topics"],
            form=version,
            said_at=said["said_at"],
            proof=proof,
            by=staff_user(request),
        )
        tasks.deliver_soon(said["address"])
        return _("Consent recorded. The person is notified at once, and the consent expires unless they confirm it.")

    return office.ask_first(
        request,
        object_id,
        title=_("Record consent"),
        text=_("Read this out word for word, or compare it with the form they signed. Then enter what they agreed to."),
        button=_("Record consent and notify them"),
        verb=verb,
        form_class=partial(OfflineConsentForm, contact=contact, version=version),
        template="admin/preferences/contact/record_consent.html",
        shown={"version": version, "notices": _notices(version)},
    )


def _current() -> dict[str, ConsentFormVersion]:
    """The latest version of each script and paper form in each language, by its id as text."""
    asked = ConsentFormVersion.objects.filter(form__retired_at=None, form__kind__in=verbs.METHODS)
    latest = {
        (version.form_id, version.language): version
        for version in asked.select_related("form__sender").order_by("form__name", "language", "version")
    }
    return {str(version.pk): version for version in latest.values()}


def _choice(office: StaffAdmin, contact: Contact) -> dict[str, Any]:
    versions = sorted(_current().values(), key=lambda version: version.language != contact.language)
    return {
        "title": _("Record consent"),
        "versions": versions,
        "kinds": ConsentForm.Kind,
        "original": contact,
        "back": office.change_url(contact),
    }


def _notices(version: ConsentFormVersion) -> list[Any]:
    topics = Topic.objects.filter(notices__in=version.notices).distinct()
    return [notice for topic in topics for notice in topic.notices.filter(pk__in=version.notices)]
