"""What a colleague wrote down for somebody: right, or never said."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from preferences import spoken, tasks, visits, witness
from preferences.forms.written_down import WrittenDownForm
from preferences.links import BadLink, Purpose
from preferences.models import Reply
from preferences.views.trouble import friendly


@require_http_methods(["GET", "HEAD", "POST"])
@friendly
def written_down(request: HttpRequest) -> HttpResponse:
    visitor = visits.current(request, Purpose.CONFIRM)
    if visitor.reply.kind != Reply.Kind.WRITTEN_DOWN:
        raise BadLink
    form = WrittenDownForm(request.POST or None, visitor=visitor)
    if form.is_valid():
        form.save(witness.proof(request))
        tasks.answer_soon(visitor.address)
        return redirect("preferences:written-down")
    told = visitor.address.events.filter(act=visitor.reply.act).select_related("topic")
    page = {"form": form, "visitor": visitor, "sender": visitor.reply.sender, "waiting": spoken.waiting(visitor.reply)}
    standing = visitor.address.subscriptions.active().filter(topic__in=told.values("topic"), expires_at=None)
    return render(request, "preferences/written_down.html", page | {"agreed": standing.select_related("topic")})
