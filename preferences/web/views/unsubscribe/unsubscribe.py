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
from preferences.links.tokens import BadLink, LinkPurpose, TokenClaims
from preferences.models import ConsentEvent, Method, ServiceMessage, Source, Suppression, Topic
from preferences.outbox import send_fence
from preferences.web import link_holder, request_evidence
from preferences.web.forms.unsubscribe.unsubscribe import OptOutReasonForm, UnsubscribeForm
from preferences.web.views import bad_links, link_opens
from preferences.web.views.unsubscribe import undo_session


@require_http_methods(["GET", "HEAD", "POST"])
@bad_links.handle_bad_links
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """Leave, or rather less of it, or later."""
    visitor = link_holder.current_holder(request, LinkPurpose.UNSUBSCRIBE)
    topic = visitor.topic
    form = UnsubscribeForm(request.POST or None, visitor=visitor, topic=topic)
    if form.is_valid():
        return _answer(request, visitor, form)
    if _is_unsubscribed(visitor, topic):
        return redirect("preferences:unsubscribe-done")
    page = {
        "form": form,
        "visitor": visitor,
        "undo": undo_session.undo_offer(request, visitor, "unsubscribe"),
    } | _about(topic)
    return render(request, "preferences/unsubscribe/unsubscribe.html", page, status=422 if form.errors else 200)


def _answer(request: HttpRequest, visitor: link_holder.LinkHolder, form: UnsubscribeForm) -> HttpResponse:
    interaction_id = form.save(request_evidence.request_proof(request))
    link_opens.flag_if_suspicious(request, visitor.address, interaction_id)
    for address in visitor.address.contact.addresses.live():
        tasks.deliver_soon(address)
    is_changed = ConsentEvent.objects.filter(interaction_id=interaction_id).exists()
    if not form.leaves:
        messages.success(request, _("Saved.") if is_changed else _("Nothing was changed."))
    response = redirect("preferences:unsubscribe-done" if form.leaves else "preferences:unsubscribe")
    if is_changed:
        undo_session.remember_act(response, visitor, interaction_id)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@bad_links.handle_bad_links
def unsubscribe_done(request: HttpRequest) -> HttpResponse:
    """It is done; whoever wants to may put it back, say why, or leave the rest as well."""
    visitor = link_holder.current_holder(request, LinkPurpose.UNSUBSCRIBE)
    topic = visitor.topic
    if not _is_unsubscribed(visitor, topic):
        return redirect("preferences:unsubscribe")
    form = OptOutReasonForm(request.POST or None, visitor=visitor, topic=topic)
    if request.method == "POST" and form.is_valid():
        if form.save():
            messages.success(request, _("Thank you for telling us."))
        return redirect("preferences:unsubscribe-done")
    page = (
        _done(visitor, topic)
        | {"form": form, "undo": undo_session.undo_offer(request, visitor, "unsubscribe")}
        | _about(topic)
    )
    return render(request, "preferences/unsubscribe/unsubscribe_done.html", page, status=422 if form.errors else 200)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@link_opens.record_link_open(LinkPurpose.UNSUBSCRIBE)
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058. Nothing but this body leaves; no cookie, no redirect; the same answer however often."""
    try:
        claims = tokens.read_token(LinkPurpose.UNSUBSCRIBE, token)
    except BadLink as forged:
        return (
            bad_links.bad_link_page(request, forged)
            if request.method != "POST"
            else _plain_text_response(_("This link is not valid."), 404)
        )
    if request.method == "POST" and request.POST.getlist("List-Unsubscribe") == ["One-Click"]:
        _unsubscribe_now(request, claims)
        return _plain_text_response(_("Done. You are unsubscribed from these messages."), 200)
    topics = list(_topics(claims))
    return render(
        request, "preferences/unsubscribe/one_click.html", _about(topics[0]) | {"topics": topics} if topics else {}
    )


@transaction.atomic
def _unsubscribe_now(request: HttpRequest, claims: TokenClaims) -> None:
    """Somebody who was forgotten, or a topic that is gone: there is nothing left to leave, which is no error."""
    leave_one = partial(
        consent.withdraw, source=Source.ONE_CLICK, method=Method.HEADER, origin=tokens.message_reference(claims)
    )
    interaction_id, proof = uuid4(), request_evidence.request_proof(request)
    with contextlib.suppress(BadLink, NotAllowed):
        address = tokens.address_of(LinkPurpose.UNSUBSCRIBE, claims)
        for topic in _topics(claims):
            leave_one(address, topic, proof=proof, interaction_id=interaction_id)
        link_opens.flag_if_suspicious(request, address, interaction_id)
        tasks.deliver_soon(address)


def _topics(claims: TokenClaims) -> QuerySet[Topic]:
    """The topic of a message; or all that one sign-up was about, if the link came in its summary."""
    granted = ConsentEvent.objects.filter(kind=ConsentEvent.Kind.GRANTED, address=claims.address)
    summed_up = granted.filter(
        interaction_id__in=ServiceMessage.objects.filter(pk=claims.service_message).values("interaction_id")
    )
    return Topic.objects.filter(Q(pk=claims.topic) | Q(pk__in=summed_up.values("topic"))).select_related("sender")


def _plain_text_response(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")


def _about(topic: Topic) -> dict[str, object]:
    return {"topic": topic, "sender": topic.sender}


def _is_unsubscribed(visitor: link_holder.LinkHolder, topic: Topic) -> bool:
    return _is_suppressed(visitor) or bool(ledger.standing_withdrawal(visitor.address, topic))


def _is_suppressed(visitor: link_holder.LinkHolder) -> bool:
    stops = Suppression.objects.of(visitor.address).in_force().filter(reason=Suppression.Reason.STOPPED)
    return stops.exists() and not visitor.address.subscriptions.active().exists()


def _done(visitor: link_holder.LinkHolder, topic: Topic) -> dict[str, object]:
    recent = timezone.now() - timedelta(days=1)
    return {
        "visitor": visitor,
        "everything": _is_suppressed(visitor),
        "in_flight": send_fence.is_in_flight(visitor.address),
        "has_said_why": visitor.address.opt_out_reasons.filter(topic=topic, created_at__gte=recent).exists(),
        "rest": UnsubscribeForm(visitor=visitor, topic=topic, only_rest=True),
    }
