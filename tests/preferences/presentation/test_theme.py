"""A sender's colour: whatever is chosen, words can be read on it and in it, by day and in the dark."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preferences.errors import NotAllowed
from preferences.models import Sender
from preferences.presentation import theme
from preferences.web.views import theme as views
from tests import factories
from tests.preferences.presentation.test_logos import change

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def in_css(variable):
    """What the plain stylesheet says for a variable, by day and in the dark."""
    return tuple(re.findall(rf"--{variable}: (#\w+);", theme._minified_stylesheet()))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0)],
)
def test_contrast_is_what_wcag_says(one, other, ratio):
    assert theme.contrast_of(one, other) == pytest.approx(ratio, abs=0.01)


@given(COLOURS, COLOURS)
def test_contrast_has_no_direction_and_two_ends(one, other):
    assert theme.contrast_of(one, other) == theme.contrast_of(other, one)
    assert 1 <= theme.contrast_of(one, other) <= 21


@given(COLOURS)
def test_every_colour_ends_up_readable_everywhere(colour):
    of = theme.colours_of(Sender(accent=colour))

    assert theme.is_readable(of.accent, theme.LIGHT_BACKGROUNDS)
    assert theme.is_readable(of.dark_accent, theme.DARK_BACKGROUNDS)
    assert theme.contrast_of(of.accent, of.ink) >= theme.MIN_CONTRAST
    assert theme.contrast_of(of.dark_accent, of.dark_ink) >= theme.MIN_CONTRAST


@given(COLOURS)
def test_the_colour_that_is_suggested_is_accepted(colour):
    assert theme.check_accent(theme.darkened(colour)) == theme.darkened(colour)


@given(COLOURS)
def test_a_colour_that_is_readable_stays_as_it_is(colour):
    dark = theme.darkened(colour)

    assert theme.darkened(dark) == dark


def test_the_papers_are_those_of_the_stylesheet():
    assert set(in_css("paper") + in_css("sheet")) == {*theme.LIGHT_BACKGROUNDS, *theme.DARK_BACKGROUNDS}
    assert in_css("accent") == (theme.DEFAULT_COLOURS.accent, theme.DEFAULT_COLOURS.dark_accent)


@pytest.mark.parametrize("text", ["ink", "soft", "accent"])
@pytest.mark.parametrize("day", [0, 1])
def test_our_own_words_can_be_read(text, day):
    papers = (in_css("paper")[day], in_css("sheet")[day])

    assert theme.is_readable(in_css(text)[day], papers)


@pytest.mark.parametrize("kind", ["good", "warn", "bad"])
@pytest.mark.parametrize("day", [0, 1])
def test_what_happened_can_be_read_and_its_edge_be_seen(kind, day):
    paper = in_css(kind)[day]

    assert theme.is_readable(in_css("ink")[day], (paper,))
    assert theme.contrast_of(in_css(f"{kind}-ink")[day], paper) >= 4.5
    assert theme.contrast_of(in_css("edge")[day], in_css("sheet")[day]) >= 3


def test_a_light_colour_is_refused_with_the_nearest_that_works():
    with pytest.raises(NotAllowed, match=r"#ffcc00 is too light .* works is #\w{6}\."):
        theme.check_accent("#FFCC00")


@pytest.mark.django_db
@pytest.mark.parametrize("accent", ["red", "#fff", "#12345g", "#1234567", "#000000}", "é" * 7, "\u202e#00000"])
def test_what_is_no_colour_is_refused_by_the_form(accent):
    form = change(factories.SenderFactory(), accent=accent)

    assert list(form.errors) == ["accent"]


@pytest.mark.django_db
def test_a_light_colour_is_refused_by_the_form():
    form = change(factories.SenderFactory(), accent="#ffcc00")

    assert "The nearest darker colour that works is" in str(form.errors["accent"])


@pytest.mark.django_db
def test_a_page_loads_one_stylesheet_in_the_senders_colour(client):
    topic = factories.TopicFactory(sender__accent="#7a1f5c")

    page = client.get(f"/sign-up/{topic.sender.slug}/").content.decode()
    (sheet,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    style = client.get(sheet)

    assert "--accent:#7a1f5c" in style.content.decode()
    assert style.content.decode().startswith(theme._minified_stylesheet())
    assert (style["Content-Type"], style["Cache-Control"]) == ("text/css; charset=utf-8", views.CACHE_FOREVER)


@pytest.mark.django_db
def test_an_old_version_gets_todays_colours_and_is_not_kept(client):
    sender = factories.SenderFactory(accent="#7a1f5c")

    style = client.get(f"/style/{sender.slug}-0123456789ab.css")

    assert style.status_code == 200
    assert style["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["nobody-0123456789ab", "a.b", ""])
def test_nobody_has_no_stylesheet(client, name):
    assert client.get(f"/style/{name}.css").status_code == 404


@pytest.mark.django_db
def test_a_sender_without_a_colour_shares_the_plain_stylesheet(client, topic):
    page = client.get(f"/sign-up/{topic.sender.slug}/").content.decode()

    assert re.findall(r'rel="stylesheet" href="([^"]+)"', page) == [f"/style/{theme.stylesheet_digest()}.css"]
    assert client.get(f"/style/{theme.stylesheet_digest()}.css")["Cache-Control"] == views.CACHE_FOREVER
