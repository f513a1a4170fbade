"""Whatever people do, in any order: the ledger and its sum stay equal, and no yes appears without a fresh proof.

A machine makes up lives of two people and plays them. After each step the ledger is folded anew, and whoever may be
written to now and could not be before must have just said so.
"""

import contextlib
import os
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from preferences.consent import endings, frequency, undo
from preferences.consent import service as consent
from preferences.contacts import address_change, erasure
from preferences.errors import NotAllowed
from preferences.inbound import sms
from preferences.models import (
    OWN_ACTS,
    Address,
    ConsentEvent,
    Method,
    Notice,
    ServiceMessage,
    Source,
    Subscription,
    Suppression,
    Topic,
)
from preferences.proof import ledger_verification
from tests import factories
from tests.conftest import subscribe
from tests.preferences.consent import eligible

PEOPLE = st.sampled_from(["ana@example.org", "bo@example.org"])
NUMBERS = st.sampled_from(["+12075550111", "+12075550112"])
ONE = st.sampled_from([0, 1])
DAYS = st.integers(1, 300)
MOST = st.sampled_from([None, 1, 2, 8])


class Lives(RuleBasedStateMachine):
    """Each step is one door. A refusal in words is a fine answer; a yes out of nowhere is not."""

    @initialize()
    def begin(self):
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.sender = factories.SenderFactory(text_number="+12075550100")
        self.topics = [factories.TopicFactory(sender=self.sender), factories.TopicFactory(sender=self.sender)]
        self.staff = factories.UserFactory()
        subscribe(_of("ana@example.org"), *self.topics)
        subscribe(factories.phone_address("+12075550111"), *self.topics)
        self.reachable, self.refused = _reachable(), set()
        self.said = _last_word()

    def teardown(self):
        if hasattr(self, "undone"):
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @rule(email=PEOPLE, topic=ONE)
    def signs_up(self, email, topic):
        notice = Notice.objects.current(self.topics[topic], "en")
        consent.ask(factories.email_address(email), [notice], source=Source.SIGN_UP)

    @rule(email=PEOPLE, warned=st.booleans())
    def confirms(self, email, warned):
        if service_message := _last(email, ServiceMessage.Kind.CONFIRM):
            with contextlib.suppress(NotAllowed):
                consent.confirm(service_message, override_permanent=warned)

    @rule(email=PEOPLE, topic=ONE, days=DAYS, everything=st.booleans())
    def pauses(self, email, topic, days, everything):
        until = timezone.now() + timedelta(days=days)
        about = None if everything else self.topics[topic]
        frequency.pause_messages(_of(email), about, until=until, source=Source.PREFERENCES)

    @rule(email=PEOPLE, topic=ONE)
    def resumes(self, email, topic):
        frequency.resume_messages(_of(email), self.topics[topic], source=Source.PREFERENCES)

    @rule(email=PEOPLE, topic=ONE, most=MOST, overall=st.booleans())
    def frequency_caps(self, email, topic, most, overall):
        frequency.set_frequency_cap(
            _of(email), None if overall else self.topics[topic], most_per_month=most, source=Source.PREFERENCES
        )

    @rule(email=PEOPLE, topic=ONE)
    def leaves(self, email, topic):
        consent.withdraw(_of(email), self.topics[topic], source=Source.UNSUBSCRIBE_PAGE)

    @rule(email=PEOPLE)
    def leaves_everything(self, email):
        consent.withdraw_all(_of(email), sender=self.sender, source=Source.PREFERENCES)

    @rule(email=PEOPLE)
    def leaves_for_good(self, email):
        consent.withdraw_permanently(_of(email), sender=self.sender, source=Source.PREFERENCES)

    @rule(email=PEOPLE, which=st.integers(0, 3))
    def puts_back(self, email, which):
        address = _of(email)
        acts = list(dict.fromkeys(address.events.order_by("-pk").values_list("interaction_id", flat=True)))
        with contextlib.suppress(NotAllowed, IndexError):
            undo.undo_act(address, acts[which])

    @rule(number=NUMBERS, text=st.sampled_from(["STOP", "START", "YES", "HELP", "don't stop", "please remove me"]))
    def texts(self, number, text):
        sms.receive_sms(
            provider="test",
            provider_id=str(uuid4()),
            sender_number=self.sender.text_number,
            from_number=number,
            text=text,
            sent_at=timezone.now(),
        )

    @rule(number=NUMBERS, topic=ONE)
    def signs_up_by_number(self, number, topic):
        notice = Notice.objects.current(self.topics[topic], "en")
        consent.ask(factories.phone_address(number), [notice], source=Source.SIGN_UP)

    @rule(email=PEOPLE, new=st.sampled_from(["ana.new@example.org", "bo@example.org", "bo.new@example.org"]))
    def wants_to_move(self, email, new):
        with contextlib.suppress(NotAllowed):
            address_change.request(_of(email), "email", new)

    @rule(email=st.sampled_from(["ana.new@example.org", "bo@example.org", "bo.new@example.org"]), agrees=st.booleans())
    def moves_in(self, email, agrees):
        if service_message := _last(email, ServiceMessage.Kind.NEW_ADDRESS):
            notices = [Notice.objects.current(topic, "en") for topic in self.topics] if agrees else []
            with contextlib.suppress(NotAllowed):
                address_change.confirm(service_message, notices=notices)

    @rule()
    def staff_say_yes_for_everybody_to_everything(self):
        for address, topic in product(Address.objects.live(), self.topics):
            with contextlib.suppress(NotAllowed):
                consent.grant(address, topic, source=Source.STAFF, method=Method.WRITTEN, by=self.staff)

    @rule(email=PEOPLE)
    def complains(self, email):
        endings.record_complaint(_of(email), provider="test")

    @rule(email=PEOPLE)
    def is_forgotten(self, email):
        erasure.erase(_of(email).contact, by=self.staff)

    @invariant()
    def the_ledger_adds_up(self):
        if hasattr(self, "undone"):
            assert list(ledger_verification.verify_subscriptions()) == []
            assert list(ledger_verification.verify_frequency_caps()) == []

    @invariant()
    def nobody_is_written_to_who_did_not_just_say_so(self):
        if hasattr(self, "undone"):
            reachable = _reachable()
            fresh = ConsentEvent.objects.filter(pk__gt=self.said)
            for address, topic in reachable - self.reachable:
                own_only = (address, topic) in self.refused
                assert _proof(fresh, address, topic, own_only), f"address {address}, topic {topic}: out of nowhere"
            self.reachable, self.refused = reachable, _refused()
            self.said = _last_word()


def _of(email):
    return factories.email_address(email)


def _last_word():
    return ConsentEvent.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def _last(email, kind):
    return ServiceMessage.objects.filter(address__normal_form=email, kind=kind).order_by("pk").last()


def _reachable():
    """Who may be written to about what, at this moment."""
    return {
        (pk, topic.pk)
        for topic in Topic.objects.all()
        for channel in ("email", "sms")
        for pk in eligible.addresses(topic, channel).values_list("pk", flat=True)
    }


def _refused():
    """Who said no to what, or to everything; only they themselves may take that back."""
    ended = Subscription.objects.filter(status="ended", event__kind__in=["withdrawn", "refused"])
    stopped = Suppression.objects.in_force().exclude(reason="held").values("fingerprint")
    everywhere = Address.objects.filter(fingerprint__in=stopped).values_list("pk", flat=True)
    topics = Topic.objects.values_list("pk", flat=True)
    return set(ended.values_list("address_id", "topic_id")) | set(product(everywhere, topics))


def _proof(fresh, address, topic, own_only):
    """A word of this step that makes the address reachable: the owner's own, or one a colleague signed for.

    What a colleague signed for counts only where the owner had not said no. What was held until a text was read
    is let go by the person's own next word.
    """
    about = fresh.filter(address=address, topic=topic, kind__in=["granted", "resumed"])
    signed = about.none() if own_only else about.filter(source=Source.STAFF, by__isnull=False)
    return (about.filter(source__in=OWN_ACTS) | signed).exists() or _hold_is_over(address)


def _hold_is_over(address):
    """What was only held, until a text was read, is let go by the person's own next word."""
    return Address.objects.get(pk=address).inbound_messages.exclude(decision="").exists()


@pytest.mark.django_db
def test_in_any_order_the_ledger_adds_up_and_no_yes_comes_out_of_nowhere():
    plan = settings(
        max_examples=int(os.environ.get("LIVES", "6")),  # more of them: LIVES=500
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

    run_state_machine_as_test(Lives, settings=plan)
