"""SubjectRequest: somebody uses a right they have over their own data."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from preferences.models import Address, Contact


class SubjectRequest(models.Model):
    """One request of one person about their own data, with its clock. Kept after it is answered."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("Access to data")
        CORRECTION = "correction", _("Correction")
        DELETION = "deletion", _("Deletion")
        RESTRICTION = "restriction", _("Restriction")
        PORTABILITY = "portability", _("Data portability")
        OBJECTION = "objection", _("Objection")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        TAKEN_BACK = "taken_back", pgettext_lazy("a request", "Withdrawn")

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="subject_requests")
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested from"))
    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.OPEN)
    words = models.TextField(_("in their words"), max_length=2000, blank=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    due_at = models.DateTimeField(_("due"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(_("answer, or reason for refusing"), max_length=2000, blank=True)

    history = HistoricalRecords(excluded_fields=["words", "answer"])

    class Meta:
        verbose_name = _("data subject request")
        verbose_name_plural = _("data subject requests")
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind"], condition=models.Q(status="open"), name="subject_request_open_once"
            ),
            models.CheckConstraint(
                name="subject_request_refused_with_a_reason",
                condition=~models.Q(status="refused") | ~models.Q(answer=""),
            ),
        ]
        permissions = [("answer_subjectrequest", "Can carry out or refuse a request about own data")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_status_display()}"
