"""Why people leave, if they tell us. Writes LeaveReason."""

from uuid import UUID

from preferences.models import Address, LeaveReason, Topic


def give(
    address: Address, topic: Topic | None, *, reason: str = "", words: str = "", origin: UUID | None = None
) -> LeaveReason | None:
    """Keep what the person said after leaving; nothing said is nothing kept."""
    if not reason and not words.strip():
        return None
    return LeaveReason.objects.create(address=address, topic=topic, reason=reason, words=words.strip(), origin=origin)
