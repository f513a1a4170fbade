"""What became of one message on its way to the provider, where it was not the provider who said so. Pure."""

from django.utils.translation import gettext_lazy as _

from preferences.codes import stored_codes
from preferences.codes.stored_codes import StoredCode
from preferences.errors import SaysoError, Unreadable


class SendDetail(StoredCode):
    """A fault of ours or of the connection. What the provider answers is kept beside these codes, as it came."""

    WORKER_LOST = "worker_lost", _("The worker stopped while sending. The message may have arrived.")
    NOT_COMPOSED = "not_composed", _("The message could not be written: %(problem)s"), "problem"
    NO_SENDER_NUMBER = (
        "no_sender_number",
        _("%(sender)s has no SMS number. Add one, then send again."),
        "sender",
    )
    BAD_ADDRESS = "bad_address", _("“%(value)s” is not a single email address."), "value"
    BAD_DOMAIN = "bad_domain", _("“%(domain)s” is not a domain name."), "domain"
    BAD_MESSAGE_ID = "bad_message_id", _("A Message-ID looks like <something@our.domain>.")
    BAD_HEADER = "bad_header", _("“%(name)s” cannot be added as a header."), "name"
    HEADER_OF_SEVERAL_LINES = "header_of_several_lines", _("The header %(name)s must be a single line."), "name"
    HEADER_TOO_LONG = (
        "header_too_long",
        _("The header %(name)s is too long or its link is not plain ASCII."),
        "name",
    )
    INCOMPLETE_CHARACTER = (
        "incomplete_character",
        _("The text contains an incomplete character. Paste it again from its source."),
    )
    BAD_ENVELOPE = (
        "bad_envelope",
        _("The email needs exactly one sender address and one recipient address. Correct the address and send again."),
    )
    ASCII_ONLY = "ascii_only", _("The mail server only accepts addresses in plain ASCII characters.")
    NO_SMS_PROVIDER = (
        "no_sms_provider",
        _("No SMS provider is set up. Set SMS_PROVIDER_URL and SMS_PROVIDER_TOKEN, then send again."),
    )
    BAD_NUMBER = (
        "bad_number",
        _("An SMS must have exactly one number in international format, like +14155550123."),
    )
    BAD_REFERENCE = (
        "bad_reference",
        _("An SMS needs a reference in plain ASCII, so that the provider can recognise duplicates."),
    )
    BAD_PROVIDER_URL = "bad_provider_url", _("SMS_PROVIDER_URL must be a complete https:// address.")
    NO_IP_ADDRESS = "no_ip_address", _("No IP address was found for the host.")
    TOO_SLOW = "too_slow", _("The provider took too long to accept the message.")
    INCOMPLETE_RESPONSE = "incomplete_response", _("The mail server's response is incomplete.")
    CONNECTION_CLOSED = "connection_closed", _("The mail server closed the connection.")
    NOT_SMTP = "not_smtp", _("The mail server's response is not SMTP.")
    INTERRUPTED = "interrupted", _("The mail server interrupted the message.")
    NO_STARTTLS = "no_starttls", _("The mail server does not offer STARTTLS, so nothing was sent to it.")
    DATA_BEFORE_TLS = (
        "data_before_tls",
        _("Unexpected data arrived from the mail server before encryption started."),
    )
    SEVERAL_RESPONSES = "several_responses", _("The mail server sent several responses at once.")

    def word_label(self, name: str, word: str) -> str:
        """A problem may be a code itself."""
        return stored_codes.label(word, SendDetail) if name == "problem" else super().word_label(name, word)


class NotComposable(Unreadable):
    """A message that cannot be written. Its sentence is made when it is shown; `stored` is the code to keep."""

    def __init__(self, code: SendDetail, *words: object) -> None:
        self.stored = code.filled(*words)
        super().__init__(self.stored)

    def __str__(self) -> str:
        return stored_codes.label(self.stored, SendDetail)


def not_composed(error: SaysoError) -> str:
    """What to keep of the error for which a message could not be written."""
    return SendDetail.NOT_COMPOSED.filled(error.stored if isinstance(error, NotComposable) else error)
