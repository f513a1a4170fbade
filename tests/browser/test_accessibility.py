"""Everybody can use every public page: with a screen reader, by keyboard, enlarged, in the dark, from right to left.

accessibility.py measures, pages.py lists the pages, and docs/accessibility.md says what for.
"""

import pytest

from tests.browser import accessibility, pages, steps

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(page, clinic):
    """Links to everything; made after the page, which says where our server is."""
    return pages.House(clinic)


@pytest.fixture
def visit(page, house):
    """Open a page in one of its states."""

    def visit(state):
        for address in state.opened:
            page.goto(address.format_map(house))
        if state.pressed:
            steps.press(page.get_by_role("button", name=state.pressed).first)
        return page

    return visit


@pytest.mark.parametrize("state", pages.STATES, ids=lambda state: state.name)
def test_a_page_is_for_everybody(visit, axe, state):
    page = visit(state)

    assert accessibility.problems(page, axe, state.name) == []


@pytest.mark.parametrize("state", [state for state in pages.STATES if not state.pressed], ids=lambda state: state.name)
def test_a_page_reads_from_right_to_left(page, visit, axe, live_server, state):
    page.context.add_cookies([{"name": "sayso-language", "value": "ar", "url": live_server.url}])
    visit(state)

    assert page.locator("html").get_attribute("lang") == "ar"
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert [*axe(), *accessibility.narrow(page), *accessibility.shot(page, f"{state.name}-ar")] == []


def test_the_language_is_chosen_at_the_foot_of_a_page(page, house):
    page.goto("/secure-link/")
    steps.press(page.get_by_role("button", name="Français"))

    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.url.endswith("/secure-link/")
