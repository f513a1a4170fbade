"""Where people are asked: sign-up pages, call scripts and paper forms, and every version of what stood on them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.admin.collection.topics import FixedAfterCreationAdmin
from preferences.collection import consent_forms
from preferences.errors import NotAllowed
from preferences.models import ConsentForm, ConsentFormVersion, Notice, Topic
from preferences.web.forms.subscribe import embed_code
from preferences.web.forms.subscribe.sign_up import SignUpForm

FormKind = ConsentForm.Kind
STATES = {"none": "danger", "behind": "warning", "published": "success", "retired": "info"}


class TopicsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, topic: Model) -> str:
        return f"{topic.sender.name}: {topic}" if isinstance(topic, Topic) else str(topic)


class ComposeForm(forms.ModelForm):
    """Which topics stand on it. Only the sender's own can."""

    topics = TopicsField(
        queryset=Topic.objects.none(),
        label=gettext_lazy("Topics"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy(
            "Each topic is shown with its published consent wording. A page offers public topics only."
        ),
        error_messages={"required": gettext_lazy("Choose at least one topic.")},
    )

    class Meta:
        model = ConsentForm
        fields = ["name", "slug", "kind", "sender", "topics"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        topics = Topic.objects.filter(retired_at=None).select_related("sender")
        if self.instance.pk:
            topics = Topic.objects.filter(Q(retired_at=None) | Q(consent_forms=self.instance)).distinct()
            topics = topics.filter(sender=self.instance.sender).select_related("sender")
        fields: dict[str, Any] = self.fields
        if "topics" in fields:
            fields["topics"].queryset = topics.order_by("sender__name", "name")

    def clean(self) -> dict[str, Any] | None:
        answers = super().clean() or {}
        sender = answers.get("sender") or (self.instance.sender if self.instance.pk else None)
        for topic in answers.get("topics") or []:
            if sender and topic.sender_id != sender.pk:
                words = {"topic": topic.name, "sender": sender.name}
                self.add_error("topics", _("%(topic)s is not a topic of %(sender)s. Remove it.") % words)
        return answers


class WordsForm(forms.Form):
    """What stands on it in one language, around the notices."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )
    title = forms.CharField(
        label=gettext_lazy("Title"), required=False, max_length=150, widget=UnfoldAdminTextInputWidget
    )
    intro = forms.CharField(
        label=gettext_lazy("Introduction, or text to read out"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget({"rows": 6}),
        help_text=gettext_lazy(
            "Plain text; use a blank line to start a new paragraph. The consent wording is added automatically."
        ),
    )
    thank_you = forms.CharField(
        label=gettext_lazy("Thank-you message, or text to read back"),
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        help_text=gettext_lazy("Shown after the form is sent. Instructions on how to confirm are added automatically."),
    )


class VersionInline(ReadOnly, TabularInline):
    model = ConsentFormVersion
    fields = ["language", "version", "title", "published_at", "published_by"]
    readonly_fields = fields
    ordering = ["language", "-version"]
    show_change_link = True
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentFormVersion]:
        return super().get_queryset(request).select_related("form", "published_by")


@admin.register(ConsentForm)
class ConsentFormAdmin(FixedAfterCreationAdmin):
    """Where do we ask people, and with which words?"""

    form = ComposeForm
    chosen_once = ["kind", "sender", "slug"]
    list_display = ["name", "kind", "sender", "languages", "state"]
    list_filter = ["kind", "sender", ("retired_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "slug"]
    list_select_related = ["sender"]
    fieldsets = [(None, {"fields": [("name", "slug"), ("kind", "sender"), "topics"]})]
    inlines = [VersionInline]
    actions_detail = ["publish", "open_page", "snippet", "retire"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentForm]:
        return super().get_queryset(request).prefetch_related("versions", "topics")

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list:
        return self.inlines if obj else []

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """Only the buttons that make sense now."""
        form = ConsentForm.objects.filter(pk=object_id).first()
        shown = super().get_actions_detail(request, object_id)
        return [button for button in shown if form and _is_offered(button.method.original_function_name, form)]

    def has_publish_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("preferences.add_consentformversion")

    def has_retire_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("preferences.change_consentform")

    @display(description=gettext_lazy("languages"))
    def languages(self, form: ConsentForm) -> str:
        spoken = {version.language for version in form.versions.all()}
        return ", ".join(name for code, name in settings.LANGUAGES if code in spoken) or "–"

    @display(description=gettext_lazy("publication status"), label=STATES)
    def state(self, form: ConsentForm) -> tuple[str, str]:
        if form.retired_at:
            return "retired", _("Retired")
        if not form.versions.all():
            return "none", _("Not published yet")
        if any(consent_forms.is_behind(version) for version in consent_forms.newest_versions(form)):
            return "behind", _("Consent wording or topics have changed: publish again")
        return "published", _("Published")

    @action(description=gettext_lazy("Publish"), icon="publish", permissions=["publish"], variant=ActionVariant.PRIMARY)
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write the words, look at them, publish them. What is refused is said on the same page."""
        form = self.subject(request, object_id)
        initial = consent_forms.suggest_texts(form, _language(request, form))
        words = WordsForm(request.POST if request.method == "POST" else None, initial=initial)
        preview = ""
        if request.method == "POST" and words.is_valid():
            try:
                preview = _preview(consent_forms.draft(form, **words.cleaned_data))
                if "publish" in request.POST:
                    return self._publish(request, form, words.cleaned_data)
            except NotAllowed as refusal:
                words.add_error(None, str(refusal))
        context = {"original": form, "form": words, "preview": preview, "back": self.change_url(form)}
        return self.page(request, "admin/preferences/consentform/publish.html", context | {"title": _("Publish")})

    def _publish(self, request: HttpRequest, form: ConsentForm, words: dict[str, str]) -> HttpResponse:
        version = consent_forms.publish(form, by=staff_user(request), **words)
        sentence = _("Published as version %(number)d. From now on, people are asked for consent with this version.")
        self.message_user(request, sentence % {"number": version.version})
        return redirect(self.change_url(form))

    @action(description=gettext_lazy("Open the page"), icon="open_in_new", permissions=["view"])
    def open_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("preferences:consent-form", self.subject(request, object_id).slug)

    @action(description=gettext_lazy("HTML for your website"), icon="code", permissions=["view"])
    def snippet(self, request: HttpRequest, object_id: str) -> HttpResponse:
        form = self.subject(request, object_id)
        version = consent_forms.current(form, _language(request, form))
        context = {
            "title": _("HTML for your website"),
            "version": version,
            "languages": consent_forms.newest_versions(form),
            "html": embed_code.embed_html(version) if version else "",
            "back": self.change_url(form),
        }
        return self.page(request, "admin/preferences/consentform/embed_code.html", context)

    @action(description=gettext_lazy("Retire"), icon="block", permissions=["retire"])
    def retire(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(form: ConsentForm, answers: dict[str, Any]) -> str:
            consent_forms.retire(form, by=staff_user(request))
            return _("Retired. This form can no longer be used.")

        return self.ask_first(
            request,
            object_id,
            title=_("Retire"),
            text=_(
                "The form can no longer be used, and this cannot be undone. Consent already given with it stays valid."
            ),
            button=_("Retire"),
            verb=verb,
            grave=True,
        )


@admin.register(ConsentFormVersion)
class ConsentFormVersionAdmin(ReadOnly, StaffAdmin):
    """What exactly stood there?"""

    list_display = ["form", "language", "version", "title", "published_at", "published_by"]
    list_filter = ["form", "language"]
    list_select_related = ["form", "published_by"]
    fields = [
        "form",
        ("language", "version"),
        "title",
        "intro",
        "thank_you",
        "shown_notices",
        ("published_at", "published_by"),
        "digest",
    ]
    readonly_fields = ["shown_notices", "published_at", "published_by", "digest"]

    @display(description=gettext_lazy("consent wording shown"))
    def shown_notices(self, version: ConsentFormVersion) -> str:
        rows = {row.pk: row for row in Notice.objects.filter(pk__in=version.notices).select_related("topic")}
        return "; ".join(str(rows[pk]) for pk in version.notices if pk in rows)


def _is_offered(button: str, form: ConsentForm) -> bool:
    if button in ("publish", "retire"):
        return form.retired_at is None
    return form.kind == FormKind.PAGE and form.retired_at is None and form.versions.exists()


def _language(request: HttpRequest, form: ConsentForm) -> str:
    """The language asked for, else the first one there is, else English."""
    asked = request.GET.get("language", "")
    if asked in dict(settings.LANGUAGES):
        return asked
    version = consent_forms.current(form, settings.LANGUAGE_CODE)
    return version.language if version else settings.LANGUAGE_CODE


def _preview(version: ConsentFormVersion) -> str:
    """The page as people would see it; it cannot be sent."""
    with translation.override(version.language):
        form = SignUpForm(sender=version.form.sender, version=version, is_preview=True)
        page = {"version": version, "sender": version.form.sender, "form": form, "preview": True}
        return render_to_string("preferences/subscribe/consent_form.html", page)
