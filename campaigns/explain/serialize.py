"""The answers to "why (not)?" for machines: plain values with a schema that only grows. Writes and reads nothing."""

from collections.abc import Callable, Iterable
from typing import Any

from campaigns.decision import reason_labels
from campaigns.decision.checks import Decision
from campaigns.explain.check_answers import CheckStep, Explanation, Fact, Link, NextStep, admin_link
from campaigns.explain.recorded import RecordedDecision
from campaigns.explain.rule_attribution import RuleAttribution
from preferences.models import Address

SCHEMA = 1
RECORDED_SCHEMA = ("decided_at", "decision", "waiting_for", "skipped_because", "wait_until")
Url = Callable[[Link], str | None]


def no_url(link: Link) -> None:
    """Outside the admin there are no pages to link to."""


def explanation_document(found: Explanation, url: Url = no_url) -> dict[str, Any]:
    """How it is evaluated at a moment."""
    return {
        "schema": SCHEMA,
        "kind": "judged_now",
        "asked": {
            **_address_document(found.address),
            "about": found.about,
            "topic": found.topic,
            "campaign": found.campaign or None,
            "channel": found.channel,
            "purpose": found.purpose,
            "at": found.at,
            "asked_at": found.asked_at,
        },
        "decision": {**(_decision_fields(found.decision) or {}), "said": found.said},
        "place": _facts(found.place, url),
        "objections": [{"name": name, "said": said} for name, said in found.objections],
        "checks": [_check(step, url) for step in found.steps],
        "changes": _changes(found.changes),
        "terms": {
            "profile": found.terms.profile,
            "rules": [list(rule) for rule in sorted(found.terms.rules)],
            "figures": found.terms.as_dict(),
        },
        "notes": list(found.notes),
        "message": _link(found.message, url) if found.message else None,
        "contact_url": url(admin_link(found.address.contact)),
    }


def decision_document(found: RecordedDecision, url: Url = no_url, *, personal: bool = True) -> dict[str, Any]:
    """How a message was evaluated. Where the person was is left out for those who may not see people."""
    message = found.message
    facts = [*found.facts, *(found.personal if personal else ())]
    return {
        "schema": SCHEMA,
        "kind": "as_judged",
        "message": {"reference": message.reference, "status": message.status},
        "campaign": message.campaign.reference,
        "decided_at": found.decided_at,
        "decision": {
            "kind": "skip" if message.skipped_because else message.decision or None,
            "reason": found.reason,
            "until": message.wait_until,
            "said": found.said,
        },
        "stored": {name: getattr(message, name) for name in RECORDED_SCHEMA},
        "facts": _facts(facts, url),
        "rules": [[rule.name, rule.version] for rule in found.rules],
        "figures": [
            {
                "name": figure.name,
                "label": figure.label,
                "said": figure.said,
                "value": figure.value,
                "rules": [_share(share, url) for share in figure.shares],
            }
            for figure in found.figures
        ],
    }


def error_document(sentence: str, addresses: Iterable[Address] = ()) -> dict[str, Any]:
    """Why there is no answer."""
    return {
        "schema": SCHEMA,
        "kind": "error",
        "error": sentence,
        "addresses": [_address_document(one) for one in addresses],
    }


def _address_document(address: Address) -> dict[str, Any]:
    return {"address": address.reference, "contact": address.contact.reference, "value": address.value}


def _decision_fields(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {"kind": decision.kind.value, "reason": decision.reason, "until": decision.until, "held": decision.is_held}


def _check(step: CheckStep, url: Url) -> dict[str, Any]:
    return {
        "name": step.name,
        "title": step.title,
        "state": step.state.value,
        "said": step.said,
        "decision": _decision_fields(step.decision),
        "facts": _facts(step.facts, url),
        "rules": [_share(share, url) for share in step.shares],
        "changes": _changes(step.changes),
    }


def _facts(facts: Iterable[Fact], url: Url) -> list[dict[str, Any]]:
    return [
        {
            "name": fact.name,
            "label": fact.label,
            "said": fact.said,
            "value": fact.value,
            "links": [_link(link, url) for link in fact.links],
        }
        for fact in facts
    ]


def _share(share: RuleAttribution, url: Url) -> dict[str, Any]:
    rule = share.rule
    return {
        "rule": rule.name,
        "version": rule.version,
        "jurisdiction": rule.jurisdiction,
        "figure": share.figure,
        "says": share.says,
        "decided_by": share.by.value,
        "decided_by_said": reason_labels.origin_label(share.by.value),
        "reference": share.reference,
        "evidence": share.evidence,
        "url": url(Link(rule._meta.label_lower, rule.pk, str(rule))),
    }


def _changes(changes: Iterable[NextStep]) -> list[dict[str, Any]]:
    return [{"said": change.said, "at": change.at} for change in changes]


def _link(link: Link, url: Url) -> dict[str, Any]:
    return {"model": link.model, "id": link.pk, "label": link.label, "url": url(link)}
