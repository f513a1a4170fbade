"""Lint of what the rules of the audience demand: each code of content, with its sentence and whom it is for."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.content import content_checks, content_requirements
from campaigns.content.content_requirements import ContentRequirements
from campaigns.content.problems import Problem, error, warning
from campaigns.models import Campaign

# Code → what is wrong, and what to do about it. %(sender)s and %(about)s are filled in.
SENTENCES = {
    "way_out": (
        gettext_lazy("This message does not offer a way to unsubscribe."),
        gettext_lazy("Add opt-out instructions to the text, for example: Reply STOP to stop."),
    ),
    "sender_name": (
        gettext_lazy("The message does not say that %(sender)s sent it."),
        gettext_lazy("Add the legal name and the brand to the sender."),
    ),
    "postal_address": (
        gettext_lazy("%(sender)s has no postal address."),
        gettext_lazy("Add it to the sender."),
    ),
    "contact": (
        gettext_lazy("The message does not say how to contact %(sender)s."),
        gettext_lazy("Add a phone number, an email address or a link to the text or to the sender."),
    ),
    "contact_channel": (
        gettext_lazy("The message gives no phone number, email address or page of %(sender)s."),
        gettext_lazy("Add one of them to the text."),
    ),
    "stop_hint": (
        gettext_lazy("The text does not say how to opt out."),
        gettext_lazy("Add: Reply STOP to stop."),
    ),
    "brand_first": (
        gettext_lazy("The text does not begin with the brand."),
        gettext_lazy("Begin it with %(sender)s."),
    ),
    "one_click_headers": (
        gettext_lazy("The email lacks the headers that let email programs show an unsubscribe button."),
        gettext_lazy("Ask an administrator: this address of Sayso cannot be reached from outside."),
    ),
    "privacy_link": (
        gettext_lazy("The message does not link to the privacy policy."),
        gettext_lazy("Add the address of the privacy policy to the sender, or the link to the text."),
    ),
    "why_you_get_this": (
        gettext_lazy("The message does not say why recipients receive it."),
        gettext_lazy("Name the topic in the text."),
    ),
    "objection_notice": (
        gettext_lazy("The message does not say that recipients can object to it."),
        gettext_lazy("Add to the text: You can object to these messages at any time, free of charge."),
    ),
    "own_domain_links": (
        gettext_lazy("The text links to pages that are not %(sender)s's own: %(about)s."),
        gettext_lazy("Link to the sender's own domain, written in full."),
    ),
    "frequency": (
        gettext_lazy("The message does not say how often such messages are sent."),
        gettext_lazy("Add the frequency, as worded in the topic."),
    ),
    "rates": (
        gettext_lazy("The message does not say what it costs to receive it."),
        gettext_lazy("Add the cost, as worded in the topic."),
    ),
    "french_copy": (
        gettext_lazy("Recipients in Quebec must get this text in French, and it contains no French."),
        gettext_lazy("Add the French text, at least as prominent as the other one."),
    ),
    "ad_disclosure": (
        gettext_lazy("The email does not say that it is advertising, and some recipients never asked for it."),
        gettext_lazy("Add the word “Advertisement” to the text."),
    ),
    "no_health_words": (
        gettext_lazy("Others could read something about a person's health or records here: %(about)s."),
        gettext_lazy("Write a neutral text, subject and topic name, and put the rest behind a link with a login."),
    ),
}


def find_requirement_problems(campaign: Campaign, asked: ContentRequirements) -> Iterator[Problem]:
    """What somebody's rules demand and the message lacks; and what it had better not tell about anybody's health."""
    found = content_checks.content_findings(campaign)
    for code, about in found.lacks.items():
        if code in asked.content and _applies(code, campaign):
            yield _problem(error, code, campaign, about, asked)
        elif code == "no_health_words":
            yield _problem(error if campaign.topic.reveals_health else warning, code, campaign, about, asked)
    for label in sorted(set(asked.labels) - found.labels):
        sentence = _("The message does not carry the label “%(label)s”.") % {"label": label}
        suggestion = _("Put it at the start of the email subject or of the text message.")
        yield error("label", sentence, suggestion, because=asked.labels[label], about=(label,))


def _applies(code: str, campaign: Campaign) -> bool:
    """Advertising is called so for those who did not ask for it beforehand: 15 USC 7704(a)(5)(B)."""
    return code != "ad_disclosure" or content_requirements.reaches_implied_consent(campaign)


def _problem(say, code: str, campaign: Campaign, about: tuple[str, ...], asked: ContentRequirements) -> Problem:
    sentence, suggestion = SENTENCES[code]
    words = {"sender": campaign.topic.sender.name, "about": ", ".join(about)}
    reasons = asked.content.get(code, ())
    return say(code, str(sentence) % words, str(suggestion) % words, because=reasons, about=about)
