"""The contact record: one person's whole story on one page, to read, to print or to take away."""

from dataclasses import asdict
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from compliance.dossier import timeline
from compliance.models import ContactRecord
from preferences.admin.address_search import AddressSearchAdmin, addresses_matching
from preferences.admin.base import ReadOnly, StaffAdmin


@admin.register(ContactRecord)
class ContactRecordAdmin(ReadOnly, AddressSearchAdmin, StaffAdmin):
    """What do we hold about this person, and how did it come about?"""

    list_display = ["person", "reach", "language", "created_at", "erased_at"]
    list_filter = [("erased_at", admin.EmptyFieldListFilter), "language"]
    search_help_text = gettext_lazy("A name, an email address or a phone number.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ContactRecord]:
        return super().get_queryset(request).prefetch_related("addresses")

    def found(self, term: str) -> models.Q:
        return models.Q(name__icontains=term) | models.Q(pk__in=addresses_matching(term).values("contact_id"))

    def has_view_permission(self, request: HttpRequest, obj: ContactRecord | None = None) -> bool:
        return request.user.has_perm("compliance.view_contactrecord")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path("<int:contact_id>/timeline/", self.timeline_view, name="compliance_timeline"),
            path("<int:contact_id>/timeline.json", self.export_view, name="compliance_timeline_export"),
        ]
        for page in pages:
            page.callback = self.admin_site.admin_view(page.callback)
        return pages + super().get_urls()

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        return redirect("admin:compliance_timeline", self._person(request, object_id).pk)

    def timeline_view(self, request: HttpRequest, contact_id: int) -> HttpResponse:
        """The timeline, whole or of one kind."""
        person = self._person(request, contact_id)
        entries = timeline.build_timeline(person)
        wanted = request.GET.get("kind", "")
        context = {
            "title": _("Contact record of %(person)s") % {"person": person},
            "person": person,
            "entries": [entry for entry in entries if wanted in ("", entry.kind)],
            "kinds": _kinds(entries, wanted),
            "printed_at": timezone.now(),
            "original": person,
        }
        return self.page(request, "admin/compliance/contactrecord/timeline.html", context)

    def export_view(self, request: HttpRequest, contact_id: int) -> JsonResponse:
        """The same story for a machine."""
        person = self._person(request, contact_id)
        response = JsonResponse(_exported(person), json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="dossier-{person.reference}.json"'
        return response

    def _person(self, request: HttpRequest, contact_id: int | str) -> ContactRecord:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(ContactRecord.objects.prefetch_related("addresses"), pk=contact_id)

    @display(description=gettext_lazy("person"), ordering="name")
    def person(self, person: ContactRecord) -> str:
        return str(person)

    @display(description=gettext_lazy("addresses"))
    def reach(self, person: ContactRecord) -> str:
        return ", ".join(str(address) for address in person.addresses.all())


def _kinds(entries: list[timeline.TimelineEntry], wanted: str) -> list[dict[str, Any]]:
    """Every kind that occurs, with its count, to choose from."""
    counts = {kind: sum(entry.kind == kind for entry in entries) for kind in timeline.EntryKind}
    choices = [("", _("Everything"), len(entries))]
    choices += [(kind.value, str(kind.label), count) for kind, count in counts.items() if count]
    return [
        {"value": value, "label": label, "count": count, "chosen": value == wanted} for value, label, count in choices
    ]


def _exported(person: ContactRecord) -> dict[str, Any]:
    return {
        "reference": person.reference,
        "exported_at": timezone.now(),
        "contact": {
            name: getattr(person, name)
            for name in ["name", "language", "time_zone", "country", "region", "created_at", "erased_at"]
        },
        "addresses": [
            {name: getattr(address, name) for name in ["reference", "channel", "value", "verified_at", "created_at"]}
            for address in person.addresses.all()
        ],
        "entries": [asdict(entry) for entry in timeline.build_timeline(person)],
    }
