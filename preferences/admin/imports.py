"""Bringing people in: upload a file, read what it would do, apply it, watch it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from preferences import csv_export
from preferences.admin.action_forms import UploadForm
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.errors import SaysoError
from preferences.imports import service as imports
from preferences.imports import tasks
from preferences.imports.row_outcomes import RowOutcome
from preferences.models import Basis, Import

ImportStatus = Import.Status
STATUSES = {"checked": "info", "applying": "warning", "applied": "success", "refused": "danger"}
SHOWN = 100
REFRESH_SECONDS = 3


@admin.register(Import)
class ImportAdmin(ReadOnly, StaffAdmin):
    """Which files brought people in, and what became of each line?"""

    list_display = ["file_name", "state", "brought", "rows", "by", "created_at", "applied_at"]
    list_filter = ["status"]
    list_select_related = ["by"]

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path("<int:import_id>/apply/", self.apply_view, name="preferences_import_apply"),
            path("<int:import_id>/problems.csv", self.problems_view, name="preferences_import_problems"),
        ]
        for page in pages:
            page.callback = self.admin_site.admin_view(page.callback)
        return pages + super().get_urls()

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("preferences.add_import")

    @display(description=gettext_lazy("status"), label=STATUSES, ordering="status")
    def state(self, import_: Import) -> tuple[str, str]:
        return import_.status, import_.get_status_display()

    @display(description=gettext_lazy("consents"))
    def brought(self, import_: Import) -> int:
        return sum(import_.counts.get(outcome, 0) for outcome in (RowOutcome.NEW, RowOutcome.CHANGED))

    @display(description=gettext_lazy("rows"))
    def rows(self, import_: Import) -> int:
        return _rows(import_)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """A GET shows the upload form; a POST checks the file and shows what applying it would do."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and (import_ := _checked(request, form)):
            return redirect(self.change_url(import_))
        return self.page(request, "admin/confirm_action.html", self._upload_context(form))

    def _upload_context(self, form: UploadForm) -> dict[str, Any]:
        return {
            "title": _("Import contacts"),
            "text": _(
                "The file is checked first, and you see the result before anything is changed. Consent "
                "is imported only for rows that prove it; nobody who opted out is opted in again."
            ),
            "button": _("Check the file"),
            "form": form,
            "back": "../",
        }

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """The report: what each line did or would do, how far it is, what stands in the way."""
        import_ = self.subject(request, object_id)
        context = {
            "title": import_.file_name,
            "import": import_,
            "original": import_,
            "counts": [(outcome, import_.counts.get(outcome, 0)) for outcome in RowOutcome],
            "bases": _bases(import_),
            "rows": _rows(import_),
            "percent": percent_done(import_),
            "problems": import_.problems[:SHOWN],
            "more": max(0, len(import_.problems) - SHOWN) + import_.counts.get(imports.LEFT_OUT, 0),
            "may_apply": import_.status == ImportStatus.CHECKED and request.user.has_perm("preferences.change_import"),
        }
        response = self.page(request, "admin/preferences/import/import.html", context)
        if import_.status == ImportStatus.APPLYING:
            response["Refresh"] = str(REFRESH_SECONDS)
        return response

    def apply_view(self, request: HttpRequest, import_id: int) -> HttpResponse:
        """A POST starts applying; the worker does it, and the page follows."""
        import_ = self.subject(request, str(import_id))
        if request.method != "POST" or not request.user.has_perm("preferences.change_import"):
            raise PermissionDenied
        try:
            tasks.enqueue_import(imports.start(import_, by=staff_user(request)))
        except SaysoError as error:
            self.message_user(request, str(error), messages.ERROR)
        return redirect(self.change_url(import_))

    def problems_view(self, request: HttpRequest, import_id: int) -> HttpResponse:
        """All listed problems as a table for the colleague who made the file."""
        import_ = self.subject(request, str(import_id))
        rows = ((problem["line"], problem["sentence"]) for problem in import_.problems)
        table = csv_export.csv_text([_("line"), _("problem")], rows)
        disposition = {"Content-Disposition": f'attachment; filename="import-{import_.pk}-problems.csv"'}
        return HttpResponse(table, content_type="text/csv; charset=utf-8", headers=disposition)


def _checked(request: HttpRequest, form: UploadForm) -> Import | None:
    file = form.cleaned_data["file"]
    try:
        return imports.dry_run(file, name=file.name, by=staff_user(request))
    except SaysoError as error:
        form.add_error("file", str(error))
        return None


def _bases(import_: Import) -> list[tuple[str, int]]:
    """How many of the consents rest on something else than the person's own word, by what it is."""
    counted = [(basis.label, import_.counts.get(imports.basis_count_key(basis), 0)) for basis in Basis]
    return [(str(label), count) for label, count in counted if count]


def _rows(import_: Import) -> int:
    return sum(import_.counts.get(outcome, 0) for outcome in RowOutcome)


def percent_done(import_: Import) -> int:
    """How far applying has come."""
    if import_.status == ImportStatus.APPLIED:
        return 100
    return min(100, 100 * import_.line // max(1, import_.counts.get(imports.LINES, 0)))
