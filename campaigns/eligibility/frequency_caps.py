"""No more than a person wants: the limits they set, counted over all campaigns, addresses and both channels.

A message counts from the moment its sending is marked until 30 days after it ended; what certainly never left
does not. Whoever marks a window holds the rows of the limits that apply, so that two campaigns cannot both take
the last place.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.models import Message
from preferences.models import FrequencyCap, Topic

MONTH = timedelta(days=30)
CAPPED = (Topic.Purpose.MARKETING, Topic.Purpose.INFORMATIONAL)
OVER_CAP = "over_limit"


def cap_objections(topic: Topic) -> dict[str, Q]:
    """The named reason not to write for which there has been enough already. A condition on Address."""
    if topic.purpose not in CAPPED:
        return {}
    reached = _caps_for_topic(topic).filter(contact=OuterRef("contact")).annotate(got=_messages_received())
    return {OVER_CAP: Q(Exists(reached.filter(got__gte=F("most_per_month"))))}


def lock_caps(messages: Iterable[Message], topic: Topic) -> list[FrequencyCap]:
    """Lock the limits that concern these messages until the transaction ends, before the eligibility check is asked."""
    if topic.purpose not in CAPPED:
        return []
    contacts = {message.address.contact_id for message in messages}
    return list(_caps_for_topic(topic).select_for_update().filter(contact__in=contacts).order_by("pk"))


def messages_over_cap(messages: Iterable[Message], limits: list[FrequencyCap]) -> list[Message]:
    """The messages that have no place any more beside the others of the same window, in their order."""
    places = _remaining(limits) if limits else {}
    taken: Counter[int] = Counter()
    too_many = []
    for message in messages:
        contact = message.address.contact_id
        taken[contact] += 1
        if taken[contact] > places.get(contact, taken[contact]):
            too_many.append(message)
    return too_many


def _remaining(limits: list[FrequencyCap]) -> dict[int, int]:
    """How many more each limited person may get now."""
    places: dict[int, int] = {}
    counted = FrequencyCap.objects.filter(pk__in=[limit.pk for limit in limits]).annotate(got=_messages_received())
    for contact, most, got in counted.values_list("contact_id", "most_per_month", "got"):
        left = max(0, most - got)
        places[contact] = min(places.get(contact, left), left)
    return places


def _caps_for_topic(topic: Topic) -> QuerySet[FrequencyCap]:
    return FrequencyCap.objects.filter(Q(topic=None) | Q(topic=topic), most_per_month__isnull=False)


def _messages_received() -> Coalesce:
    """What the person behind a limit got in the last 30 days: about its topic, or overall."""
    ended = Q(status__in=[Message.Status.SENT, Message.Status.UNKNOWN], finished_at__gte=timezone.now() - MONTH)
    got = Message.objects.filter(
        ended | Q(status=Message.Status.SENDING),
        address__contact=OuterRef("contact"),
        campaign__topic=Coalesce(OuterRef("topic"), F("campaign__topic")),
        campaign__topic__purpose__in=CAPPED,
    )
    counted = got.order_by().values("address__contact").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
