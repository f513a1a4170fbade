"""The personal part of a proof, and the commitment that ties it to its event for ever.

The event carries HMAC-SHA256(salt, canonical JSON of the personal part). While the evidence stands, anybody
can check it against the event; once it is erased, salt and all, the commitment says nothing about the person.

Writes: Evidence.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field

from django.core.files.base import File

from preferences.models import Address, ConsentEvent, Evidence

SALT_BYTES = 32


@dataclass(frozen=True)
class Proof:
    """What a door saw when somebody spoke."""

    ip: str | None = None
    user_agent: str = ""
    page: str = ""
    words: str = ""
    document: File | None = field(default=None, compare=False)


NO_PROOF = Proof()


def prepare_evidence(address: Address, proof: Proof) -> tuple[str, Evidence]:
    """The commitment for an event about to be written, and its evidence row, still without the event."""
    salt = secrets.token_bytes(SALT_BYTES)
    evidence = Evidence(
        salt=salt, ip=proof.ip, user_agent=proof.user_agent[:400], page=proof.page[:300], words=proof.words
    )
    if proof.document:
        evidence.document.save(proof.document.name or "document", proof.document, save=False)
    return commitment(address, evidence), evidence


def commitment(address: Address, evidence: Evidence) -> str:
    """HMAC-SHA256 over address, IP, browser, page, words and the document's own hash."""
    personal = {
        "address": address.normal_form,
        "ip": evidence.ip,
        "user_agent": evidence.user_agent,
        "page": evidence.page,
        "words": evidence.words,
        "document": _document_digest(evidence),
    }
    canonical = json.dumps(personal, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(bytes(evidence.salt), canonical.encode(), hashlib.sha256).hex()


def matches_commitment(event: ConsentEvent) -> bool:
    """Does the evidence still say what it said when the event was written? Raises nothing; erased is not held."""
    evidence = Evidence.objects.filter(event=event).first()
    return evidence is not None and hmac.compare_digest(event.commitment, commitment(event.address, evidence))


def _document_digest(evidence: Evidence) -> str:
    if not evidence.document:
        return ""
    with evidence.document.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
