"""Policies and their reviews: which are due, who owns them, who signed."""

import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import date as formatted
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import action, display

from compliance.models import PolicyDocument, PolicyReview, PolicyVersion, ReviewReminder
from compliance.policies import review_reminders
from compliance.policies import service as policies
from compliance.policies.forms import CompleteReviewForm, PolicyVersionForm
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user

BADGES = {
    "overdue": "danger",
    "due": "warning",
    "good": "success",
    "signed": "quiet",
    "retired": "quiet",
    "none": "quiet",
}


class VersionInline(ReadOnly, TabularInline):
    model = PolicyVersion
    verbose_name_plural = gettext_lazy("versions")
    fields = ["number", "summary", "published_at", "published_by"]
    readonly_fields = fields
    show_change_link = True
    extra = 0
    tab = True


class ReviewInline(ReadOnly, TabularInline):
    model = PolicyReview
    verbose_name_plural = gettext_lazy("reviews")
    fields = ["due_on", "decision", "findings", "signed_by", "signed_at"]
    readonly_fields = fields
    ordering = ["-due_on"]
    show_change_link = True
    extra = 0
    tab = True


@admin.register(PolicyDocument)
class PolicyDocumentAdmin(StaffAdmin):
    """What do we promise, and who looks after it?"""

    list_display = ["title", "owner", "version_in_force", "next_review", "state"]
    list_filter = ["owner", ("retired_at", admin.EmptyFieldListFilter)]
    search_fields = ["title"]
    list_select_related = ["owner"]
    fields = ["title", "owner", "review_months", "topics", "retired_at"]
    readonly_fields = ["retired_at"]
    inlines = [VersionInline, ReviewInline]
    actions_detail = ["publish_new_version"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyDocument]:
        return super().get_queryset(request).prefetch_related("versions", "reviews")

    @display(description=gettext_lazy("version in force"))
    def version_in_force(self, policy: PolicyDocument) -> int | None:
        return max((version.number for version in policy.versions.all()), default=None)

    @display(description=gettext_lazy("next review"))
    def next_review(self, policy: PolicyDocument) -> datetime.date | None:
        return next((review.due_on for review in policy.reviews.all() if review.signed_at is None), None)

    @display(description=gettext_lazy("state"), label=BADGES)
    def state(self, policy: PolicyDocument) -> tuple[str, str] | None:
        if policy.retired_at:
            return "retired", _("Retired")
        due_on = self.next_review(policy)
        return urgency(due_on) if due_on else ("none", _("No text yet"))

    def has_publish_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("compliance.add_policyversion")

    @action(description=gettext_lazy("Publish new version"), icon="publish", permissions=["publish"])
    def publish_new_version(self, request: HttpRequest, object_id: str) -> HttpResponse:
        newest = self.subject(request, object_id).versions.first()

        def publish(policy: PolicyDocument, answers: dict[str, Any]) -> str:
            version = policies.publish_version(policy, by=staff_user(request), **answers)
            return _("Version %(number)s is in force.") % {"number": version.number}

        return self.ask_first(
            request,
            object_id,
            title=_("Publish a new version"),
            text=_("The text is saved with your name and cannot be changed. To change it, publish another version."),
            button=_("Publish"),
            verb=publish,
            form_class=PolicyVersionForm,
            initial={"text": newest.text if newest else ""},
        )


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnly, StaffAdmin):
    """What exactly did we promise on that day?"""

    list_display = ["document", "number", "summary", "published_at", "published_by"]
    list_filter = ["document"]
    search_fields = ["document__title", "summary"]
    list_select_related = ["document", "published_by"]
    fields = ["document", "number", "summary", "text", "digest", "published_at", "published_by"]
    readonly_fields = fields
    date_hierarchy = "published_at"


class UrgencyFilter(admin.SimpleListFilter):
    """Which reviews ask for somebody's time?"""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("open", gettext_lazy("Open")),
            ("overdue", gettext_lazy("Overdue")),
            ("signed", gettext_lazy("Completed")),
        ]

    def queryset(self, request: HttpRequest, reviews: QuerySet[PolicyReview]) -> QuerySet[PolicyReview]:
        match self.value():
            case "open":
                return reviews.filter(signed_at=None)
            case "overdue":
                return reviews.filter(signed_at=None, due_on__lt=timezone.localdate())
            case "signed":
                return reviews.exclude(signed_at=None)
        return reviews


class ReminderColumns:
    """How a reminder is shown, in its own list and below its review."""

    @display(description=gettext_lazy("timing"), ordering="pk")
    def told_occasion(self, reminder: ReviewReminder) -> str:
        return review_reminders.occasion_label(reminder.occasion)

    @display(description=gettext_lazy("started"), ordering="sent_at")
    def begun_at(self, reminder: ReviewReminder) -> datetime.datetime:
        return reminder.sent_at

    @display(
        description=gettext_lazy("email status"),
        label={"sent": "success", "try_later": "warning", "refused": "danger", "unknown": "danger"},
    )
    def letter(self, reminder: ReviewReminder) -> tuple[str, str]:
        """No outcome means that nobody can say what became of it."""
        outcome = getattr(reminder, "outcome", None)
        return (outcome.result, outcome.get_result_display()) if outcome else ("unknown", _("Unknown"))

    @display(description=gettext_lazy("detail"))
    def detail(self, reminder: ReviewReminder) -> str:
        outcome = getattr(reminder, "outcome", None)
        return outcome.detail_label if outcome else _("The process stopped before the result of the email was known.")


class ReminderInline(ReadOnly, ReminderColumns, TabularInline):
    model = ReviewReminder
    verbose_name_plural = gettext_lazy("reminders")
    fields = ["told_occasion", "to", "begun_at", "letter", "detail"]
    readonly_fields = fields
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewReminder]:
        return super().get_queryset(request).select_related("to", "outcome")


@admin.register(PolicyReview)
class PolicyReviewAdmin(ReadOnly, StaffAdmin):
    """Which policy is to be read anew, by when, and who signed the last reading?"""

    list_display = ["document", "state", "due_on", "owner", "decision", "signed_by", "signed_at"]
    list_filter = [UrgencyFilter, "decision", "document__owner"]
    search_fields = ["document__title", "findings"]
    list_select_related = ["document__owner", "signed_by"]
    fields = ["document", "version", "due_on", "findings", "decision", "signed_by", "signed_at"]
    readonly_fields = fields
    date_hierarchy = "due_on"
    inlines = [ReminderInline]
    actions_detail = ["sign_review"]

    @display(description=gettext_lazy("state"), label=BADGES)
    def state(self, review: PolicyReview) -> tuple[str, str]:
        return ("signed", _("Completed")) if review.signed_at else urgency(review.due_on)

    @display(description=gettext_lazy("owner"), ordering="document__owner")
    def owner(self, review: PolicyReview) -> object:
        return review.document.owner

    def has_sign_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Who may sign, while there is something to sign."""
        allowed = request.user.has_perm("compliance.complete_policyreview")
        return allowed and (object_id is None or PolicyReview.objects.open().filter(pk=object_id).exists())

    @action(description=gettext_lazy("Complete review"), icon="signature", permissions=["sign"])
    def sign_review(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def sign(review: PolicyReview, answers: dict[str, Any]) -> str:
            signed = policies.complete_review(review, by=staff_user(request), **answers)
            following = signed.document.reviews.open().first()
            if following is None:
                return _("Review completed. The policy is retired.")
            return _("Review completed. The next review is due on %(day)s.") % {
                "day": formatted(following.due_on, "j F Y")
            }

        return self.ask_first(
            request,
            object_id,
            title=_("Complete review"),
            text=_("Read the version in force, then record your findings. Your name and the time are saved with them."),
            button=_("Complete review"),
            verb=sign,
            form_class=CompleteReviewForm,
        )


@admin.register(ReviewReminder)
class ReviewReminderAdmin(ReadOnly, ReminderColumns, StaffAdmin):
    """Who was reminded of what, and did the letter leave?"""

    list_display = ["policy", "told_occasion", "to", "begun_at", "letter"]
    list_filter = ["outcome__result", "to", "review__document"]
    list_select_related = ["review__document", "to", "outcome"]
    fields = ["review", "told_occasion", "to", "begun_at", "letter", "detail"]
    readonly_fields = fields
    date_hierarchy = "sent_at"

    @display(description=gettext_lazy("policy"), ordering="review__document__title")
    def policy(self, reminder: ReviewReminder) -> PolicyDocument:
        return reminder.review.document


def urgency(due_on: datetime.date) -> tuple[str, str]:
    """How much time is left, as a badge."""
    days = (due_on - timezone.localdate()).days
    if days < 0:
        return "overdue", _("Overdue since %(day)s") % {"day": formatted(due_on, "j M")}
    if days <= max(review_reminders.DAYS_BEFORE):
        return "due", _("Due soon")
    return "good", _("Not due yet")
