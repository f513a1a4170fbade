"""The answers to "why (not)?" for machines: plain values with a schema that only grows. Writes and reads nothing."""

from collections.abc import Callable, Iterable
from typing import Any

from campaigns.decision import reason_labels
from campaigns.decision.checks import Verdict
from campaigns.explain.check_answers import Answer, Change, Fact, Link, Step, link
from campaigns.explain.recorded import Judged
from campaigns.explain.rule_attribution import Share
from preferences.models import Address

SCHEMA = 1
STORED = ("judged_at", "verdict", "waiting_for", "skipped_because", "wait_until")
Url = Callable[[Link], str | None]


def nowhere(link: Link) -> None:
    """Outside the back office there are no pages to link to."""


def answer(found: Answer, url: Url = nowhere) -> dict[str, Any]:
    """How it is judged at a moment."""
    return {
        "schema": SCHEMA,
        "kind": "judged_now",
        "asked": {
            **_whom(found.address),
            "about": found.about,
            "topic": found.topic,
            "campaign": found.campaign or None,
            "channel": found.channel,
            "purpose": found.purpose,
            "at": found.at,
            "asked_at": found.asked_at,
        },
        "verdict": {**(_verdict(found.verdict) or {}), "said": found.said},
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
        "contact_url": url(link(found.address.contact)),
    }


def judged(found: Judged, url: Url = nowhere, *, personal: bool = True) -> dict[str, Any]:
    """How a message was judged. Where the person was is left out for those who may not see people."""
    message = found.message
    facts = [*found.facts, *(found.personal if personal else ())]
    return {
        "schema": SCHEMA,
        "kind": "as_judged",
        "message": {"reference": message.reference, "status": message.status},
        "campaign": message.campaign.reference,
        "judged_at": found.judged_at,
        "verdict": {
            "kind": "skip" if message.skipped_because else message.verdict or None,
            "reason": found.reason,
            "until": message.wait_until,
            "said": found.said,
        },
        "stored": {name: getattr(message, name) for name in STORED},
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


def trouble(sentence: str, addresses: Iterable[Address] = ()) -> dict[str, Any]:
    """Why there is no answer."""
    return {"schema": SCHEMA, "kind": "error", "error": sentence, "addresses": [_whom(one) for one in addresses]}


def _whom(address: Address) -> dict[str, Any]:
    return {"address": address.reference, "contact": address.contact.reference, "value": address.value}


def _verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {"kind": verdict.kind.value, "reason": verdict.reason, "until": verdict.until, "held": verdict.is_held}


def _check(step: Step, url: Url) -> dict[str, Any]:
    return {
        "name": step.name,
        "title": step.title,
        "state": step.state.value,
        "said": step.said,
        "verdict": _verdict(step.verdict),
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


def _share(share: Share, url: Url) -> dict[str, Any]:
    rule = share.rule
    return {
        "rule": rule.name,
        "version": rule.version,
        "jurisdiction": rule.jurisdiction,
        "figure": share.figure,
        "says": share.says,
        "decided_by": share.by.value,
        "decided_by_said": reason_labels.decided_by(share.by.value),
        "reference": share.reference,
        "evidence": share.evidence,
        "url": url(Link(rule._meta.label_lower, rule.pk, str(rule))),
    }


def _changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [{"said": change.said, "at": change.at} for change in changes]


def _link(link: Link, url: Url) -> dict[str, Any]:
    return {"model": link.model, "id": link.pk, "label": link.label, "url": url(link)}
