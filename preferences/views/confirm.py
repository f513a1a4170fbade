"""Confirming a sign-up: opening the page shows what was asked, only a button answers it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from preferences import events, tasks, visits, witness
from preferences.forms import ConfirmForm
from preferences.links import Purpose
from preferences.models import Subscription
from preferences.views.trouble import friendly


@require_http_methods(["GET", "HEAD", "POST"])
@friendly
def confirm(request: HttpRequest) -> HttpResponse:
    visitor = visits.current(request, Purpose.CONFIRM)
    questions = events.open_questions(visitor.reply)
    form = ConfirmForm(request.POST or None, visitor=visitor, questions=questions)
    if form.is_valid():
        form.save(witness.proof(request))
        tasks.answer_soon(visitor.address)
        return redirect("preferences:confirm")
    page = {"form": form, "visitor": visitor, "questions": questions, "sender": visitor.reply.sender}
    return render(request, "preferences/confirm.html", page | {"agreed": _agreed(visitor)})


def _agreed(visitor: visits.Visitor) -> list[Subscription]:
    """What of the question stands as a yes today."""
    asked = visitor.address.events.filter(act=visitor.reply.act).values("topic")
    return list(visitor.address.subscriptions.active().filter(topic__in=asked).select_related("topic"))
