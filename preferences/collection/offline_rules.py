"""Is consent by voice or on paper enough here? Asked of the rulebook, before a colleague writes it down."""

from django.utils import timezone
from django.utils.translation import gettext_lazy

from preferences.geo import jurisdictions
from preferences.models import Address, Basis, Channel, Rule, Source, Topic
from preferences.rulebook import book as rulebook
from preferences.rulebook import consent_requirements
from preferences.rulebook.effective_terms import EffectiveTerms

# What a way of saying yes can fail to be, gravest first, and what to do instead.
ALTERNATIVES = {
    "hipaa_elements": gettext_lazy("A topic based on health records needs a signed authorization. Use the paper form."),
    "explicit_special_category": gettext_lazy(
        "A topic that reveals health data needs explicit consent, and a call is weak proof of "
        "it. Use the paper form or the sign-up page."
    ),
    "e_signature": gettext_lazy(
        "Under the applied rules, these messages need a signature: a ticked box, a keyword or a "
        "paper form. Ask the person to text JOIN and the topic's keyword, or to sign up on the "
        "page."
    ),
}
CHECKED_FIELDS = ("consent", "health_consent", "records_consent")


def offline_refusal(address: Address, topic: Topic, method: str) -> str:
    """Why consent to this topic may not be taken in this way here, with the source; empty when it may."""
    number = address.normal_form if address.channel == Channel.SMS else ""
    place = jurisdictions.locate_contact(address.contact, number=number or "", sender_country=topic.sender.country)
    book = rulebook.current_rulebook()
    asked = (place.jurisdictions, address.channel, topic.purpose, timezone.now().date())
    missing = _missing(book.terms(*asked), topic, method)
    flag = next((flag for flag in ALTERNATIVES if flag in missing), "")
    return f"{ALTERNATIVES[flag]} ({_sources(book.in_force(*asked), flag)})" if flag else ""


def _missing(terms: EffectiveTerms, topic: Topic, method: str) -> frozenset[str]:
    """What a yes of this kind cannot be, however well everything else is done."""
    best = consent_requirements.consent_flags(
        method=method,
        source=Source.STAFF,
        has_notice=True,
        discloses_texts=True,
        has_form=True,
        verified=True,
        basis=Basis.EXPRESS,
        basis_on=None,
    )
    asked = consent_requirements.required_flags(
        terms,
        basis=Basis.EXPRESS,
        reveals_health=topic.reveals_health,
        uses_health_records=topic.uses_health_records,
    )
    return asked - best


def _sources(found: list[Rule], flag: str) -> str:
    entries = [rule.figures[name] for rule in found for name in CHECKED_FIELDS if name in rule.figures]
    asking = [entry for entry in entries if flag in {*entry.get("legal", ()), *entry.get("strict", ())}]
    return "; ".join(dict.fromkeys(entry["reference"] for entry in asking))
