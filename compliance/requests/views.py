"""My data: what we hold about somebody, for themselves to read, to take along, and to decide about."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.dossier import subject_export
from compliance.models import SubjectRequest
from compliance.requests import service as requests
from compliance.requests.forms import REQUEST_FORMS, DataCopyForm, WithdrawRequestForm
from preferences import tasks
from preferences.errors import NotAllowed
from preferences.geo import local_time
from preferences.web import request_evidence
from preferences.web.link_holder import LinkHolder
from preferences.web.views.secure_pages import require_secure_link

RequestKind = SubjectRequest.Kind
ENTRIES_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@require_secure_link
def my_data(request: HttpRequest, visitor: LinkHolder) -> HttpResponse:
    """A GET shows it; a POST is answered with the file itself and written down as a request that is done."""
    contact = visitor.address.contact
    if request.method == "POST":
        return _download_copy(request, visitor)
    page = Paginator(subject_export.timeline_for_subject(visitor.address)[::-1], ENTRIES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "visitor": visitor,
        "form": DataCopyForm(visitor=visitor, counts=subject_export.table_counts(contact)),
        "details": subject_export.contact_details(visitor.address),
        "page": page,
        "processors": subject_export.processors_for(contact),
        "zone": local_time.time_zone_of(contact),
    }
    return render(request, "compliance/requests/my_data.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_secure_link
def my_requests(request: HttpRequest, visitor: LinkHolder) -> HttpResponse:
    """What may be asked of us, and what became of it."""
    forms = {kind: form(visitor=visitor) for kind, form in REQUEST_FORMS.items()}
    if request.method == "POST":
        form = _posted(request, visitor)
        if form and form.is_valid():
            _submit(request, form, visitor)
            return redirect("compliance:data-requests")
        forms |= {form.kind.value: form} if form and not isinstance(form, WithdrawRequestForm) else {}
    return render(request, "compliance/requests/data_requests.html", _asked(visitor, forms), status=_status(forms))


def _download_copy(request: HttpRequest, visitor: LinkHolder) -> HttpResponse:
    form = DataCopyForm(request.POST, visitor=visitor)
    if not form.is_valid():
        messages.error(request, _("Choose one of the files on this page."))
        return redirect("compliance:my-data")
    form.save()
    wanted, address = form.cleaned_data["wanted"], visitor.address
    if wanted == "json":
        return _file(subject_export.export_json(address), "application/json", "my-data.json")
    if wanted == "zip":
        return _file(subject_export.export_zip(address), "application/zip", "my-data.zip")
    table = form.cleaned_data["table"]
    return _file(subject_export.export_csv(table, address), "text/csv; charset=utf-8", f"my-data-{table}.csv")


def _file(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _posted(request: HttpRequest, visitor: LinkHolder):
    """The form whose button was pressed."""
    if "take_back" in request.POST:
        return WithdrawRequestForm(request.POST, visitor=visitor)
    asked = REQUEST_FORMS.get(request.POST.get("ask", ""))
    return asked(request.POST, visitor=visitor) if asked else None


def _submit(request: HttpRequest, form, visitor: LinkHolder) -> None:
    try:
        done = _withdraw_request(form) if isinstance(form, WithdrawRequestForm) else _submit_request(request, form)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return
    for address in visitor.address.contact.addresses.live():
        tasks.deliver_soon(address)
    messages.success(request, done)


def _submit_request(request: HttpRequest, form) -> str:
    form.save(request_evidence.request_proof(request))
    return str(form.done)


def _withdraw_request(form: WithdrawRequestForm) -> str:
    form.save()
    return _("Request withdrawn. Everything continues as before.")


def _asked(visitor: LinkHolder, forms: dict) -> dict[str, object]:
    contact = visitor.address.contact
    asked = list(requests.requests_of(contact)[:50])
    standing = [one for one in asked if requests.can_be_withdrawn(one)]
    ways_back = [WithdrawRequestForm(visitor=visitor, standing=one) for one in standing]
    in_force = {one.kind for one in standing} | ({RequestKind.RESTRICTION} if contact.restricted_at else set())
    return {
        "visitor": visitor,
        "asked": asked,
        "ways_back": ways_back,
        "forms": [form for kind, form in forms.items() if kind not in in_force],
        "zone": local_time.time_zone_of(contact),
    }


def _status(forms: dict) -> int:
    return 422 if any(form.errors for form in forms.values()) else 200
