"""Contact and Address: who we may write to, and where."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Channel(models.TextChoices):
    """A way to reach an address."""

    EMAIL = "email", _("Email")
    SMS = "sms", _("Text message")


class Contact(models.Model):
    """A person we may write to. Someone who left everything is still a contact."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("Two-letter country code, for example US.")
    )
    region = models.CharField(_("region"), max_length=10, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    born_on = models.DateField(
        _("date of birth"), null=True, blank=True, help_text=_("Only if an age limit requires it.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    restricted_at = models.DateTimeField(_("restricted"), null=True, blank=True, editable=False)
    sale_share_optout_at = models.DateTimeField(_("do not sell or share since"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    history = HistoricalRecords(excluded_fields=["name", "postal_code", "born_on"])

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-id"]
        permissions = [("erase_contact", "Can erase a person on request")]

    def __str__(self) -> str:
        return self.name or f"Contact {str(self.reference)[:8]}"


class AddressQuerySet(models.QuerySet):
    def live(self) -> "AddressQuerySet":
        """Addresses of people who were not erased."""
        return self.filter(erased_at=None)


class Address(models.Model):
    """One email address or phone number of a contact. Its value never changes: consent is for *it*."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="addresses")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    value = models.CharField(_("address"), max_length=320)
    normal_form = models.CharField(max_length=320, null=True, editable=False)  # noqa: DJ001 erased means NULL
    fingerprint = models.CharField(max_length=64, null=True, editable=False, db_index=True)  # noqa: DJ001 same
    link_generation = models.PositiveIntegerField(default=1, editable=False)
    verified_at = models.DateTimeField(_("confirmed by its owner"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AddressQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["value", "normal_form", "fingerprint"])

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "normal_form"],
                name="address_unique",
                violation_error_message=_("This address already belongs to somebody."),
            ),
            models.CheckConstraint(
                name="address_erased_or_known",
                condition=models.Q(erased_at=None, normal_form__isnull=False, fingerprint__isnull=False)
                | models.Q(erased_at__isnull=False, normal_form=None, fingerprint=None, value=""),
            ),
        ]

    def __str__(self) -> str:
        return self.value or str(_("(erased)"))

    @property
    def masked(self) -> str:
        """Enough to recognise one's own address, too little to learn somebody else's."""
        if self.channel == Channel.SMS:
            return f"{self.value[:3]}•••{self.value[-2:]}"
        local, _at, domain = self.value.partition("@")
        return f"{local[:1]}•••@{domain[:1]}•••{domain[domain.rfind('.') :]}" if domain else ""


class InFlight(models.Model):
    """This address is in the hands of one sender right now, until a deadline. Written by send_fence.py."""

    address = models.OneToOneField(Address, on_delete=models.PROTECT, primary_key=True, related_name="in_flight")
    window = models.UUIDField(db_index=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("message being sent")
        verbose_name_plural = _("messages being sent")

    def __str__(self) -> str:
        return f"{self.address_id} until {self.until:%H:%M:%S}"
