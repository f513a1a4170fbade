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
from preferences.links.tokens import BadLink, LinkPurpose, TokenClaims
from preferences.web import link_holder, link_session, request_evidence
from preferences.web.link_holder import LinkHolder
from preferences.web.views.bad_links import handle_bad_links

UNDO_SECONDS = timedelta(minutes=30)
PAGES = ("preferences", "unsubscribe")
SESSION_COOKIE = (
    1  # as the message of the claims: done in this browser. A link from a message puts back its own address alone.
)


def remember_act(response: HttpResponse, visitor: LinkHolder, interaction_id: UUID) -> None:
    """What was changed here can be put back here for half an hour."""
    claims = TokenClaims(
        visitor.address.pk, visitor.address.link_generation, message=SESSION_COOKIE, interaction_id=interaction_id.int
    )
    link_session.remember_claims(response, LinkPurpose.UNDO, claims, until=timezone.now() + UNDO_SECONDS)


def undo_offer(request: HttpRequest, visitor: LinkHolder, page: str = "preferences") -> dict[str, str]:
    """The button, if this visitor has changed something in this browser that still stands."""
    try:
        claims = link_session.read_claims(request, LinkPurpose.UNDO)
    except BadLink:
        return {}
    is_theirs = (claims.address, claims.message) == (visitor.address.pk, SESSION_COOKIE)
    if not is_theirs or not undo.can_undo(visitor.address, UUID(int=claims.interaction_id)):
        return {}
    return {"page_binding": link_session.page_binding(LinkPurpose.UNDO, claims), "page": page}


@require_POST
@handle_bad_links
def undo_in_session(request: HttpRequest) -> HttpResponse:
    """Put back what one act changed, and nothing that was said since. Harmless twice."""
    visitor = link_holder.current_holder(request, LinkPurpose.UNDO)
    if visitor.claims.message != SESSION_COOKIE:
        raise BadLink
    interaction_id = UUID(int=visitor.claims.interaction_id)
    try:
        _put_back(request, visitor, interaction_id)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    page = request.POST.get("page", "")
    return redirect(f"preferences:{page if page in PAGES else PAGES[0]}")


def _put_back(request: HttpRequest, visitor: LinkHolder, interaction_id: UUID) -> None:
    changes = undo.undo_act_everywhere(visitor.address, interaction_id, proof=request_evidence.request_proof(request))
    for address in visitor.address.contact.addresses.live():
        tasks.deliver_soon(address)
    if undo.can_undo(visitor.address, interaction_id):
        messages.warning(request, _("Not everything could be undone. Sign up again for the topics that are missing."))
    elif changes:
        messages.success(request, _("Change undone."))
    else:
        messages.info(request, _("There was nothing left to undo."))
