"""On whose behalf we write, about what, and in which words we asked."""

from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.db.models.aggregates import Max
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import action, display

from preferences.admin.action_forms import NoticeForm
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.admin.collection import branding_form
from preferences.collection import notices
from preferences.consent import opt_out_reasons
from preferences.models import Notice, Sender, Topic

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class WithNoticeVersion(TypedDict):
    """The version of the newest notice, counted with the topic."""

    notice_version: int | None


class FixedAfterCreationAdmin(StaffAdmin):
    """What links and ledgers refer to is chosen once."""

    chosen_once: list[str] = []

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        fixed = self.chosen_once if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Model | None = None) -> dict:
        return {} if obj else {"slug": ["name"]}


class TopicInline(ReadOnly, TabularInline):
    model = Topic
    fields = ["name", "purpose", "frequency", "by_email", "by_sms", "is_public", "retired_at"]
    readonly_fields = fields
    show_change_link = True
    extra = 0


@admin.register(Sender)
class SenderAdmin(FixedAfterCreationAdmin):
    """On whose behalf do we write, and how are they reached?"""

    form = branding_form.SenderForm
    chosen_once = ["slug"]
    readonly_fields = ["colours"]
    list_display = ["name", "legal_name", "from_email", "text_number", "country"]
    search_fields = ["name", "legal_name"]
    fieldsets = [
        (None, {"fields": [("name", "slug"), ("legal_name", "country")]}),
        (gettext_lazy("Sender email and number"), {"fields": [("from_email", "reply_to"), "text_number"]}),
        (
            gettext_lazy("Shown in every message"),
            {"fields": ["postal_address", ("contact_email", "contact_phone"), ("privacy_url", "terms_url")]},
        ),
        (gettext_lazy("Branding"), {"fields": ["logo", ("accent", "colours")]}),
    ]
    inlines = [TopicInline]

    @display(description=gettext_lazy("page colours"))
    def colours(self, sender: Sender) -> str:
        return branding_form.colour_swatches(sender)


class NoticeInline(ReadOnly, TabularInline):
    model = Notice
    fields = ["language", "version", "published_at", "published_by"]
    readonly_fields = fields
    ordering = ["language", "-version"]
    show_change_link = True
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        return super().get_queryset(request).select_related("topic", "published_by")


@admin.register(Topic)
class TopicAdmin(FixedAfterCreationAdmin):
    """What can people ask to hear about, and may we ask them yet?"""

    chosen_once = ["sender", "slug"]
    list_display = ["name", "sender", "purpose", "frequency", "reached_by", "notice", "is_public", "retired_at"]
    list_filter = ["sender", "purpose", "is_public", "reveals_health", ("retired_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "slug"]
    list_select_related = ["sender"]
    fieldsets = [
        (None, {"fields": [("name", "slug"), "sender", "description"]}),
        (gettext_lazy("What recipients agree to"), {"fields": [("purpose", "frequency"), "charges"]}),
        (
            gettext_lazy("Availability"),
            {"fields": [("by_email", "by_sms"), "is_public", ("keyword", "retired_at")]},
        ),
        (
            gettext_lazy("Health data and minimum age"),
            {"fields": [("reveals_health", "uses_health_records"), "minimum_age"]},
        ),
    ]
    readonly_fields = ["leaving"]
    inlines = [NoticeInline]
    actions_detail = ["publish_notice"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return super().get_queryset(request).annotate(notice_version=Max("notices__version"))

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list:
        return self.inlines if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list:
        leaving = [(gettext_lazy("Opt-outs and reasons"), {"fields": ["leaving"]})] if obj else []
        return [*super().get_fieldsets(request, obj), *leaving]

    def has_publish_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("preferences.add_notice")

    @display(description=gettext_lazy("channels"))
    def reached_by(self, topic: Topic) -> str:
        return ", ".join(str(channel.label) for channel in topic.channels)

    @display(description=gettext_lazy("consent wording"), label={"none": "danger", "published": "success"})
    def notice(self, topic: "WithAnnotations[Topic, WithNoticeVersion]") -> tuple[str, str]:
        if topic.notice_version is None:
            return "none", _("None yet")
        return "published", _("Version %(number)d") % {"number": topic.notice_version}

    @display(description=gettext_lazy("opt-outs"))
    def leaving(self, topic: Topic) -> str:
        leaving = opt_out_reasons.counts_for_topic(topic)
        said = {"leaving": leaving, "reasons": leaving.in_words}
        return render_to_string("admin/preferences/topic/_opt_outs.html", said)

    @action(description=gettext_lazy("Publish consent wording"), icon="publish", permissions=["publish"])
    def publish_notice(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(topic: Topic, words: dict[str, Any]) -> str:
            notice = notices.publish(topic, by=staff_user(request), **words)
            return _(
                "Published as version %(number)d. From now on, people are asked for consent with this version."
            ) % {"number": notice.version}

        topic = self.subject(request, object_id)
        return self.ask_first(
            request,
            object_id,
            title=_("Publish consent wording"),
            text=_(
                "This is the exact wording people see when they are asked for consent. It cannot be "
                "changed once published: a change creates a new version, and earlier consents stay "
                "linked to the wording the person saw."
            ),
            button=_("Publish"),
            verb=verb,
            form_class=NoticeForm,
            initial=notices.suggest_texts(topic) | {"discloses_texts": topic.by_sms},
        )


@admin.register(Notice)
class NoticeAdmin(ReadOnly, StaffAdmin):
    """In which words did we ask?"""

    list_display = ["topic", "language", "version", "published_at", "published_by"]
    list_filter = ["topic", "language"]
    list_select_related = ["topic", "published_by"]
    fields = [
        "topic",
        ("language", "version"),
        *notices.TEXT_FIELDS,
        "discloses_texts",
        ("published_at", "published_by"),
        "digest",
    ]
