"""When and how a person agreed, in a sentence to that person."""

from django.utils.translation import gettext_lazy as _

from preferences.geo import local_time
from preferences.models import ConsentEvent, Contact, Method, Source

# By door and way, the most particular first; "" stands for any.
SENTENCES = {
    (Source.CONFIRM, ""): _("You agreed on %(day)s, by ticking a box on the sign-up page and confirming it."),
    (Source.SIGN_UP, ""): _("You agreed on %(day)s, by ticking a box on the sign-up page."),
    (Source.PREFERENCES, ""): _("You agreed on %(day)s, by ticking a box on this page."),
    (Source.SMS, ""): _("You agreed on %(day)s, by text message."),
    (Source.EMAIL, ""): _("You agreed on %(day)s, by email."),
    (Source.UNDO, ""): _("You subscribed again on %(day)s, by undoing a change."),
    (Source.STAFF, Method.VERBAL): _("You agreed on %(day)s, verbally, to a member of our staff."),
    (Source.STAFF, Method.WRITTEN): _("You agreed on %(day)s, in writing."),
    (Source.IMPORT, Method.VERBAL): _("You agreed on %(day)s, verbally, to a member of our staff."),
    (Source.IMPORT, Method.WRITTEN): _("You agreed on %(day)s, in writing."),
}
FALLBACK_SENTENCE = _("You agreed on %(day)s.")


def agreement_sentence(granted: ConsentEvent, contact: Contact) -> str:
    """When and how this yes was said."""
    exact = SENTENCES.get((Source(granted.source), granted.method))
    words = exact or SENTENCES.get((Source(granted.source), ""), FALLBACK_SENTENCE)
    return str(words) % {"day": local_time.format_day(granted.occurred_at, contact)}
