"""The transparency log of the consent ledger: an event in it cannot be altered, removed or back-dated unnoticed.

The public part of an event becomes a leaf of a Merkle tree (RFC 9162 §2.1); its personal part is in it only as the
commitment that the event carries, so that erasing a person changes no leaf. Checkpoints are signed notes (C2SP
signed-note, Ed25519): origin, size, root, and the signature over these lines.

Writes: Checkpoint, LedgerLeaf.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from preferences.models import Checkpoint, ConsentEvent, LedgerLeaf
from preferences.proof import merkle

VERSION = 1
BATCH_SIZE = 1_000
CHUNK_SIZE = 2_000
KEY_ID_BYTES, ED25519 = 4, b"\x01"


def event_leaf_hash(event: ConsentEvent) -> bytes:
    """The hash of an event's public part, as canonical JSON. Needs the event's address and notice."""
    public = {
        "v": VERSION,
        "id": str(event.reference),
        "interaction_id": str(event.interaction_id),
        "subject": str(event.address.reference),
        "topic": event.topic_id,
        "kind": event.kind,
        "source": event.source,
        "method": event.method,
        "notice": event.notice.digest if event.notice else None,
        "form": event.form.digest if event.form else None,
        "origin": str(event.origin) if event.origin else None,
        "by": event.by_id,
        "occurred_at": _moment(event.occurred_at),
        "recorded_at": _moment(event.recorded_at),
        "until": _moment(event.until),
        "most_per_month": event.most_per_month,
        "basis": event.basis,
        "basis_on": event.basis_on.isoformat() if event.basis_on else None,
        "commitment": event.commitment,
    }
    return merkle.leaf_hash(json.dumps(public, sort_keys=True, separators=(",", ":")).encode())


@transaction.atomic
def seal_next_events() -> Checkpoint | None:
    """Seal the next events and sign the new root; None when there is nothing to seal.

    The place in the tree is given here, to what is committed and visible. Two sealers at once give the same
    place twice, which the database refuses: one of them fails, and nothing is sealed twice.
    """
    events = list(_unsealed()[:BATCH_SIZE])
    if not events:
        return None
    latest = Checkpoint.objects.first()
    before = [bytes.fromhex(part) for part in latest.frontier] if latest else []
    size = latest.size if latest else 0
    digests = [event_leaf_hash(event) for event in events]
    frontier, grown = merkle.append(before, size, digests)
    LedgerLeaf.objects.bulk_create(
        LedgerLeaf(index=size + place, event=event, digest=digest.hex())
        for place, (event, digest) in enumerate(zip(events, digests, strict=True))
    )
    root = merkle.root_hash(frontier)
    return Checkpoint.objects.create(
        size=grown, root=root.hex(), frontier=[part.hex() for part in frontier], note=_signed(grown, root)
    )


def find_faults() -> Iterator[str]:
    """Every way in which the ledger is not what was sealed, one sentence each. Reads only."""
    checkpoints = {checkpoint.size: checkpoint for checkpoint in Checkpoint.objects.iterator()}
    frontier: list[bytes] = []
    size = 0
    for row in _sealed():
        if row.index != size:
            yield f"Leaf {size} is missing: the next one is {row.index}."
        if event_leaf_hash(row.event).hex() != row.digest:
            yield f"Event {row.event.reference} (leaf {row.index}) is not what was sealed."
        frontier, size = merkle.append(frontier, row.index, [bytes.fromhex(row.digest)])
        if size in checkpoints:
            yield from _faults_of(checkpoints.pop(size), merkle.root_hash(frontier))
    yield from (f"Checkpoint {lost} says there were {lost} events; there are {size}." for lost in sorted(checkpoints))


def public_key() -> str:
    """What a stranger needs to check a checkpoint: the Ed25519 public key, base64."""
    return _public(settings.LEDGER_KEY)


def verify_note(note: str, key: str) -> bool:
    """Is this note signed by the holder of that key? Needs nothing but the two."""
    text, _blank, signature = note.rpartition("\n— ")
    try:
        raw = base64.b64decode(signature.split()[-1])[KEY_ID_BYTES:]
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(raw, text.encode())
    except (InvalidSignature, ValueError, IndexError):
        return False
    return True


def _faults_of(checkpoint: Checkpoint, root: bytes) -> Iterator[str]:
    if checkpoint.root != root.hex():
        yield f"Checkpoint {checkpoint.size} was sealed over other events than those that are here."
    keys = [_public(key) for key in [settings.LEDGER_KEY, *settings.LEDGER_KEY_OLD]]
    if not any(verify_note(checkpoint.note, key) for key in keys) or checkpoint.root not in _root_in(checkpoint.note):
        yield f"Checkpoint {checkpoint.size} is not signed with our ledger key."


def _root_in(note: str) -> str:
    return base64.b64decode(note.split("\n")[2]).hex()


def _signed(size: int, root: bytes) -> str:
    origin, key = f"{urlsplit(settings.BASE_URL).hostname}/ledger", _private(settings.LEDGER_KEY)
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    key_id = hashlib.sha256(f"{origin}\n".encode() + ED25519 + key.public_key().public_bytes_raw()).digest()
    signature = base64.b64encode(key_id[:KEY_ID_BYTES] + key.sign(text.encode())).decode()
    return f"{text}\n— {origin} {signature}\n"


def _public(secret: str) -> str:
    return base64.b64encode(_private(secret).public_key().public_bytes_raw()).decode()


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(secret.encode()).digest())


def _unsealed() -> QuerySet[ConsentEvent]:
    return ConsentEvent.objects.filter(leaf=None).select_related("address", "notice", "form").order_by("pk")


def _sealed() -> Iterator[LedgerLeaf]:
    rows = LedgerLeaf.objects.select_related("event__address", "event__notice", "event__form").order_by("index")
    return rows.iterator(chunk_size=CHUNK_SIZE)


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None
