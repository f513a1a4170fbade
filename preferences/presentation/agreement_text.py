"""When and how a person agreed, in a sentence to that person."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from preferences.geo import local_time
from preferences.models import RECORDED_BY_STAFF, ConsentEvent, Contact, Method, Source

# What staff recorded is told by how the person said it.
OFFLINE_SENTENCES = {
    Method.VERBAL: _("You agreed on %(day)s, verbally, to a member of our staff."),
    Method.WRITTEN: _("You agreed on %(day)s, in writing."),
}
FALLBACK_SENTENCE = _("You agreed on %(day)s.")


def agreement_sentence(granted: ConsentEvent, contact: Contact) -> str:
    """When and how this yes was said."""
    words = _offline_sentence(granted) or Source(granted.source).traits.agreement or FALLBACK_SENTENCE
    return str(words) % {"day": local_time.format_day(granted.occurred_at, contact)}


def _offline_sentence(granted: ConsentEvent) -> str | Promise:
    by_staff = granted.source in RECORDED_BY_STAFF
    return OFFLINE_SENTENCES.get(Method(granted.method), "") if by_staff else ""
