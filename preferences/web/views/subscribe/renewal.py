"""Keep getting it? The page behind the message that asks before a permission ends: opening it answers nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from preferences import tasks
from preferences.consent import expiry
from preferences.errors import NotAllowed
from preferences.links import tokens
from preferences.links.tokens import BadLink, LinkPurpose
from preferences.models import Notice, Subscription, Topic
from preferences.web import link_holder, request_evidence
from preferences.web.forms.subscribe.renewal import RenewalForm
from preferences.web.views import link_opens
from preferences.web.views.bad_links import handle_bad_links


@require_http_methods(["GET", "HEAD", "POST"])
@handle_bad_links
def renewal(request: HttpRequest) -> HttpResponse:
    visitor = link_holder.current_holder(request, LinkPurpose.RENEWAL)
    topic = visitor.topic
    if not visitor.claims.message:
        raise BadLink
    standing, notice = _renewable_subscription(visitor, topic), Notice.objects.current(topic, get_language() or "")
    is_kept = standing is not None and _is_kept(standing, visitor)
    form = RenewalForm(request.POST or None, visitor=visitor, topic=topic, notice=notice)
    if standing and not is_kept and form.is_valid():
        return _answer(request, form)
    page = {"form": form, "visitor": visitor, "topic": topic, "sender": topic.sender, "notice": notice}
    page |= {"standing": standing, "is_kept": is_kept, "ending": expiry.expiry_of(standing) if standing else None}
    failed = standing and not is_kept and form.errors
    return render(request, "preferences/renewal/renewal.html", page, status=422 if failed else 200)


def _answer(request: HttpRequest, form: RenewalForm) -> HttpResponse:
    """What is over by now is explained on the page itself."""
    try:
        interaction_id = form.save(request_evidence.request_proof(request))
    except NotAllowed:
        return redirect("preferences:renewal")
    link_opens.flag_if_suspicious(request, form.visitor.address, interaction_id)
    tasks.deliver_soon(form.visitor.address)
    return redirect("preferences:renewal")


def _renewable_subscription(visitor: link_holder.LinkHolder, topic: Topic) -> Subscription | None:
    """What there is to keep: a yes that stands, and no question that waits for its own answer."""
    agreed = [Subscription.Status.ACTIVE, Subscription.Status.PAUSED]
    rows = visitor.address.subscriptions.filter(topic=topic, granted__isnull=False, status__in=agreed)
    return rows.select_related("granted", "topic").first()


def _is_kept(standing: Subscription, visitor: link_holder.LinkHolder) -> bool:
    """Was it kept from this very message? A second press, or another look."""
    return standing.granted is not None and standing.granted.origin == tokens.message_reference(visitor.claims)
