"""Sender, Topic and Notice: on whose behalf, about what, and in which words we asked."""

from collections.abc import Iterable

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from preferences.models.append_only import AppendOnly, AppendOnlyQuerySet
from preferences.models.contacts import Channel


class Sender(models.Model):
    """On whose behalf we write. Every message says who sent it and how to reach them."""

    slug = models.SlugField(_("name in links"), unique=True)
    name = models.CharField(
        _("brand"), max_length=100, help_text=_("The name recipients know you by; SMS messages start with it.")
    )
    legal_name = models.CharField(_("legal name"), max_length=200)
    from_email = models.EmailField(_("from address"))
    reply_to = models.EmailField(_("reply-to address"), blank=True)
    text_number = models.CharField(
        _("SMS number"), max_length=20, blank=True, help_text=_("For example +15550100, or a short code.")
    )
    postal_address = models.TextField(_("postal address"))
    contact_email = models.EmailField(_("contact email"))
    contact_phone = models.CharField(_("contact phone"), max_length=30, blank=True)
    privacy_url = models.URLField(_("privacy policy"))
    terms_url = models.URLField(_("terms"))
    country = models.CharField(_("country"), max_length=2, default="US")
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True, help_text=_("PNG, JPEG or WebP, up to 20 kB."))
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        help_text=_("For example #0b5c6b, for buttons and links on your pages. If empty, the Sayso colour is used."),
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Write a colour as # and six digits, like #0b5c6b."))],
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["text_number"],
                condition=~models.Q(text_number=""),
                name="sender_text_number_unique",
                violation_error_message=_("Another sender already uses this number."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class TopicQuerySet(models.QuerySet):
    def offered(self) -> "TopicQuerySet":
        """Topics a stranger may sign up for."""
        return self.filter(is_public=True, retired_at=None)


class Topic(models.Model):
    """Something people can ask to hear about."""

    class Purpose(models.TextChoices):
        MARKETING = "marketing", _("Marketing")
        INFORMATIONAL = "informational", _("Informational")
        TRANSACTIONAL = "transactional", _("Transactional")
        COMPLIANCE = "compliance", _("Compliance")

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="topics")
    slug = models.SlugField(_("name in links"))
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices, default=Purpose.MARKETING)
    frequency = models.CharField(_("frequency"), max_length=100, help_text=_("For example: about two a month."))
    charges = models.CharField(_("charges"), max_length=200, default="Message and data rates may apply.", blank=True)
    by_email = models.BooleanField(_("by email"), default=True)
    by_sms = models.BooleanField(_("by SMS"), default=False)
    is_public = models.BooleanField(_("public"), default=True, help_text=_("Anyone may sign up on the page."))
    reveals_health = models.BooleanField(
        _("reveals health data"),
        default=False,
        help_text=_("Receiving it reveals something about the person's health."),
    )
    uses_health_records = models.BooleanField(
        _("audience based on health records"),
        default=False,
        help_text=_("Recipients are selected from medical or insurance records, or a third party pays for it."),
    )
    minimum_age = models.PositiveSmallIntegerField(
        _("minimum age"),
        null=True,
        blank=True,
        help_text=_("In years. People whose date of birth is unknown receive nothing."),
    )
    keyword = models.CharField(
        _("keyword"),
        max_length=20,
        blank=True,
        help_text=_(
            "Texting JOIN and this word to the sender's number subscribes the person. Letters and digits only."
        ),
        validators=[RegexValidator(r"^[A-Z0-9]+\Z", _("Write the keyword in capital letters and digits, like TIPS."))],
    )
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = TopicQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["sender", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "slug"],
                name="topic_unique",
                violation_error_message=_("This sender already has a topic with this name in links."),
            ),
            models.UniqueConstraint(
                fields=["sender", "keyword"],
                condition=~models.Q(keyword=""),
                name="topic_keyword_unique",
                violation_error_message=_("Another topic of this sender already uses this keyword."),
            ),
            models.CheckConstraint(
                condition=models.Q(by_email=True) | models.Q(by_sms=True),
                name="topic_has_a_channel",
                violation_error_message=_("Choose at least one channel."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def channels(self) -> list[Channel]:
        return [channel for channel in Channel if self.offers(channel)]

    def offers(self, channel: str) -> bool:
        return bool(getattr(self, f"by_{channel}"))


class NoticeQuerySet(AppendOnlyQuerySet["Notice"]):
    def current(self, topic: Topic, language: str) -> "Notice | None":
        """The words we ask with today, in this language or else in English."""
        for wanted in dict.fromkeys([language, settings.LANGUAGE_CODE]):
            if notice := self.filter(topic=topic, language=wanted).order_by("-version").first():
                return notice
        return None

    def current_by_topic(self, topics: "Iterable[Topic]", language: str) -> "dict[int, Notice]":
        """The same for many topics at once; a topic nobody can be asked about yet is missing."""
        spoken = self.filter(topic__in=topics, language__in=[language, settings.LANGUAGE_CODE])
        in_order = sorted(spoken, key=lambda notice: (notice.language == language, notice.version))
        return {notice.topic_id: notice for notice in in_order}


class Notice(AppendOnly):
    """The exact words shown when we asked. Published once, never edited; a change is a new version."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="notices")
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    version = models.PositiveIntegerField(_("version"))
    kind_of_messages = models.TextField(_("what you will get"))
    frequency = models.CharField(_("frequency"), max_length=100)
    charges = models.CharField(_("charges"), max_length=200)
    sender_identity = models.CharField(_("who sends it"), max_length=300)
    privacy_url = models.URLField(_("privacy policy"))
    terms_url = models.URLField(_("terms"))
    how_to_unsubscribe = models.TextField(_("how to unsubscribe"))
    discloses_texts = models.BooleanField(
        _("includes the SMS marketing disclosure"),
        default=False,
        help_text=_(
            "That automated marketing text messages will be sent, and that consent is not a condition of purchase."
        ),
    )
    digest = models.CharField(_("SHA-256 of the text"), max_length=64, editable=False)
    published_at = models.DateTimeField(_("published"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = NoticeQuerySet.as_manager()  # type: ignore[misc]  # the stubs take a manager for an instance variable

    class Meta:
        verbose_name = _("consent wording")
        verbose_name_plural = _("consent wording")
        ordering = ["topic", "language", "-version"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["topic", "language", "version"], name="notice_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.language} · {self.version}"

    @property
    def text(self) -> str:
        """The whole notice as it was shown."""
        slots = [self.kind_of_messages, self.frequency, self.charges, self.sender_identity]
        return "\n".join([*slots, self.privacy_url, self.terms_url, self.how_to_unsubscribe])
