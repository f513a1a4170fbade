"""What was done about an incoming message, and why a service message was not sent."""

from django.utils.translation import gettext_lazy as _

from preferences.codes.stored_codes import StoredCode


class CancelReason(StoredCode):
    """Why a service message that was owed was not sent."""

    ANSWERED = "answered", _("The person has answered.")
    ASKED_AGAIN = "asked_again", _("The person was asked again in the meantime.")
    DECLINED = "declined", _("The person declined first.")
    OPTED_OUT = "opted_out", _("The person opted out first.")
    COMPLAINED = "complained", _("The person complained.")
    SUPPRESSED = "suppressed", _("Nothing may be sent to this address any more.")
    UNDONE = "undone", _("The person undid the opt-out first.")
    ADDRESS_CHANGE_OVER = "address_change_over", _("The change of address is no longer open.")
    ADDRESS_CHANGED = "address_changed", _("The person is told about the change of address instead.")
    NEVER_CONFIRMED = "never_confirmed", _("The sign-up was never confirmed.")
    ERASED = "erased", _("The person's data was erased.")
    TOO_LATE_FOR_SMS = "too_late_for_sms", _("Too late to be an answer to their text message.")
    TOO_LATE = "too_late", _("Too late to be an answer.")


class InboundOutcome(StoredCode):
    """What was done about an incoming message; also why that lifted a hold."""

    OPTED_OUT = "opted_out", _("Opted out of everything.")
    ALREADY_OPTED_OUT = "already_opted_out", _("Was already opted out of everything.")
    OPTED_OUT_UNUSED_NUMBER = (
        "opted_out_unused_number",
        _("Opted out of everything. No sender uses the number it was sent to."),
    )
    OPTED_OUT_NO_SENDER = "opted_out_no_sender", _("Opted out of everything. There is no sender to confirm it.")
    OPTED_OUT_LATER_BY_SMS = "opted_out_later_by_sms", _("The person opted out in a later text message.")
    OPTED_OUT_LATER_BY_EMAIL = "opted_out_later_by_email", _("The person opted out in a later email.")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed from what the message was about.")
    ALREADY_UNSUBSCRIBED = "already_unsubscribed", _("Was already unsubscribed from what the message was about.")
    WRONG_PERSON = "wrong_person", _("Wrong number. %(outcome)s"), "outcome"
    WRONG_PERSON_LATER_BY_SMS = (
        "wrong_person_later_by_sms",
        _("The person wrote in a later text message that they are someone else."),
    )
    HELD = "held", _("On hold until staff have read it.")
    NEWER_OPT_OUT = "newer_opt_out", _("No change: a newer opt-out is in force.")
    REFUSED = "refused", _("Refused: %(problem)s"), "problem"
    CONFIRMED_SIGN_UP = "confirmed_sign_up", _("Confirmed the sign-up.")
    CONFIRMED_OFFLINE_CONSENT = "confirmed_offline_consent", _("Confirmed the offline consent.")
    SUBSCRIBED_AGAIN = "subscribed_again", _("Subscribed again to what STOP had ended.")
    SUBSCRIBED = "subscribed", _("Subscribed to the topic they named.")
    ALREADY_SUBSCRIBED = "already_subscribed", _("Was already subscribed to the topic they named.")
    RENEWED = "renewed", _("Renewed the consent that would have expired.")
    KEPT_ONE_TOPIC = "kept_one_topic", _("Kept the topic they named. Everything else stays unsubscribed.")
    HELP_SENT = "help_sent", _("Sent help.")
    UNUSED_NUMBER = "unused_number", _("No sender uses the number it was sent to.")
    NOTHING_ASKED = "nothing_asked", _("Nothing to do: the message asks for nothing.")
    NEEDS_REVIEW = "needs_review", _("Needs review.")
    READ_AS_OPT_OUT = "read_as_opt_out", _("Opted out of everything: staff read the message as an opt-out.")
    READ_AS_WRONG_PERSON = (
        "read_as_wrong_person",
        _("Opted out of everything: staff read that this is someone else."),
    )
    READ_NO_CHANGE = "read_no_change", _("No change: staff read the message.")
    ERASED = "erased", _("The person's data was erased. There is nothing left to unsubscribe.")
    OPT_OUT_OF_UNKNOWN = "opt_out_of_unknown", _("Needs review: an opt-out from an address that is not on file.")
    REVIEW_OF_UNKNOWN = "review_of_unknown", _("Needs review: the address is not on file.")
    COMPLAINT_OF_UNKNOWN = "complaint_of_unknown", _("Needs review: a complaint that does not show who complained.")
    STORED_OF_UNKNOWN = "stored_of_unknown", _("Stored. The address is not on file.")
    AUTOMATIC = "automatic", _("No change: an automatic reply.")
    REPORT_NOT_FINAL = "report_not_final", _("No change: the report says nothing final.")
    REPORT_NOT_OURS = "report_not_ours", _("No change: the report does not show which of our emails it is about.")
    NO_COMPLAINT = "no_complaint", _("No change: the report contains no complaint.")
    SOFT_BOUNCE_COUNTED = "soft_bounce_counted", _("Soft bounce %(count)s of %(limit)s."), "count", "limit"
    SUPPRESSED_NOT_FOUND = "suppressed_not_found", _("Suppressed: the address does not exist.")
    SUPPRESSED_SOFT_BOUNCES = (
        "suppressed_soft_bounces",
        _("Suppressed: the address could not be reached for weeks."),
    )
    NOT_PROCESSED = "not_processed", _("This message could not be processed: %(problem)s."), "problem"
    UNREADABLE = "unreadable", _("Needs review, because it is not a complete text message: %(problem)s"), "problem"

    def word_label(self, name: str, word: str) -> str:
        if name == "outcome" and word in InboundOutcome._value2member_map_:
            return InboundOutcome(word).shown()
        return super().word_label(name, word)
