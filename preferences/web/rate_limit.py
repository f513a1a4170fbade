"""How often a form may make us write to somebody, and how fast it answers. Silent: the answer is always the same.

Forms count in the cache. The hourly budget for all forms together is a module of its own.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache

from preferences.contacts import address_normalization

HOUR = 60 * 60


def allows_address(channel: str, value: str, network: str) -> bool:
    """May a stranger make us write to this address once more? Counts over all forms, and per network."""
    who = address_normalization.fingerprint(channel, address_normalization.normalize_address(channel, value))
    counts = [
        _count(f"network:{network}", HOUR) <= settings.FORMS_PER_NETWORK_PER_HOUR,
        _count(f"hour:{who}", HOUR) <= settings.LINK_REQUESTS_PER_HOUR,
        _count(f"day:{who}", 24 * HOUR) <= settings.LINK_REQUESTS_PER_DAY,
    ]
    return all(counts)


def allows_network(network: str, *, form: str, most: int) -> bool:
    """May this network use a form once more this hour that writes to nobody?"""
    return _count(f"{form}:{network}", HOUR) <= most


def _count(key: str, seconds: int) -> int:
    """How often this happened in the current stretch of time, this one included."""
    key = f"limits:{key}:{int(time.time() // seconds)}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # forgotten between the two lines
        return 1


@contextmanager
def constant_time() -> Iterator[None]:
    """Answer no sooner than after a fixed time, so that the clock tells nothing about who is known."""
    ends = time.monotonic() + settings.CONSTANT_TIME_SECONDS
    try:
        yield
    finally:
        time.sleep(max(0, ends - time.monotonic()))
