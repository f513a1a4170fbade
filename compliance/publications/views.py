"""What everybody may read, without a link and without a login."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from compliance.publications import privacy_notice as publications_privacy_notice
from compliance.publications import transparency
from preferences.models import Sender
from preferences.proof import transparency_log


@require_safe
def privacy_notice_list(request: HttpRequest) -> HttpResponse:
    """Whose privacy notice?"""
    return render(request, "compliance/publications/privacy_notice_list.html", {"senders": Sender.objects.all()})


@require_safe
def show_privacy_notice(request: HttpRequest, slug: str) -> HttpResponse:
    """What this sender holds, why, how long, and what a person can do about it."""
    sender = get_object_or_404(Sender, slug=slug)
    return render(
        request,
        "compliance/publications/privacy_notice.html",
        {"sender": sender, "notice": publications_privacy_notice.build_notice(sender)},
    )


@require_safe
def transparency_report(request: HttpRequest) -> HttpResponse:
    """Transparency report, in figures."""
    page = {
        "figures": transparency.current_figures(),
        "office": transparency.governance_status(),
        "public_key": transparency_log.public_key(),
    }
    return render(request, "compliance/publications/transparency.html", page)
