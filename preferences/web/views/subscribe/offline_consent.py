"""What a colleague wrote down for somebody: right, or never said."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from preferences import tasks
from preferences.collection import offline_consent
from preferences.links.tokens import BadLink, Purpose
from preferences.models import Reply
from preferences.web import link_holder, request_evidence
from preferences.web.forms.subscribe.offline_consent import WrittenDownForm
from preferences.web.views.bad_links import friendly


@require_http_methods(["GET", "HEAD", "POST"])
@friendly
def written_down(request: HttpRequest) -> HttpResponse:
    visitor = link_holder.current(request, Purpose.CONFIRM)
    if visitor.reply.kind != Reply.Kind.WRITTEN_DOWN:
        raise BadLink
    form = WrittenDownForm(request.POST or None, visitor=visitor)
    if form.is_valid():
        form.save(request_evidence.proof(request))
        tasks.answer_soon(visitor.address)
        return redirect("preferences:written-down")
    told = visitor.address.events.filter(act=visitor.reply.act).select_related("topic")
    page = {
        "form": form,
        "visitor": visitor,
        "sender": visitor.reply.sender,
        "waiting": offline_consent.waiting(visitor.reply),
    }
    standing = visitor.address.subscriptions.active().filter(topic__in=told.values("topic"), expires_at=None)
    return render(request, "preferences/written_down.html", page | {"agreed": standing.select_related("topic")})
