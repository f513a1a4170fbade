"""Confirming a sign-up, or taking it back: opening a page shows what was asked, only a button answers it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from preferences import tasks
from preferences.collection import pending_signups
from preferences.consent import ledger
from preferences.errors import NotAllowed
from preferences.links.tokens import Purpose
from preferences.models import Address, Reply, Subscription
from preferences.web import link_holder, link_session, request_evidence
from preferences.web.forms.subscribe.confirm import CancelForm, ConfirmForm
from preferences.web.views.bad_links import friendly


@require_http_methods(["GET", "HEAD", "POST"])
@friendly
def confirm(request: HttpRequest) -> HttpResponse:
    visitor = link_holder.current(request, Purpose.CONFIRM)
    if visitor.reply.kind == Reply.Kind.NEW_ADDRESS:
        return redirect("preferences:move")
    if visitor.reply.kind == Reply.Kind.WRITTEN_DOWN:
        return redirect("preferences:written-down")
    asked = ledger.open_questions(visitor.reply)
    form = ConfirmForm(request.POST or None, visitor=visitor, questions=asked)
    if form.is_valid() and _answered(request, form):
        return redirect("preferences:confirm")
    page = {"form": form, "visitor": visitor, "questions": asked, "sender": visitor.reply.sender}
    status = 422 if form.errors else 200
    return render(request, "preferences/confirm.html", page | {"agreed": _agreed(visitor)}, status=status)


def _answered(request: HttpRequest, form: ConfirmForm) -> bool:
    try:
        form.save(request_evidence.proof(request))
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return False
    tasks.answer_soon(form.visitor.address)
    return True


def _agreed(visitor: link_holder.Visitor) -> list[Subscription]:
    """What of the question stands as a yes today."""
    asked = visitor.address.events.filter(act=visitor.reply.act).values("topic")
    return list(visitor.address.subscriptions.active().filter(topic__in=asked).select_related("topic"))


@require_http_methods(["GET", "HEAD", "POST"])
@friendly
def cancel(request: HttpRequest) -> HttpResponse:
    """Take a sign-up back before it was confirmed. Pressed twice, it is done once."""
    if _is_done(request):
        return redirect("preferences:cancelled")
    visitor = link_holder.current(request, Purpose.CONFIRM)
    if request.method == "POST":
        CancelForm(request.POST, visitor=visitor).save(request_evidence.proof(request))
        response = redirect("preferences:cancelled")
        link_session.forget(response, Purpose.CONFIRM)
        return response
    topics = pending_signups.cancellable(visitor.reply)
    page = {"form": CancelForm(visitor=visitor), "visitor": visitor, "topics": topics}
    return render(request, "preferences/cancel.html", page | {"sender": visitor.reply.sender})


def _is_done(request: HttpRequest) -> bool:
    """The second press of one button: the link was good, and the address behind it is forgotten by now."""
    claims = link_session.read(request, Purpose.CONFIRM)
    mine = request.method == "POST" and link_session.fits(Purpose.CONFIRM, claims, request.POST.get("for", ""))
    return mine and Address.objects.filter(pk=claims.address, erased_at__isnull=False).exists()


@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    """The same words for everybody: they do not tell what else we know."""
    return render(request, "preferences/cancelled.html")
