"""The rulebook: what must hold where, since when, who agreed, and what it comes to together.

Rules are only read here; a change is proposed, and decided by a second person: preferences/admin/rulebook/proposals.py.
"""

import json
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from preferences.admin.base import ReadOnly, StaffAdmin
from preferences.admin.rulebook.rule_pages import EffectiveTermsForm, ExtraContextAdmin, proposal_view
from preferences.geo import country_choices
from preferences.models import AppliedRules, Rule, RuleProposal
from preferences.rulebook import book as rulebook
from preferences.rulebook import rule_diff, rule_labels, rule_versions, terms_breakdown
from preferences.rulebook import service as rules

# What other apps show below a proposal, such as who would drop out if it took effect. Append a function at import:
#
#     rules.RULE_PANELS.append(forecast_panel)   # def forecast_panel(request, proposal) -> SafeString
#
# Each is called with the request and the RuleProposal, in this order, and answers with HTML; "" shows nothing. They
# stand on the proposal, on the page that asks before it is published, and on the rule it became.
Panel = Callable[[HttpRequest, RuleProposal], SafeString | str]
RULE_PANELS: list[Panel] = []

STATES = {"in_force": "success", "to_come": "info", "ended": "default", "replaced": "default"}
CURRENT_AND_UPCOMING = [rule_versions.IN_FORCE, rule_versions.UPCOMING]


def proposal_panels(request: HttpRequest, proposal: RuleProposal | None) -> list[str]:
    """What the other apps have to say about a proposal."""
    said = [panel(request, proposal) for panel in RULE_PANELS] if proposal else []
    return [html for html in said if html]


class StateFilter(admin.SimpleListFilter):
    """What is in force or will be, unless somebody asks for the past."""

    title = gettext_lazy("in force")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("now", gettext_lazy("In force now")),
            ("to_come", gettext_lazy("Not yet in force")),
            ("past", gettext_lazy("Past: ended or replaced")),
            ("all", gettext_lazy("All versions")),
        ]

    def choices(self, changelist: Any) -> Any:
        default, *others = super().choices(changelist)
        return [{**default, "display": _("In force now or later")}, *others]

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        match self.value():
            case "all":
                return rows
            case "now":
                return rows.filter(state=rule_versions.IN_FORCE)
            case "to_come":
                return rows.filter(state=rule_versions.UPCOMING)
            case "past":
                return rows.exclude(state__in=CURRENT_AND_UPCOMING)
        return rows.filter(state__in=CURRENT_AND_UPCOMING)


class JurisdictionFilter(admin.SimpleListFilter):
    title = gettext_lazy("jurisdiction")
    parameter_name = "jurisdiction"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        named = Rule.objects.order_by("jurisdiction").values_list("jurisdiction", "jurisdiction_name")
        return [(code, f"{name} ({code})") for code, name in dict(named).items()]

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        return rows.filter(jurisdiction=self.value()) if self.value() else rows


@admin.register(Rule)
class RuleAdmin(ExtraContextAdmin, ReadOnly, StaffAdmin):
    """What does the law say here, since when, and who agreed?"""

    list_display = ["sentence", "place", "about", "version", "standing", "dates", "agreed"]
    list_filter = [StateFilter, "channel", "purpose", JurisdictionFilter]
    search_fields = ["name"]
    search_help_text = gettext_lazy("A name, words from the summary, or an article: “64.1200”, “CASL”.")
    list_select_related = ["published_by"]
    list_per_page = 200
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "summary",
                    ("place", "about"),
                    ("version", "life"),
                    ("effective_from", "effective_to"),
                    ("reviewed_on", "reviewed_by"),
                ]
            },
        ),
        (
            gettext_lazy("Approval"),
            {"fields": [("proposed", "agreed"), "published_at", "reason", "name", "digest"]},
        ),
    ]
    readonly_fields = ["place", "about", "life", "agreed", "proposed", "digest"]
    change_form_template = "admin/preferences/rule/change_form.html"
    actions_list = ["terms", "propose_new"]
    actions_detail = ["propose"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rule]:
        return rule_versions.with_state(super().get_queryset(request), timezone.localdate())

    def get_search_results(self, request: HttpRequest, rows: QuerySet, term: str) -> tuple[QuerySet, bool]:
        """The rulebook is small: its words, sources and notes are read as they are written."""
        asked = term.casefold().split()
        if not asked:
            return rows, False
        return rows.filter(pk__in=[rule.pk for rule in Rule.objects.all() if _matches_search(rule, asked)]), False

    def told(self, request: HttpRequest, rule: Rule) -> dict[str, Any]:
        versions = list(rule_versions.with_state(Rule.objects.filter(name=rule.name), timezone.localdate()))
        proposals = RuleProposal.objects.filter(name=rule.name).select_related("proposed_by")
        if not request.user.has_perm("preferences.view_ruleproposal"):
            proposals = proposals.none()
        return {
            "rows": rule_diff.field_rows(rule),
            "profile": settings.RULE_PROFILE,
            "others": [
                _version_comparison(rule, other, self.change_url(other)) for other in versions if other.pk != rule.pk
            ],
            "proposals": proposals,
            "panels": proposal_panels(request, proposals.filter(rule=rule).first()),
        }

    def has_propose_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("preferences.add_ruleproposal")

    @display(description=gettext_lazy("jurisdiction"), ordering="jurisdiction")
    def place(self, rule: Rule) -> str:
        return f"{rule.jurisdiction_name} ({rule.jurisdiction})"

    @display(description=gettext_lazy("summary"), ordering="summary")
    def sentence(self, rule: Rule) -> SafeString:
        return format_html('<span class="block min-w-48" style="white-space: normal">{}</span>', rule.summary)

    @display(description=gettext_lazy("channel and purpose"), ordering="purpose")
    def about(self, rule: Rule) -> str:
        return f"{rule.get_channel_display()} · {rule.get_purpose_display()}"

    @display(description=gettext_lazy("in force"), ordering="effective_from")
    def dates(self, rule: Rule) -> str:
        words = {"begins": date_format(rule.effective_from, "j M Y")}
        if rule.effective_to is None:
            return _("from %(begins)s") % words
        return _("%(begins)s – %(ends)s") % {**words, "ends": date_format(rule.effective_to, "j M Y")}

    @display(description=gettext_lazy("state"))
    def life(self, rule: Rule) -> str:
        return state_badge(rule)[1]

    @display(description=gettext_lazy("state"), label=STATES)
    def standing(self, rule: Rule) -> tuple[str, str]:
        return state_badge(rule)

    @display(description=gettext_lazy("published by"), ordering="published_by")
    def agreed(self, rule: Rule) -> str:
        return _("Shipped with Sayso") if rule.is_shipped else str(rule.published_by)

    @display(description=gettext_lazy("proposed by"))
    def proposed(self, rule: Rule) -> str:
        return _("Shipped with Sayso") if rule.is_shipped else str(rule.proposed_by)

    @action(
        description=gettext_lazy("Propose a change"),
        icon="edit_document",
        permissions=["propose"],
        variant=ActionVariant.PRIMARY,
    )
    def propose(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return proposal_view(self, request, rule=self.subject(request, object_id))

    @action(description=gettext_lazy("Propose a new rule"), icon="add", permissions=["propose"])
    def propose_new(self, request: HttpRequest) -> HttpResponse:
        return proposal_view(self, request, rule=None)

    @action(description=gettext_lazy("Applied rules"), icon="join_inner", permissions=["view"])
    def terms(self, request: HttpRequest) -> HttpResponse:
        """The strictest of all rules of a place, figure by figure, with whoever set it."""
        asked = EffectiveTermsForm(
            request.GET or None, countries=country_choices.country_choices(get_language() or settings.LANGUAGE_CODE)
        )
        context: dict[str, Any] = {"title": _("Applied rules"), "form": asked, "profile": settings.RULE_PROFILE}
        if asked.is_valid():
            context |= self._together(**asked.cleaned_data)
        return self.page(request, "admin/preferences/rule/effective_terms.html", context)

    def _together(self, *, country: str, state: str, channel: str, purpose: str, day: Any) -> dict[str, Any]:
        where = terms_breakdown.rulebook_jurisdictions(country, state)
        book = rulebook.current_rulebook()
        return {
            "asked": True,
            "where": sorted(where),
            "in_force": book.in_force(where, channel, purpose, day),
            "lines": terms_breakdown.explain_terms(book, where, channel, purpose, day),
        }


@admin.register(AppliedRules)
class AppliedRulesAdmin(ExtraContextAdmin, ReadOnly, StaffAdmin):
    """By which terms were messages evaluated?"""

    list_display = ["places", "channel", "purpose", "profile", "first_used_at"]
    list_filter = ["channel", "purpose", "profile"]
    fields = [("places", "channel", "purpose"), ("profile", "first_used_at"), "digest"]
    readonly_fields = ["places", "digest"]
    change_form_template = "admin/preferences/appliedrules/change_form.html"

    def told(self, request: HttpRequest, record: AppliedRules) -> dict[str, Any]:
        lines = [
            (rule_labels.field_label(name), rule_labels.recorded_value_lines(name, said))
            for name, said in record.figures.items()
        ]
        return {"lines": lines, "used": rules.applied_rule_versions(record)}

    @display(description=gettext_lazy("jurisdiction"))
    def places(self, record: AppliedRules) -> str:
        return ", ".join(record.jurisdictions) or _("location unknown")


def _matches_search(rule: Rule, asked: list[str]) -> bool:
    figures = json.dumps(rule.figures, ensure_ascii=False)
    said = " ".join([rule.name, rule.summary, rule.jurisdiction, rule.jurisdiction_name, figures]).casefold()
    return all(word in said for word in asked)


def _version_comparison(rule: Rule, other: Rule, url: str) -> dict[str, Any]:
    """Another version: what it says otherwise, read in the order of time."""
    older, newer = sorted([rule, other], key=lambda one: (one.effective_from, one.version))
    code, words = state_badge(other)
    differences = rule_diff.rule_differences(older, newer)
    return {
        "rule": other,
        "url": url,
        "state": STATES[code],
        "words": words,
        "differences": differences,
        "older": older,
    }


def state_badge(rule: Rule) -> tuple[str, str]:
    """The state as a badge; a day to come is named. The row was read by `rule_states.stated`."""
    state = cast(Any, rule).state
    if state == rule_versions.UPCOMING:
        return state, _("From %(day)s") % {"day": date_format(rule.effective_from, "j M Y")}
    return state, str(rule_versions.STATES[state])
