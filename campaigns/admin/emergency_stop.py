"""The emergency stop in the admin: who paused all sending, why, and who resumed it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns.models import EmergencyStop
from campaigns.sending import emergency_stop
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.errors import NotAllowed


class ReasonForm(forms.Form):
    """Why, for whoever reads it later."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=1000, widget=UnfoldAdminTextareaWidget({"rows": 3}))


@admin.register(EmergencyStop)
class EmergencyStopAdmin(ReadOnly, StaffAdmin):
    """Is anything going out at all? Since when not, and why?"""

    list_display = ["activated_at", "standing", "activated_by", "reason", "deactivated_at", "deactivated_by"]
    list_filter = [("deactivated_at", admin.EmptyFieldListFilter)]
    list_select_related = ["activated_by", "deactivated_by"]
    fields = [("activated_at", "activated_by"), "reason", ("deactivated_at", "deactivated_by"), "deactivated_because"]
    actions_list = ["activate"]
    actions_detail = ["deactivate"]

    @display(description=gettext_lazy("state"), label={"stopped": "danger", "released": "success"})
    def standing(self, stop: EmergencyStop) -> tuple[str, str]:
        return ("released", _("Resumed")) if stop.deactivated_at else ("stopped", _("All sending is paused"))

    def has_throw_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("campaigns.activate_emergencystop")

    @action(description=gettext_lazy("Pause all sending"), icon="block", permissions=["throw"])
    def activate(self, request: HttpRequest) -> HttpResponse:
        """Asks why first; from then on no campaign hands anything over."""
        form = ReasonForm(request.POST or None)
        if form.is_valid() and self._thrown(request, form):
            return redirect(self.list_url())
        words = {
            "title": _("Pause all sending"),
            "text": _(
                "No campaign sends messages until sending is resumed. Opt-out confirmations and other "
                "service messages are still sent."
            ),
            "button": _("Pause all sending"),
        }
        return self.page(
            request, "admin/confirm_action.html", {**words, "grave": True, "form": form, "back": self.list_url()}
        )

    @action(description=gettext_lazy("Resume sending"), icon="play_arrow", permissions=["throw"])
    def deactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def release(stop: EmergencyStop, answers: dict[str, Any]) -> str:
            emergency_stop.deactivate(stop, by=staff_user(request), **answers)
            return _("Sending was resumed.")

        return self.ask_first(
            request,
            object_id,
            title=_("Resume sending"),
            text=_("Campaigns being sent continue where they stopped."),
            button=_("Resume sending"),
            verb=release,
            form_class=ReasonForm,
        )

    def list_url(self) -> str:
        return reverse("admin:campaigns_emergencystop_changelist")

    def _thrown(self, request: HttpRequest, form: ReasonForm) -> bool:
        try:
            emergency_stop.activate(by=staff_user(request), reason=form.cleaned_data["reason"])
        except NotAllowed as error:
            form.add_error(None, str(error))
            return False
        self.message_user(request, _("All sending is paused."))
        return True
