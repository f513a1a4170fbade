"""The sign-up pages that staff composed, and the forms on other websites that lead to them."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from preferences.collection import consent_forms
from preferences.models import ConsentForm, ConsentFormVersion
from preferences.web import rate_limit
from preferences.web.forms.subscribe.sign_up import SignUpForm
from preferences.web.views.subscribe import sign_up


@require_http_methods(["GET", "HEAD", "POST"])
def consent_form(request: HttpRequest, slug: str) -> HttpResponse:
    """New, known or suppressed: the answer is the same, and takes as long."""
    version = _version(slug)
    if version.form.retired_at:
        return _closed(request, version)
    form = SignUpForm(request.POST or None, sender=version.form.sender, version=version)
    if request.method != "POST":
        return render(request, "preferences/subscribe/consent_form.html", _page(version, form))
    with rate_limit.constant_time():
        if form.is_valid():
            sign_up.submit_sign_up(request, form)
            return redirect("preferences:consent-form-sent", slug)
    return render(request, "preferences/subscribe/consent_form.html", _page(version, form), status=422)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def consent_form_from_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody filled in a form on another website: show the page with their answers. Nothing is written here.

    It takes a POST from anywhere, because all it does is to fill in a form that the person has yet to send.
    """
    version = _version(slug)
    if version.form.retired_at:
        return _closed(request, version)
    given = request.POST if request.method == "POST" else request.GET
    action = reverse(
        "preferences:consent-form", args=[slug], query={"language": get_language() or settings.LANGUAGE_CODE}
    )
    form = SignUpForm(initial=SignUpForm.brought(given), sender=version.form.sender, version=version, action=action)
    return render(request, "preferences/subscribe/consent_form.html", _page(version, form) | {"from_elsewhere": True})


@require_safe
def consent_form_sent(request: HttpRequest, slug: str) -> HttpResponse:
    version = _version(slug)
    return render(request, "preferences/subscribe/consent_form_sent.html", _page(version, None))


def _version(slug: str) -> ConsentFormVersion:
    """What the page says today, in the language of this visit if there is one."""
    pages = ConsentForm.objects.select_related("sender").filter(kind=ConsentForm.Kind.PAGE)
    if version := consent_forms.current(get_object_or_404(pages, slug=slug), get_language() or settings.LANGUAGE_CODE):
        return version
    raise Http404


def _page(version: ConsentFormVersion, form: SignUpForm | None) -> dict[str, Any]:
    return {"version": version, "sender": version.form.sender, "form": form}


def _closed(request: HttpRequest, version: ConsentFormVersion) -> HttpResponse:
    return render(request, "preferences/subscribe/consent_form_closed.html", _page(version, None), status=410)
