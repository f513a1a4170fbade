"""One person's story, for tests of the dossier."""

from compliance.dossier import timeline
from preferences.models import LinkHit


def story(address, kind=None):
    entries = timeline.dossier(address.contact)
    return [entry for entry in entries if kind in (None, entry.kind)]


def opened(address, looks):
    LinkHit.objects.create(address=address, purpose="leave", verb="GET", looks=looks, network="203.0.113.0/24")
