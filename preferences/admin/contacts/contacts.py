"""Who is this person, how can we reach them, and what may we write to them?"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import action, display

from preferences.admin.action_forms import NewContactForm, OptOutForm, guess_channel
from preferences.admin.address_search import AddressSearchAdmin, addresses_matching
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.admin.collection import offline_consent
from preferences.consent import eligibility, ineligibility_labels
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.models import Address, Contact, Source, Subscription, Suppression, Topic


class AddressInline(ReadOnly, TabularInline):
    model = Address
    fields = ["value", "channel", "verified_at", "erased_at"]
    readonly_fields = fields
    show_change_link = True
    extra = 0


@admin.register(Contact)
class ContactAdmin(AddressSearchAdmin, StaffAdmin):
    """Who is this, and what do they get from us?"""

    address_path = "addresses__in"
    list_display = ["person", "reach", "language", "country", "created_at", "forgotten"]
    list_filter = ["language", ("erased_at", admin.EmptyFieldListFilter)]
    search_help_text = gettext_lazy("A name, an email address or a phone number.")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", "language"),
                    ("country", "region"),
                    ("postal_code", "time_zone"),
                    "born_on",
                    ("created_at", "erased_at"),
                ]
            },
        ),
        (gettext_lazy("Privacy requests"), {"fields": [("restricted_at", "sale_share_optout_at")]}),
        (gettext_lazy("Subscriptions and suppressions"), {"fields": ["subscriptions", "suppressions"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["address", ("name", "language"), ("country", "region"), ("postal_code", "time_zone")]})
    ]
    asked = ["restricted_at", "sale_share_optout_at"]
    readonly_fields = ["created_at", "erased_at", *asked, "subscriptions", "suppressions"]
    inlines = [AddressInline]
    actions_detail = ["record_consent", "record_opt_out", "erase"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).prefetch_related("addresses")

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewContactForm
        return super().get_form(request, obj, change, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list:
        return self.inlines if obj else []

    def found(self, term: str) -> Q:
        if "@" in term or any(character.isdigit() for character in term):
            return Q(pk__in=addresses_matching(term).values("contact_id"))
        return Q(name__icontains=term) | Q(pk__in=addresses_matching(term).values("contact_id"))

    def has_change_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.erased_at)

    def has_erase_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("preferences.erase_contact")

    def has_write_down_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("preferences.record_consent")

    def has_record_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return super().has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: Contact, form: forms.ModelForm, change: bool) -> None:
        """What is typed here goes through the same services as everything else."""
        said = {name: form.cleaned_data[name] for name in contacts.CORRECTABLE if name in form.cleaned_data}
        if change:
            contacts.correct_details(obj, by=staff_user(request), **said)
            return
        value = form.cleaned_data["address"]
        address = contacts.add_address(guess_channel(value), value, by=staff_user(request), **said)
        obj.__dict__.update(address.contact.__dict__)

    @display(description=gettext_lazy("person"), ordering="name")
    def person(self, contact: Contact) -> str:
        return str(contact)

    @display(description=gettext_lazy("addresses"))
    def reach(self, contact: Contact) -> SafeString:
        return format_html_join(", ", "{}", ((str(address),) for address in contact.addresses.all()))

    @display(description=gettext_lazy("data erased"), label={True: "warning"})
    def forgotten(self, contact: Contact) -> tuple[bool, str] | None:
        return (True, _("Erased")) if contact.erased_at else None

    @display(description=gettext_lazy("subscriptions"))
    def subscriptions(self, contact: Contact) -> str:
        rows = Subscription.objects.filter(address__contact=contact).select_related("address", "topic__sender", "event")
        return render_to_string("admin/preferences/contact/_subscriptions.html", {"subscriptions": rows})

    @display(description=gettext_lazy("suppressions"))
    def suppressions(self, contact: Contact) -> str:
        live = contact.addresses.live().values("fingerprint")
        rows = Suppression.objects.filter(fingerprint__in=live).select_related("lifted_by")
        return render_to_string("admin/preferences/contact/_suppressions.html", {"suppressions": rows})

    @action(description=gettext_lazy("Record opt-out"), icon="do_not_disturb_on", permissions=["record"])
    def record_opt_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        contact = self.subject(request, object_id)

        def verb(contact: Contact, said: dict[str, Any]) -> str:
            who = {"sender": said["sender"], "by": staff_user(request), "proof": Proof(words=said["words"])}
            consent.withdraw_all(said["address"], source=Source.STAFF, method=said["method"], **who)
            return _("Opt-out recorded. No more messages are sent to this address.")

        return self.ask_first(
            request,
            object_id,
            title=_("Record opt-out"),
            text=_(
                "Use this when somebody tells you, by phone or on paper, that they want no more "
                "messages. This address is opted out of everything at once, and only the person can opt "
                "in again."
            ),
            button=_("Opt out of all"),
            verb=verb,
            form_class=partial(OptOutForm, contact=contact),
        )

    @action(description=gettext_lazy("Record consent"), icon="edit_note", permissions=["write_down"])
    def record_consent(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return offline_consent.record_offline_consent_view(self, request, object_id)

    @action(description=gettext_lazy("Erase"), icon="person_remove", permissions=["erase"])
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(contact: Contact, said: dict[str, Any]) -> str:
            erasure.erase(contact, by=staff_user(request))
            return _("Erased. The opt-out is kept only as a fingerprint of the address.")

        return self.ask_first(
            request,
            object_id,
            title=_("Erase this person"),
            text=_(
                "Their name, addresses and evidence are permanently deleted. Their consent history stays "
                "in the ledger without identifying them, and a fingerprint of the address prevents later "
                "imports from messaging them again. This cannot be undone."
            ),
            button=_("Erase permanently"),
            verb=verb,
            grave=True,
        )


@admin.register(Address)
class AddressAdmin(AddressSearchAdmin, ReadOnly, StaffAdmin):
    """May we write to this address, and about what?"""

    list_display = ["value", "channel", "contact", "verified_at", "created_at"]
    list_filter = ["channel", ("verified_at", admin.EmptyFieldListFilter)]
    list_select_related = ["contact"]
    fields = ["value", "channel", "contact", "verified_at", "created_at", "erased_at", "may_we_write"]
    readonly_fields = ["may_we_write"]
    actions_detail = ["revoke_links"]

    def found(self, term: str) -> Q:
        return Q(pk__in=addresses_matching(term))

    def has_revoke_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("preferences.change_contact")

    @action(description=gettext_lazy("Revoke links"), icon="link_off", permissions=["revoke"])
    def revoke_links(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(address: Address, said: dict[str, Any]) -> str:
            contacts.revoke_links(address, by=staff_user(request))
            return _("Links sent so far no longer work. Unsubscribe links still work.")

        return self.ask_first(
            request,
            object_id,
            title=_("Revoke links"),
            text=_(
                "Did somebody else get hold of a message? All preferences links sent so far stop "
                "working, and the person can ask for a new one. Unsubscribe links always work."
            ),
            button=_("Revoke"),
            verb=verb,
        )

    @display(description=gettext_lazy("eligibility"))
    def may_we_write(self, address: Address) -> str:
        topics = Topic.objects.filter(retired_at=None).select_related("sender")
        rows = [
            (topic, reason, ineligibility_labels.eligibility_answer(reason))
            for topic, reason in _objections_by_topic(address, topics)
        ]
        return render_to_string("admin/preferences/contact/_eligibility.html", {"rows": rows, "address": address})


def _objections_by_topic(address: Address, topics: QuerySet[Topic]) -> list[tuple[Topic, str]]:
    return [(topic, eligibility.first_objection(address, topic)) for topic in topics]
