"""What a door saw: the visitor's own claims about where they are count for nothing."""

import pytest
from django.test import RequestFactory

from preferences.links import tokens
from preferences.web import request_evidence


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "", "10.0.0.9"),
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.8", "203.0.113.7"),
        (2, "203.0.113.7", "203.0.113.7"),
        (1, "", "10.0.0.9"),
        (1, "not an address", None),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}

    assert request_evidence.client_ip(RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", **headers)) == expected


@pytest.mark.parametrize(
    ("ip", "network"), [("203.0.113.7", "203.0.113.0/24"), ("2001:db8::1", "2001:db8::/64"), ("", "unknown")]
)
def test_neighbours_share_a_limit(ip, network):
    assert request_evidence.client_network(RequestFactory().get("/", REMOTE_ADDR=ip)) == network


def test_an_odd_browser_name_is_cut_and_cleaned():
    proof = request_evidence.request_proof(RequestFactory().get("/unsubscribe/", HTTP_USER_AGENT="x\x00" * 1000))

    assert proof.user_agent == "x" * 400


def test_the_proof_of_a_one_click_does_not_hold_the_link(client, subscriber, topic):
    url = tokens.one_click_url(subscriber, topic).removeprefix("http://testserver")

    client.post(url, {"List-Unsubscribe": "One-Click"})

    assert subscriber.events.last().evidence.page == "/o/…/"
