"""The demo inbox: what went out from this machine, and a way to answer it."""

from collections.abc import Callable
from functools import wraps
from itertools import groupby
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from config.demo import forms, hyperlinks, sms_simulator, store
from config.demo.forms import MailReplyForm, SmsReplyForm

FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
PER_PAGE = 50


def demo_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """These pages show everybody's mail: outside the demo they do not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    word = request.GET.get("word", "")
    page = Paginator(store.stored_mails(word), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "demo/mails.html", {"page": page, "word": word})


@demo_only
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "demo/mail.html", {"mail": _mail_or_404(name), "form": MailReplyForm()})


@demo_only
@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The mail as a mail program shows it: in a sandbox, without scripts or outside pictures."""
    response = HttpResponse(hyperlinks.in_new_tab(_mail_or_404(name).html))
    response["Content-Security-Policy"] = FRAME_POLICY
    return response


@demo_only
@require_safe
def mail_raw(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(_mail_or_404(name).raw, content_type="text/plain; charset=utf-8")


@demo_only
@require_POST
def one_click(request: HttpRequest, name: str) -> HttpResponse:
    """Press the unsubscribe button of the mail program."""
    outcome = sms_simulator.post_one_click(_mail_or_404(name).one_click_url)
    messages.info(request, _("Response to the email program's unsubscribe request: %s.") % outcome)
    return redirect("demo-inbox:mail", name)


@demo_only
@require_POST
def unsubscribe_by_mail(request: HttpRequest, name: str) -> HttpResponse:
    """Press the unsubscribe button of a mail program that knows no one-click."""
    mail = _mail_or_404(name)
    if not mail.leave_mailbox:
        raise Http404
    messages.info(request, _("The unsubscribe email was delivered: %s.") % forms.unsubscribe_by_mail(mail))
    return redirect("demo-inbox:mail", name)


@demo_only
@require_POST
def reply_to_mail(request: HttpRequest, name: str) -> HttpResponse:
    """Answer a mail as the person would, or their mail program while they are away."""
    form = MailReplyForm(request.POST)
    if form.is_valid():
        messages.info(request, _("Your reply was delivered: %s.") % form.save(_mail_or_404(name)))
    return redirect("demo-inbox:mail", name)


@demo_only
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """One line per phone, the latest text first."""
    latest: dict[str, store.StoredSms] = {}
    for text in store.stored_sms():
        latest.setdefault(text.theirs, text)
    return render(request, "demo/texts.html", {"conversations": latest.values()})


@demo_only
@require_safe
def conversation(request: HttpRequest, number: str) -> HttpResponse:
    return _conversation(request, number, SmsReplyForm(said=_conversation_messages(number)))


@demo_only
@require_POST
def reply_to_sms(request: HttpRequest, number: str) -> HttpResponse:
    """Answer a text as the person would on their phone."""
    form = SmsReplyForm(request.POST, said=_conversation_messages(number))
    if not form.is_valid():
        return _conversation(request, number, form)
    form.save(number)
    return redirect("demo-inbox:conversation", number)


def _conversation(request: HttpRequest, number: str, form: SmsReplyForm) -> HttpResponse:
    days = [(day, list(said)) for day, said in groupby(_conversation_messages(number), key=lambda text: text.at.date())]
    return render(request, "demo/conversation.html", {"number": number, "days": days, "form": form})


def _conversation_messages(number: str) -> list[store.StoredSms]:
    """Both sides of one phone's conversation, oldest first."""
    said = [text for text in store.stored_sms() if text.theirs == number]
    if not said:
        raise Http404
    return said[::-1]


def _mail_or_404(name: str) -> store.StoredMail:
    if found := store.read_stored_mail(name):
        return found
    raise Http404
