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
from compliance.requests.forms import ASKED_HERE, CopyForm, TakeBackForm
from preferences import tasks
from preferences.errors import NotAllowed
from preferences.geo import local_time
from preferences.web import request_evidence
from preferences.web.link_holder import Visitor
from preferences.web.views.secure_pages import fresh_only

Kind = SubjectRequest.Kind
ENTRIES_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_only
def my_data(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A GET shows it; a POST is answered with the file itself and written down as a request that is done."""
    contact = visitor.address.contact
    if request.method == "POST":
        return _copy(request, visitor)
    page = Paginator(subject_export.timeline(visitor.address)[::-1], ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "visitor": visitor,
        "form": CopyForm(visitor=visitor, counts=subject_export.counts(contact)),
        "details": subject_export.details(visitor.address),
        "page": page,
        "processors": subject_export.processors(contact),
        "zone": local_time.zone(contact),
    }
    return render(request, "compliance/my_data.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_only
def my_requests(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What may be asked of us, and what became of it."""
    forms = {kind: form(visitor=visitor) for kind, form in ASKED_HERE.items()}
    if request.method == "POST":
        form = _posted(request, visitor)
        if form and form.is_valid():
            _say(request, form, visitor)
            return redirect("compliance:my-requests")
        forms |= {form.kind.value: form} if form and not isinstance(form, TakeBackForm) else {}
    return render(request, "compliance/my_requests.html", _asked(visitor, forms), status=_status(forms))


def _copy(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    form = CopyForm(request.POST, visitor=visitor)
    if not form.is_valid():
        messages.error(request, _("Choose one of the files on this page."))
        return redirect("compliance:my-data")
    form.save()
    wanted, address = form.cleaned_data["wanted"], visitor.address
    if wanted == "json":
        return _file(subject_export.as_json(address), "application/json", "my-data.json")
    if wanted == "zip":
        return _file(subject_export.archive(address), "application/zip", "my-data.zip")
    table = form.cleaned_data["table"]
    return _file(subject_export.as_csv(table, address), "text/csv; charset=utf-8", f"my-data-{table}.csv")


def _file(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _posted(request: HttpRequest, visitor: Visitor):
    """The form whose button was pressed."""
    if "take_back" in request.POST:
        return TakeBackForm(request.POST, visitor=visitor)
    asked = ASKED_HERE.get(request.POST.get("ask", ""))
    return asked(request.POST, visitor=visitor) if asked else None


def _say(request: HttpRequest, form, visitor: Visitor) -> None:
    try:
        done = _taken_back(form) if isinstance(form, TakeBackForm) else _asked_for(request, form)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return
    for address in visitor.address.contact.addresses.live():
        tasks.answer_soon(address)
    messages.success(request, done)


def _asked_for(request: HttpRequest, form) -> str:
    form.save(request_evidence.proof(request))
    return str(form.done)


def _taken_back(form: TakeBackForm) -> str:
    form.save()
    return _("Request withdrawn. Everything continues as before.")


def _asked(visitor: Visitor, forms: dict) -> dict[str, object]:
    contact = visitor.address.contact
    asked = list(requests.of(contact)[:50])
    standing = [one for one in asked if requests.can_be_taken_back(one)]
    ways_back = [TakeBackForm(visitor=visitor, standing=one) for one in standing]
    in_force = {one.kind for one in standing} | ({Kind.RESTRICTION} if contact.restricted_at else set())
    return {
        "visitor": visitor,
        "asked": asked,
        "ways_back": ways_back,
        "forms": [form for kind, form in forms.items() if kind not in in_force],
        "zone": local_time.zone(contact),
    }


def _status(forms: dict) -> int:
    return 422 if any(form.errors for form in forms.values()) else 200
