"""Keep getting it? The page behind the message that asks before a permission ends: opening it answers nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from preferences import tasks
from preferences.consent import expiry
from preferences.errors import NotAllowed
from preferences.links import tokens
from preferences.links.tokens import BadLink, Purpose
from preferences.models import Notice, Subscription, Topic
from preferences.web import link_holder, request_evidence
from preferences.web.forms.subscribe.renewal import KeepForm
from preferences.web.views import link_opens
from preferences.web.views.bad_links import friendly


@require_http_methods(["GET", "HEAD", "POST"])
@friendly
def keep(request: HttpRequest) -> HttpResponse:
    visitor = link_holder.current(request, Purpose.KEEP)
    topic = visitor.topic
    if not visitor.claims.message:
        raise BadLink
    standing, notice = _standing(visitor, topic), Notice.objects.current(topic, get_language() or "")
    is_kept = standing is not None and _is_kept(standing, visitor)
    form = KeepForm(request.POST or None, visitor=visitor, topic=topic, notice=notice)
    if standing and not is_kept and form.is_valid():
        return _answer(request, form)
    page = {"form": form, "visitor": visitor, "topic": topic, "sender": topic.sender, "notice": notice}
    page |= {"standing": standing, "is_kept": is_kept, "ending": expiry.of(standing) if standing else None}
    failed = standing and not is_kept and form.errors
    return render(request, "preferences/keep.html", page, status=422 if failed else 200)


def _answer(request: HttpRequest, form: KeepForm) -> HttpResponse:
    """What is over by now is explained on the page itself."""
    try:
        act = form.save(request_evidence.proof(request))
    except NotAllowed:
        return redirect("preferences:keep")
    link_opens.doubt(request, form.visitor.address, act)
    tasks.answer_soon(form.visitor.address)
    return redirect("preferences:keep")


def _standing(visitor: link_holder.Visitor, topic: Topic) -> Subscription | None:
    """What there is to keep: a yes that stands, and no question that waits for its own answer."""
    agreed = [Subscription.Status.ACTIVE, Subscription.Status.PAUSED]
    rows = visitor.address.subscriptions.filter(topic=topic, granted__isnull=False, status__in=agreed)
    return rows.select_related("granted", "topic").first()


def _is_kept(standing: Subscription, visitor: link_holder.Visitor) -> bool:
    """Was it kept from this very message? A second press, or another look."""
    return standing.granted is not None and standing.granted.origin == tokens.origin(visitor.claims)
