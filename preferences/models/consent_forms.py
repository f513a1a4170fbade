"""ConsentForm and ConsentFormVersion: where people are asked, and exactly what stood there."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from preferences.models.append_only import AppendOnly
from preferences.models.topics import Sender, Topic


class ConsentForm(models.Model):
    """One place where people are asked: a page to sign up on, a script read out on the phone, a form of paper."""

    class Kind(models.TextChoices):
        PAGE = "page", _("Sign-up page")
        SCRIPT = "script", _("Call script")
        PAPER = "paper", _("Paper form")

    kind = models.CharField(_("type"), max_length=10, choices=Kind.choices, default=Kind.PAGE)
    slug = models.SlugField(_("name in links"), unique=True)
    name = models.CharField(_("name"), max_length=100, help_text=_("Internal name, not shown to recipients."))
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="consent_forms")
    topics = models.ManyToManyField(Topic, related_name="consent_forms", verbose_name=_("topics"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("consent form")
        verbose_name_plural = _("consent forms")
        ordering = ["sender", "name"]

    def __str__(self) -> str:
        return self.name


class ConsentFormVersion(AppendOnly):
    """What a form says in one language: the words around the notices, and which notices. Published, never edited."""

    form = models.ForeignKey(ConsentForm, on_delete=models.PROTECT, related_name="versions")
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=150)
    intro = models.TextField(_("introduction, or text to read out"), max_length=2000)
    thank_you = models.TextField(_("thank-you message, or text to read back"), max_length=1000)
    notices = models.JSONField(_("consent wording"), help_text=_("IDs of the consent wording shown, in order."))
    digest = models.CharField(_("SHA-256 of the whole text"), max_length=64, editable=False)
    published_at = models.DateTimeField(_("published"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("form version")
        verbose_name_plural = _("form versions")
        ordering = ["form", "language", "-version"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["form", "language", "version"], name="consent_form_version_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.form} · {self.language} · {self.version}"
