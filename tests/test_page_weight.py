"""Pages are light: words and looks together are under 40 kB, in one request each, and nothing comes from elsewhere."""

import re

import pytest

from preferences.presentation import theme
from tests import factories
from tests.browser import pages

LARGEST = 40_000
LOADED = re.compile(r'<(?:link|img|script|iframe|source|object|embed|video|audio)\b[^>]*?(?:href|src|data)="([^"]*)"')
ADDRESSES = [state for state in pages.STATES if not state.pressed]


@pytest.fixture
def house(db):
    """A sender with a colour of its own: the heavier case."""
    first = factories.TopicFactory(name="Health tips", sender__accent="#7a1f5c")
    factories.TopicFactory(sender=first.sender, name="Clinic news", by_sms=False)
    return pages.House(first)


@pytest.fixture
def opened(client, house):
    def opened(state):
        answers = [
            client.get(address.format_map(house).removeprefix("http://testserver"), follow=True)
            for address in state.opened
        ]
        return answers[-1].content

    return opened


@pytest.mark.parametrize("state", ADDRESSES, ids=lambda state: state.name)
def test_words_and_looks_are_under_40_kb_and_all_ours(opened, state):
    page = opened(state)

    loaded = LOADED.findall(page.decode())
    assert len([address for address in loaded if ".css" in address]) == 1
    assert [address for address in loaded if not address.startswith(("/static/", "/style/", "/logo/"))] == []
    assert len(page) + len(theme.stylesheet(factories.SenderFactory.build(accent="#7a1f5c"))) < LARGEST
