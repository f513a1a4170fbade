"""Leaving: one button, done; and the one-click door for mail programs."""

import contextlib
from datetime import timedelta
from functools import partial
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from preferences import tasks
from preferences.consent import ledger
from preferences.consent import service as consent
from preferences.errors import NotAllowed
from preferences.links import tokens
from preferences.links.tokens import BadLink, Claims, Purpose
from preferences.models import ConsentEvent, Method, Reply, Source, Suppression, Topic
from preferences.outbox import send_fence
from preferences.web import link_holder, request_evidence
from preferences.web.forms.unsubscribe.unsubscribe import LeaveForm, ReasonForm
from preferences.web.views import bad_links, link_opens
from preferences.web.views.unsubscribe import undo_session


@require_http_methods(["GET", "HEAD", "POST"])
@bad_links.friendly
def leave(request: HttpRequest) -> HttpResponse:
    """Leave, or rather less of it, or later."""
    visitor = link_holder.current(request, Purpose.LEAVE)
    topic = visitor.topic
    form = LeaveForm(request.POST or None, visitor=visitor, topic=topic)
    if form.is_valid():
        return _answer(request, visitor, form)
    if _has_left(visitor, topic):
        return redirect("preferences:leave-done")
    page = {"form": form, "visitor": visitor, "undo": undo_session.offer(request, visitor, "leave")} | _about(topic)
    return render(request, "preferences/leave.html", page, status=422 if form.errors else 200)


def _answer(request: HttpRequest, visitor: link_holder.Visitor, form: LeaveForm) -> HttpResponse:
    act = form.save(request_evidence.proof(request))
    link_opens.doubt(request, visitor.address, act)
    for address in visitor.address.contact.addresses.live():
        tasks.answer_soon(address)
    is_changed = ConsentEvent.objects.filter(act=act).exists()
    if not form.leaves:
        messages.success(request, _("Saved.") if is_changed else _("Nothing was changed."))
    response = redirect("preferences:leave-done" if form.leaves else "preferences:leave")
    if is_changed:
        undo_session.remember(response, visitor, act)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@bad_links.friendly
def leave_done(request: HttpRequest) -> HttpResponse:
    """It is done; whoever wants to may put it back, say why, or leave the rest as well."""
    visitor = link_holder.current(request, Purpose.LEAVE)
    topic = visitor.topic
    if not _has_left(visitor, topic):
        return redirect("preferences:leave")
    form = ReasonForm(request.POST or None, visitor=visitor, topic=topic)
    if request.method == "POST" and form.is_valid():
        if form.save():
            messages.success(request, _("Thank you for telling us."))
        return redirect("preferences:leave-done")
    page = _done(visitor, topic) | {"form": form, "undo": undo_session.offer(request, visitor, "leave")} | _about(topic)
    return render(request, "preferences/leave_done.html", page, status=422 if form.errors else 200)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@link_opens.noted(Purpose.LEAVE)
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058. Nothing but this body leaves; no cookie, no redirect; the same answer however often."""
    try:
        claims = tokens.read(Purpose.LEAVE, token)
    except BadLink as forged:
        return (
            bad_links.page(request, forged) if request.method != "POST" else _plain(_("This link is not valid."), 404)
        )
    if request.method == "POST" and request.POST.getlist("List-Unsubscribe") == ["One-Click"]:
        _leave_at_once(request, claims)
        return _plain(_("Done. You are unsubscribed from these messages."), 200)
    topics = list(_topics(claims))
    return render(request, "preferences/one_click.html", _about(topics[0]) | {"topics": topics} if topics else {})


@transaction.atomic
def _leave_at_once(request: HttpRequest, claims: Claims) -> None:
    """Somebody who was forgotten, or a topic that is gone: there is nothing left to leave, which is no error."""
    leave_one = partial(consent.withdraw, source=Source.ONE_CLICK, method=Method.HEADER, origin=tokens.origin(claims))
    act, proof = uuid4(), request_evidence.proof(request)
    with contextlib.suppress(BadLink, NotAllowed):
        address = tokens.address_of(Purpose.LEAVE, claims)
        for topic in _topics(claims):
            leave_one(address, topic, proof=proof, act=act)
        link_opens.doubt(request, address, act)
        tasks.answer_soon(address)


def _topics(claims: Claims) -> QuerySet[Topic]:
    """The topic of a message; or all that one sign-up was about, if the link came in its summary."""
    granted = ConsentEvent.objects.filter(kind=ConsentEvent.Kind.GRANTED, address=claims.address)
    summed_up = granted.filter(act__in=Reply.objects.filter(pk=claims.reply).values("act"))
    return Topic.objects.filter(Q(pk=claims.topic) | Q(pk__in=summed_up.values("topic"))).select_related("sender")


def _plain(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")


def _about(topic: Topic) -> dict[str, object]:
    return {"topic": topic, "sender": topic.sender}


def _has_left(visitor: link_holder.Visitor, topic: Topic) -> bool:
    return _is_stopped(visitor) or bool(ledger.standing_no(visitor.address, topic))


def _is_stopped(visitor: link_holder.Visitor) -> bool:
    stops = Suppression.objects.of(visitor.address).in_force().filter(reason=Suppression.Reason.STOPPED)
    return stops.exists() and not visitor.address.subscriptions.active().exists()


def _done(visitor: link_holder.Visitor, topic: Topic) -> dict[str, object]:
    recent = timezone.now() - timedelta(days=1)
    return {
        "visitor": visitor,
        "everything": _is_stopped(visitor),
        "in_flight": send_fence.in_flight(visitor.address),
        "has_said_why": visitor.address.leave_reasons.filter(topic=topic, created_at__gte=recent).exists(),
        "rest": LeaveForm(visitor=visitor, topic=topic, only_rest=True),
    }
