"""R09: people leave while their message is on its way. Nothing is handed over after the answer."""

import time

import pytest

from campaigns.models import Message
from tests.faults.harness import PART, Crew, report, seeded

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE, LEAVING, LEAVERS, SENDERS = 3000 // PART, 1000 // PART // 4 * 4, 4, 2


@pytest.mark.parametrize("sink", [0.03], indirect=True)
def test_opt_outs_are_contested_and_nothing_is_handed_over_after_the_answer(sending_campaign, sink, environment):
    seed, _chance = seeded()
    campaign = sending_campaign(PEOPLE)
    began = time.monotonic()
    with Crew({**environment, "SEND_BATCH": "50"}) as crew:
        leavers = [crew.start("leave", campaign.pk, seed + n, LEAVING // LEAVERS) for n in range(LEAVERS)]
        senders = [crew.start("send", campaign.pk) for _sender in range(SENDERS)]
        said = [line.split("\t") for leaver in leavers for line in leaver.communicate(timeout=240)[0].splitlines()]
        [sender.wait(timeout=240) for sender in senders]

    answered = {}
    for value, moment in said:
        answered[value] = min(float(moment), answered.get(value, float("inf")))
    late_begun = [m for m in sink.messages if m.to[0] in answered and m.mail_at > answered[m.to[0]]]
    late_ended = [m for m in sink.messages if m.to[0] in answered and m.data_ended_at > answered[m.to[0]]]
    skipped = campaign.messages.filter(status=Message.Status.SKIPPED).count()
    report(
        "R09",
        seed=seed,
        contested=len(said),
        late_begun=len(late_begun),
        late_ended=len(late_ended),
        dup=len(sink.messages) - len({message.to[0] for message in sink.messages}),
        unknown=campaign.messages.filter(status=Message.Status.UNKNOWN).count(),
        sent=len(sink.messages),
        skipped=skipped,
        seconds=round(time.monotonic() - began, 1),
    )
    assert len(said) == LEAVING
    assert late_begun == []
    assert late_ended == []
    assert not campaign.messages.open().exists()
    assert skipped == campaign.messages.filter(skipped_because="left").count()
    assert len(sink.messages) + skipped == PEOPLE
