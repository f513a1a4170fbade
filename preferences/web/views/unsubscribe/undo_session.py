"""Undo, in the browser in which something was changed a moment ago."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from preferences import tasks
from preferences.consent import undo
from preferences.errors import NotAllowed
from preferences.links.tokens import BadLink, Claims, Purpose
from preferences.web import link_holder, link_session, request_evidence
from preferences.web.link_holder import Visitor
from preferences.web.views.bad_links import friendly

FOR_HALF_AN_HOUR = timedelta(minutes=30)
PAGES = ("preferences", "leave")
HERE = 1  # as the message of the claims: done in this browser. A link from a message puts back its own address alone.


def remember(response: HttpResponse, visitor: Visitor, act: UUID) -> None:
    """What was changed here can be put back here for half an hour."""
    claims = Claims(visitor.address.pk, visitor.address.link_generation, message=HERE, act=act.int)
    link_session.keep(response, Purpose.UNDO, claims, until=timezone.now() + FOR_HALF_AN_HOUR)


def offer(request: HttpRequest, visitor: Visitor, page: str = "preferences") -> dict[str, str]:
    """The button, if this visitor has changed something in this browser that still stands."""
    try:
        claims = link_session.read(request, Purpose.UNDO)
    except BadLink:
        return {}
    is_theirs = (claims.address, claims.message) == (visitor.address.pk, HERE)
    if not is_theirs or not undo.is_possible(visitor.address, UUID(int=claims.act)):
        return {}
    return {"stamp": link_session.stamp(Purpose.UNDO, claims), "page": page}


@require_POST
@friendly
def undo_here(request: HttpRequest) -> HttpResponse:
    """Put back what one act changed, and nothing that was said since. Harmless twice."""
    visitor = link_holder.current(request, Purpose.UNDO)
    if visitor.claims.message != HERE:
        raise BadLink
    act = UUID(int=visitor.claims.act)
    try:
        _put_back(request, visitor, act)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    page = request.POST.get("page", "")
    return redirect(f"preferences:{page if page in PAGES else PAGES[0]}")


def _put_back(request: HttpRequest, visitor: Visitor, act: UUID) -> None:
    changes = undo.put_back_everywhere(visitor.address, act, proof=request_evidence.proof(request))
    for address in visitor.address.contact.addresses.live():
        tasks.answer_soon(address)
    if undo.is_possible(visitor.address, act):
        messages.warning(request, _("Not everything could be undone. Sign up again for the topics that are missing."))
    elif changes:
        messages.success(request, _("Change undone."))
    else:
        messages.info(request, _("There was nothing left to undo."))
