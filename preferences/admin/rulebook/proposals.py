"""Changes of the rulebook that wait for a second person, and what became of the others."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.admin.rulebook.rule_pages import ExtraContextAdmin
from preferences.admin.rulebook.rules import proposal_panels
from preferences.models import Rule, RuleProposal
from preferences.rulebook import rule_diff
from preferences.rulebook import service as rules

ProposalStatus = RuleProposal.Status
STATES = {"open": "warning", "published": "success", "declined": "danger"}


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason for declining"),
        max_length=1000,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=gettext_lazy("Shown to the person who proposed it, and stored with the proposal."),
        error_messages={"required": gettext_lazy("Enter the reason for declining.")},
    )


@admin.register(RuleProposal)
class RuleProposalAdmin(ExtraContextAdmin, ReadOnly, StaffAdmin):
    """Which changes of the rulebook wait for a second person?"""

    list_display = ["summary", "place", "standing", "effective_from", "proposed_by", "proposed_at", "decided_by"]
    list_filter = ["status", "channel", "purpose"]
    search_fields = ["name", "summary", "reason", "jurisdiction_name"]
    list_select_related = ["proposed_by", "decided_by"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "summary",
                    "place",
                    ("channel", "purpose"),
                    ("effective_from", "effective_to"),
                    "status",
                    "reason",
                    ("proposed_by", "proposed_at"),
                    ("reviewed_on", "reviewed_by"),
                ]
            },
        ),
        (gettext_lazy("Decision"), {"fields": [("decided_by", "decided_at"), "decided_because", "became"]}),
    ]
    readonly_fields = ["place", "became"]
    change_form_template = "admin/preferences/ruleproposal/change_form.html"
    actions_detail = ["publish", "decline"]

    def told(self, request: HttpRequest, proposal: RuleProposal) -> dict[str, Any]:
        return _proposal_context(request, proposal)

    def has_publish_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """A second person, while there is something to decide."""
        allowed = request.user.has_perm("preferences.publish_ruleproposal")
        if not allowed or object_id is None:
            return allowed
        return RuleProposal.objects.open().filter(pk=object_id).exclude(proposed_by=staff_user(request)).exists()

    @display(description=gettext_lazy("jurisdiction"), ordering="jurisdiction")
    def place(self, proposal: RuleProposal) -> str:
        return f"{proposal.jurisdiction_name} ({proposal.jurisdiction})"

    @display(description=gettext_lazy("state"), label=STATES, ordering="status")
    def standing(self, proposal: RuleProposal) -> tuple[str, str]:
        return proposal.status, proposal.get_status_display()

    @display(description=gettext_lazy("resulting version"))
    def became(self, proposal: RuleProposal) -> str:
        rule = proposal.rule
        return format_html('<a class="underline" href="{}">{}</a>', self.change_url(rule), rule) if rule else "–"

    @action(description=gettext_lazy("Publish"), icon="publish", permissions=["publish"], variant=ActionVariant.PRIMARY)
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        proposal = self.subject(request, object_id)

        def verb(proposal: RuleProposal, answers: dict[str, Any]) -> str:
            rule = rules.publish(proposal, by=staff_user(request))
            words = {"number": rule.version, "day": _day(rule)}
            return _("Published as version %(number)d. It takes effect on %(day)s.") % words

        return self.ask_first(
            request,
            object_id,
            title=_("Publish this rule change"),
            text=_(
                "It takes effect automatically on %(day)s, for every message sent from then on. This "
                "cannot be undone: a published rule stays, and errors are corrected by publishing "
                "another version."
            )
            % {"day": _day(proposal)},
            button=_("Publish"),
            verb=verb,
            template="admin/preferences/ruleproposal/publish.html",
            shown=_proposal_context(request, proposal),
        )

    @action(description=gettext_lazy("Decline"), icon="block", permissions=["publish"])
    def decline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(proposal: RuleProposal, answers: dict[str, Any]) -> str:
            rules.decline(proposal, by=staff_user(request), reason=answers["reason"])
            return _("Declined. The rule stays as it is.")

        return self.ask_first(
            request,
            object_id,
            title=_("Decline this rule change"),
            text=_("The rule stays as it is. The proposal and your reason are kept."),
            button=_("Decline"),
            verb=verb,
            form_class=DeclineForm,
        )


def _day(rule: Rule | RuleProposal) -> str:
    return date_format(rule.effective_from, "j F Y")


def _proposal_context(request: HttpRequest, proposal: RuleProposal) -> dict[str, Any]:
    """What it would change, what holds otherwise on its day, and what the other apps say about it."""
    before = proposal.based_on
    is_open = proposal.status == ProposalStatus.OPEN
    until_then = rules.published_version(proposal.name, proposal.effective_from) if is_open else None
    displaced = rules.displaced_defaults(proposal) if is_open else []
    return {
        "before": before,
        "rows": [] if before else rule_diff.field_rows(proposal),
        "differences": rule_diff.rule_differences(before, proposal) if before else [],
        "meanwhile": until_then if before and until_then and until_then.pk != before.pk else None,
        "meanwhile_differences": rule_diff.rule_differences(until_then, proposal) if until_then else [],
        "displaced": [(rule, rule_diff.rule_differences(rule, proposal)) for rule in displaced],
        "panels": proposal_panels(request, proposal),
        "is_own": is_open and proposal.proposed_by_id == staff_user(request).pk,
    }
