"""The sending fence: sending and opting out meet on one row, the Address.

A sender takes a window of addresses: it locks them in id order, asks the eligibility check in the next statement, and
leaves a HandOver row with a deadline before it commits and talks to the provider. Whoever opts out locks
the same row, records the "no", commits, and then waits until the address is in nobody's hands.
Locking and asking are two statements, in this order: in one, READ COMMITTED would show the eligibility check as it
stood before the wait for the lock.

Writes: InFlight.
"""

import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from preferences.models import Address, InFlight

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.02


def lock_addresses(ids: Iterable[int]) -> list[int]:
    """Lock these addresses in id order until the transaction ends; the ids that exist."""
    rows = Address.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def lock_address(address: Address) -> Address:
    """The fresh row, ours until the transaction ends. Whoever sends to it waits, or has already sent."""
    return Address.objects.select_for_update(no_key=True).get(pk=address.pk)


def acquire(ids: Iterable[int], window: UUID) -> set[int]:
    """Take locked addresses into one sender's hands until the deadline; the ids that were free.

    Call it inside the transaction that holds their locks.
    """
    now = timezone.now()
    wanted = set(ids)
    InFlight.objects.filter(address__in=wanted, until__lte=now).delete()
    busy = set(InFlight.objects.filter(address__in=wanted).values_list("address_id", flat=True))
    until = now + timedelta(seconds=settings.SEND_FENCE_SECONDS)
    InFlight.objects.bulk_create(InFlight(address_id=pk, window=window, until=until) for pk in sorted(wanted - busy))
    return wanted - busy


def release(window: UUID) -> None:
    """The window's outcomes are recorded: its addresses are free again."""
    InFlight.objects.filter(window=window).delete()


def wait_after_commit(address: Address) -> None:
    """Once the "no" is committed, hold the answer back until nobody has the address in their hands."""
    cap = time.monotonic() + settings.OPT_OUT_WAIT_SECONDS  # one for all that a transaction ends, not one each
    transaction.on_commit(partial(wait, address.pk, cap))


def wait(address_id: int, cap: float) -> bool:
    """Wait until no sending to this address is in flight; False when the cap (monotonic) was reached first."""
    while InFlight.objects.filter(address=address_id, until__gt=timezone.now()).exists():
        if time.monotonic() >= cap:
            logger.warning("An opt-out of address %s was answered while a message was still on its way.", address_id)
            return False
        time.sleep(POLL_SECONDS)
    return True


def is_in_flight(address: Address) -> bool:
    """Is a message to this address on its way at this moment, so that it may still arrive?"""
    return InFlight.objects.filter(address=address, until__gt=timezone.now()).exists()
