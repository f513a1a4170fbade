"""ConsentEvent and Evidence: what a person said, and the personal part of the proof."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from preferences.codes.consent_sources import Source
from preferences.models.append_only import AppendOnly
from preferences.models.consent_forms import ConsentFormVersion
from preferences.models.contacts import Address
from preferences.models.topics import Notice, Topic


class Method(models.TextChoices):
    """How the person said it."""

    CHECKBOX = "checkbox", _("Ticked a box")
    DOUBLE_OPT_IN = "double_opt_in", _("Confirmed by link")
    BUTTON = "button", _("Pressed a button")
    HEADER = "header", _("One-click header")
    KEYWORD = "keyword", _("Keyword")
    OWN_WORDS = "own_words", _("In their own words")
    WRITTEN = "written", _("In writing")
    VERBAL = "verbal", _("Verbally")
    COMPLAINT = "complaint", _("Spam complaint")
    NONE = "none", _("Automatic, on the due date")


class Basis(models.TextChoices):
    """What a yes rests on: the person's own word, or a relationship that the law takes for one for a while."""

    EXPRESS = "express", _("Express consent")
    SOFT_OPT_IN = "soft_opt_in", _("Soft opt-in: customer, informed and did not object")
    PURCHASE = "purchase", _("Purchase or contract")
    INQUIRY = "inquiry", _("Enquiry")
    MEMBERSHIP = "membership", _("Donation, volunteering or membership")
    PUBLISHED = "published", _("Address published for this purpose")


class ConsentEvent(AppendOnly):
    """One thing a person said about one topic, or about everything (no topic). Never edited, never personal."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("Requested")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        PAUSED = "paused", _("Paused")
        RESUMED = "resumed", _("Resumed")
        LIMITED = "limited", _("Limited")
        EXPIRED = "expired", _("Expired")
        INVALIDATED = "invalidated", _("Invalidated")

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    interaction_id = models.UUIDField(
        _("interaction ID"),
        default=uuid.uuid4,
        db_index=True,
        help_text=_("Shared by all events from the same submission."),
    )
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="events")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices)
    source = models.CharField(_("source"), max_length=20, choices=Source.choices)
    method = models.CharField(_("method"), max_length=20, choices=Method.choices)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    form = models.ForeignKey(ConsentFormVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    origin = models.UUIDField(_("source message"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    occurred_at = models.DateTimeField(_("occurred at"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    most_per_month = models.PositiveSmallIntegerField(_("maximum in 30 days"), null=True, blank=True)
    basis = models.CharField(_("basis of consent"), max_length=20, choices=Basis.choices, default=Basis.EXPRESS)
    basis_on = models.DateField(_("basis date"), null=True, blank=True)
    commitment = models.CharField(_("evidence hash"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")
        ordering = ["id"]
        base_manager_name = "objects"
        permissions = [("record_consent", "Can record offline consent")]
        indexes = [
            models.Index(fields=["address", "topic", "id"], name="consent_event_story"),
            models.Index(fields=["origin"], condition=models.Q(origin__isnull=False), name="consent_event_of_message"),
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_event_raises_one_topic",
                condition=models.Q(topic__isnull=False) | ~models.Q(kind__in=["asked", "granted", "resumed"]),
            ),
            models.CheckConstraint(
                name="consent_event_asked_with_a_notice",
                condition=~models.Q(kind="asked") | models.Q(notice__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_event_staff_is_named",
                condition=~models.Q(source="staff") | models.Q(by__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_event_paused_until_a_date",
                condition=~models.Q(kind="paused") | models.Q(until__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_event_only_a_yes_is_implied",
                condition=models.Q(basis="express", basis_on=None) | models.Q(kind="granted"),
            ),
            models.CheckConstraint(
                name="consent_event_implied_since_a_day",
                condition=~models.Q(basis__in=["purchase", "inquiry", "membership", "soft_opt_in"])
                | models.Q(basis_on__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_event_only_a_limit_has_a_number",
                condition=models.Q(most_per_month=None) | models.Q(kind="limited", most_per_month__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.topic or _('everything')}"


class Evidence(models.Model):
    """The personal part of a proof. Erasing a person deletes this row; the event it proves stays."""

    event = models.OneToOneField(ConsentEvent, on_delete=models.PROTECT, primary_key=True, related_name="evidence")
    salt = models.BinaryField(max_length=32, editable=False)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=400, blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)
    words = models.TextField(_("in their words"), blank=True)
    document = models.FileField(_("recording or scan"), upload_to="%Y/%m/", blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return f"Evidence of event {self.event_id}"
