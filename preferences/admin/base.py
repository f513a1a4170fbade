"""What every admin page of ours inherits from: the theme, the history, and how a button calls a service."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.checks import ModelAdminChecks
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin

from preferences.errors import SaysoError

ServiceCall = Callable[[Any, dict[str, Any]], object]


def staff_user(request: HttpRequest) -> User:
    """Who is asking. The admin lies behind its login, so this is always somebody with a name."""
    if isinstance(request.user, User):
        return request.user
    raise PermissionDenied


class StaffAdmin(SimpleHistoryAdmin, ModelAdmin):
    """A page of the admin. Nothing is deleted here: things are retired, ended or lifted by services."""

    # Django's own checks: the theme's ask the database for permissions, which has no tables before the first migrate.
    checks_class = ModelAdminChecks
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True

    @property
    def keeps_history(self) -> bool:
        return hasattr(self.model._meta, "simple_history_manager_attribute")

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A ledger is its own history and shows no button for another one."""
        context = {"show_history": self.keeps_history, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever may only look has nothing to fill in; the page of an old version does not ask by itself."""
        given = list(super().get_readonly_fields(request, obj))
        shown = self.fieldsets or ([(None, {"fields": self.fields})] if self.fields else [])
        if obj is None or self.has_change_permission(request, obj):
            return given
        return list(dict.fromkeys([*given, *flatten_fieldsets(shown)]))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        if not self.keeps_history:
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request: HttpRequest, object_id: str, version_id: str, **extra: Any) -> HttpResponse:
        """An old version is looked at. The page below would also save it, for anybody who may look: not here."""
        if not self.keeps_history:
            raise Http404
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, **extra)

    def change_url(self, obj: models.Model) -> str:
        return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])

    def subject(self, request: HttpRequest, object_id: str) -> Any:
        """The row that a button is about, if this colleague may see it."""
        obj = self.get_object(request, str(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return obj

    def ask_first(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        text: str,
        button: str,
        verb: ServiceCall,
        form_class: Callable[..., forms.Form] = forms.Form,
        initial: dict[str, Any] | None = None,
        grave: bool = False,
        template: str = "admin/confirm_action.html",
        shown: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A button's page: a GET asks, a POST calls `service(obj, answers)`, which returns a sentence on what was done.

        What the service refuses is shown on the same page, in its own words. A template of its own may show more.
        """
        obj = self.subject(request, object_id)
        words, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = form_class(words, files, initial=initial or {})
        if request.method == "POST" and form.is_valid() and self._done(request, obj, form, verb):
            return redirect(self.change_url(obj))
        context = {"title": title, "text": text, "button": button, "grave": grave, "form": form, "original": obj}
        return self.page(request, template, {**context, "back": self.change_url(obj), **(shown or {})})

    def _done(self, request: HttpRequest, obj: models.Model, form: forms.Form, verb: ServiceCall) -> bool:
        try:
            sentence = verb(obj, form.cleaned_data)
        except SaysoError as error:
            form.add_error(None, str(error))
            return False
        self.message_user(request, str(sentence), messages.SUCCESS)
        return True

    def page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        """A page of our own inside the admin's frame."""
        frame = {**self.admin_site.each_context(request), "opts": self.model._meta, "media": self.media}
        return TemplateResponse(request, template, {**frame, **context})


class ReadOnly:
    """Facts and sums: looked at, never edited. Mix in before StaffAdmin."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
