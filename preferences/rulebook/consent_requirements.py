"""What the consent on record is worth: which demands it meets, on what it rests, and until when. Pure.

The demands are the flags of preferences/rulebook/rule_fields.py; a rule names those it makes.
"""

from datetime import date

from preferences.geo import calendar_math
from preferences.models import Basis, Method, Source
from preferences.rulebook.effective_terms import EffectiveTerms

METHOD_FLAGS = frozenset(
    {
        Method.CHECKBOX,
        Method.DOUBLE_OPT_IN,
        Method.BUTTON,
        Method.KEYWORD,
        Method.OWN_WORDS,
        Method.WRITTEN,
        Method.VERBAL,
    }
)
# A box ticked, a keyword, a pressed key or a signature on paper: 15 USC 7006(5), 47 CFR 64.1200(f)(9)(ii).
SIGNED = frozenset({Method.CHECKBOX, Method.DOUBLE_OPT_IN, Method.BUTTON, Method.KEYWORD, Method.WRITTEN})
# Said by whoever holds the very address.
CONFIRMED = frozenset({Method.DOUBLE_OPT_IN, Method.KEYWORD})
# A statement of one's own, not a gesture: GDPR Art. 9(2)(a).
EXPLICIT = frozenset({Method.CHECKBOX, Method.DOUBLE_OPT_IN, Method.KEYWORD, Method.WRITTEN})


def consent_flags(
    *,
    method: str,
    source: str,
    has_notice: bool,
    discloses_texts: bool,
    has_form: bool,
    verified: bool,
    basis: str,
    basis_on: date | None,
) -> frozenset[str]:
    """The demands that a yes meets. An import's proof was checked for the words agreed to, so it names who asked."""
    named = has_notice or source == Source.IMPORT
    met = {
        "affirmative_act": method in METHOD_FLAGS and basis == Basis.EXPRESS,
        "separate_from_terms": named,
        "named_controller": named,
        "pewc_disclosure": discloses_texts,
        "not_condition_of_purchase": discloses_texts,
        "e_signature": method in SIGNED,
        "address_confirmed": verified or method in CONFIRMED,
        "explicit_special_category": method in EXPLICIT and basis == Basis.EXPRESS,
        "hipaa_elements": method == Method.WRITTEN and has_form,
        "evidence_clock": basis == Basis.EXPRESS or basis_on is not None,
    }
    return frozenset(name for name, is_met in met.items() if is_met)


def required_flags(
    terms: EffectiveTerms, *, basis: str, reveals_health: bool, uses_health_records: bool
) -> frozenset[str]:
    """The demands these terms make. A basis that stands in for the person's word need not be their act."""
    asked = terms.consent | (terms.health_consent if reveals_health else frozenset())
    asked |= terms.records_consent if uses_health_records else frozenset()
    return (
        asked if basis == Basis.EXPRESS else (asked - {"affirmative_act", "separate_from_terms"}) | {"evidence_clock"}
    )


def accepts_basis(terms: EffectiveTerms, basis: str) -> bool:
    """May a yes rest on this here?"""
    return terms.bases is None or basis in dict(terms.bases)


def is_stronger_basis(basis: str, basis_on: date | None, *, than: str, since: date | None) -> bool:
    """Does this yes say more than the one that stands? Their own word does, and so does a later day of the same."""
    if than == Basis.EXPRESS:
        return False
    return basis == Basis.EXPRESS or (basis == than and basis_on is not None and (since is None or basis_on > since))


def basis_expires_on(terms: EffectiveTerms, basis: str, basis_on: date | None) -> date | None:
    """The first day on which a basis no longer counts; None when it has no clock."""
    lasts = dict(terms.bases or ()).get(basis, 0)
    return calendar_math.add_months(basis_on, lasts) if lasts and basis_on else None


def renewal_due_on(terms: EffectiveTerms, consented_on: date | None) -> date | None:
    """The first day on which a yes must be asked for anew; None when it never grows old."""
    lasts = dict(terms.repermission or ()).get("months")
    return calendar_math.add_months(consented_on, lasts) if lasts is not None and consented_on else None
