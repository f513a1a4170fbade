"""One person's story, for tests of the dossier."""

from compliance.dossier import timeline
from preferences.models import LinkOpen


def story(address, kind=None):
    entries = timeline.build_timeline(address.contact)
    return [entry for entry in entries if kind in (None, entry.kind)]


def opened(address, opener):
    LinkOpen.objects.create(
        address=address, purpose="unsubscribe", method="GET", opener=opener, network="203.0.113.0/24"
    )
