"""Signing up: who there is to hear from, the form, and one answer for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from preferences import tasks
from preferences.models import Sender, Topic
from preferences.web import rate_limit, request_evidence
from preferences.web.forms.subscribe.sign_up import SignUpForm


@require_safe
def senders(request: HttpRequest) -> HttpResponse:
    offering = Sender.objects.filter(pk__in=Topic.objects.offered().filter(notices__isnull=False).values("sender"))
    return render(request, "preferences/subscribe/senders.html", {"senders": offering})


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    """New, known or suppressed: the answer is the same, and takes as long."""
    sender = get_object_or_404(Sender, slug=slug)
    form = SignUpForm(request.POST or None, sender=sender)
    if request.method != "POST":
        return render(request, "preferences/subscribe/sign_up.html", {"form": form, "sender": sender})
    with rate_limit.constant_time():
        if form.is_valid():
            submit_sign_up(request, form)
            return redirect("preferences:check-inbox", slug)
    return render(request, "preferences/subscribe/sign_up.html", {"form": form, "sender": sender}, status=422)


@require_safe
def check_inbox(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "preferences/subscribe/check_inbox.html", {"sender": get_object_or_404(Sender, slug=slug)})


def submit_sign_up(request: HttpRequest, form: SignUpForm) -> None:
    """Ask for what was ticked. A robot is answered like a person, and nothing happens."""
    if form.looks_automatic:
        return
    addresses = form.save(
        proof=request_evidence.request_proof(request), network=request_evidence.client_network(request)
    )
    for address in addresses:
        tasks.deliver_soon(address)
    if not addresses:
        tasks.deliver_soon(None)
