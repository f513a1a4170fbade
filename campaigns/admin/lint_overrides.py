"""Words that break rules of content and were allowed all the same: the button, and what stands on a campaign's page."""

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns.content import lint
from campaigns.models import Campaign, LintOverride
from campaigns.workflow import authorship, lint_overrides
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user

ALLOW_QUESTION = "admin/campaigns/campaign/confirm_action.html"


class LintOverrideForm(forms.Form):
    """Why; and which words were on the page, so that no others are allowed by it."""

    read = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why is this text acceptable despite the rules?"),
        max_length=lint_overrides.MAX_REASON_LENGTH,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=gettext_lazy("Saved with the campaign, with your name. The approver will read it."),
    )


class OverrideInline(ReadOnly, TabularInline):
    """What was allowed, by whom, and why; also for words that were changed since."""

    model = LintOverride
    fields = ["at", "who", "reason", "what", "holds"]
    readonly_fields = fields
    verbose_name_plural = gettext_lazy("Exceptions to content rules")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[LintOverride]:
        return super().get_queryset(request).select_related("by", "campaign__topic")

    @display(description=gettext_lazy("by"))
    def who(self, row: LintOverride) -> str:
        return str(row.by)

    @display(description=gettext_lazy("what was allowed"))
    def what(self, row: LintOverride) -> str:
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in lint_overrides.allowed_sentences(row)))

    @display(description=gettext_lazy("for the current text"), boolean=True)
    def holds(self, row: LintOverride) -> bool:
        return row.content_digest == row.campaign.content_digest


class LintOverrideAdminMixin(StaffAdmin):
    """Mix into the campaign's page."""

    def has_allow_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("campaigns.allow_lintoverride")

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list:
        allowed = isinstance(obj, Campaign) and obj.overrides.exists()
        return [*super().get_inlines(request, obj), *([OverrideInline] if allowed else [])]

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """The button is there only while there is something to allow."""
        shown = super().get_actions_detail(request, object_id)
        allow = [button for button in shown if button.method.original_function_name == "allow"]
        if not allow or self._may_be_allowed(request, object_id):
            return shown
        return [button for button in shown if button not in allow]

    def _may_be_allowed(self, request: HttpRequest, object_id: str) -> bool:
        campaign = Campaign.objects.select_related("topic__sender").filter(pk=object_id).first()
        if campaign is None or not campaign.is_editable or staff_user(request).pk in authorship.writers_of(campaign):
            return False
        return lint_overrides.has_allowable_problems(campaign)

    @action(description=gettext_lazy("Allow this text"), permissions=["allow"], icon="gavel")
    def allow(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(campaign: Campaign, answers: dict[str, Any]) -> str:
            lint_overrides.allow(campaign, by=staff_user(request), **answers)
            return _("Allowed. The author can submit it now, as long as nobody changes the text.")

        campaign = self.subject(request, object_id)
        return self.ask_first(
            request,
            object_id,
            title=_("Allow this text"),
            text=_(
                "This text breaks content rules. Allow it only if you can take responsibility for it. "
                "The exception applies to exactly this text, and the messages are also sent to "
                "recipients whose rules require more."
            ),
            button=_("Allow"),
            verb=verb,
            form_class=LintOverrideForm,
            initial={"read": campaign.content_digest},
            grave=True,
            template=ALLOW_QUESTION,
            shown={"campaign": campaign, "problems": lint.unresolved_errors(campaign), "words": True},
        )
