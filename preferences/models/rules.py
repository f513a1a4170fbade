"""Rule, RuleProposal and AppliedRules: what must hold before sending, who approved it, and what was decided by it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from preferences.models.append_only import AppendOnly
from preferences.models.contacts import Channel
from preferences.models.topics import Topic

ANY = "any"
RIGHTS = "rights"
CHANNELS = [*Channel.choices, (ANY, _("Any"))]
PURPOSES = [*Topic.Purpose.choices, (RIGHTS, _("Data subject requests"))]


class RuleContent(models.Model):
    """What a rule says: where, for what, since when, and its figures with their sources.

    `figures` is {figure: {"legal": …, "strict": …, "reference": …, "evidence": "V|S|M", "note": …}}, as
    preferences/rulebook/rule_fields.py reads it.
    """

    name = models.SlugField(_("name"), max_length=60)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=10)
    jurisdiction_name = models.CharField(_("jurisdiction"), max_length=60)
    channel = models.CharField(_("channel"), max_length=10, choices=CHANNELS)
    purpose = models.CharField(_("purpose"), max_length=20, choices=PURPOSES)
    effective_from = models.DateField(_("in force from"))
    effective_to = models.DateField(_("in force until"), null=True, blank=True)
    summary = models.CharField(_("summary"), max_length=300)
    figures = models.JSONField(_("rule values"))
    reviewed_on = models.DateField(_("reviewed on"))
    reviewed_by = models.CharField(_("reviewed by"), max_length=100)
    reason = models.TextField(_("why"), blank=True)

    class Meta:
        abstract = True


class Rule(AppendOnly, RuleContent):
    """What must hold before writing in one place, on one channel, for one purpose. A change is a new version.

    Shipped with Sayso, or proposed by one colleague and published by another.
    """

    version = models.PositiveIntegerField(_("version"))
    digest = models.CharField(_("SHA-256 of the content"), max_length=64, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), auto_now_add=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["jurisdiction", "name", "-version"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="rule_unique"),
            models.CheckConstraint(
                name="rule_published_by_two",
                condition=models.Q(proposed_by=None, published_by=None)
                | (
                    models.Q(proposed_by__isnull=False, published_by__isnull=False)
                    & ~models.Q(proposed_by=models.F("published_by"))
                    & ~models.Q(reason="")
                ),
            ),
            models.CheckConstraint(
                name="rule_ends_after_it_begins",
                condition=models.Q(effective_to=None) | models.Q(effective_to__gte=models.F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.version}"

    @property
    def is_shipped(self) -> bool:
        return self.published_by_id is None


class RuleProposalQuerySet(models.QuerySet):
    def open(self) -> "RuleProposalQuerySet":
        return self.filter(status=RuleProposal.Status.OPEN)


class RuleProposal(RuleContent):
    """A change of the rulebook that one colleague asks for and another decides. Written by rules.py."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for a second approver")
        PUBLISHED = "published", _("Published")
        DECLINED = "declined", _("Declined")

    based_on = models.ForeignKey(
        Rule, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("replaces")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_because = models.TextField(_("reason for the decision"), blank=True)
    rule = models.OneToOneField(
        Rule,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposal",
        verbose_name=_("resulting version"),
    )

    objects = RuleProposalQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("rule change proposal")
        verbose_name_plural = _("rule change proposals")
        ordering = ["-id"]
        permissions = [("publish_ruleproposal", "Can publish or decline a rule change that somebody else proposed")]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(status="open"),
                name="rule_proposal_open_once",
                violation_error_message=_(
                    "Another change to this rule is already waiting for approval. Decide on that one first."
                ),
            ),
            models.CheckConstraint(
                name="rule_proposal_decided_by_another",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                violation_error_message=_("A rule must be published by someone other than the person who proposed it."),
            ),
            models.CheckConstraint(
                name="rule_proposal_published_becomes_a_rule",
                condition=models.Q(status="published", rule__isnull=False)
                | (~models.Q(status="published") & models.Q(rule=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_status_display()})"


class AppliedRules(AppendOnly):
    """The terms that messages were evaluated by: which versions of which rules, and what they came to together.

    One row for each distinct set of terms, so that a message needs only a number.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    profile = models.CharField(_("profile"), max_length=10)
    jurisdictions = models.JSONField(_("jurisdiction"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Topic.Purpose.choices)
    rules = models.JSONField(_("rules"), help_text=_("Name and version of each."))
    figures = models.JSONField(_("rule values"))
    first_used_at = models.DateTimeField(_("first used"), auto_now_add=True)

    class Meta:
        verbose_name = _("applied rules")
        verbose_name_plural = _("applied rules")
        ordering = ["-id"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return ", ".join(self.jurisdictions) or str(_("location unknown"))
