"""Merge fields: a closed list, never code, and each value harmless where it lands."""

import pytest

from campaigns.content import markdown as content_markdown
from campaigns.content import merge_fields
from preferences.errors import Unreadable

VALUES = {"name": "Ana Lind", "first_name": "Ana", "sender": "Harbour Clinic", "topic": "Health tips"}


def filled(text, escape=merge_fields.escape_for_line, **values):
    return merge_fields.compile_text(text, escape).fill(VALUES | values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {{ name }}!", "Hello Ana Lind!"),
        ("{{first_name}}", "Ana"),
        ("{{ sender }}: {{ topic }}", "Harbour Clinic: Health tips"),
        ("No fields at all", "No fields at all"),
        ("", ""),
        ("a { b } c", "a { b } c"),
    ],
)
def test_a_field_becomes_the_persons_own_value(text, said):
    assert filled(text) == said


def test_somebody_without_a_name_is_greeted_by_the_default():
    assert filled('Hello {{ name|default:"there" }}', name="") == "Hello there"


def test_somebody_with_a_name_is_not():
    assert filled('Hello {{ name | default: "there" }}') == "Hello Ana Lind"


@pytest.mark.parametrize(
    "text",
    [
        "{{ nmae }}",
        "{{ NAME }}",
        "{{ name.upper }}",
        "{{ name|upper }}",
        "{{ name|default:there }}",
        "{{ name|default:“there” }}",
        '{{ name|default:"a"|upper }}',
        "{{ settings.SECRET_KEY }}",
        "{{ __class__ }}",
        "{{ name() }}",
        "{{ 7*7 }}",
        "{{ }}",
        "{{}}",
        "{{ {{ name }} }}",
        "{{ name",
        "name }}",
        "{% load x %}",
        "{% include 'x' %}",
        "{% debug %}",
        "{% for x in y %}",
        "a private \ue000 sign",
    ],
)
def test_what_is_not_one_of_our_fields_is_refused(text):
    with pytest.raises(Unreadable):
        merge_fields.parse_fields(text)


def test_the_sentence_names_the_unknown_field_and_those_there_are():
    with pytest.raises(Unreadable, match=r"\{\{ nmae \}\}.*name, first_name, sender, topic"):
        merge_fields.parse_fields("Hello {{ nmae }}")


def test_a_name_cannot_bring_markup_into_the_page():
    said = filled("{{ name }}", merge_fields.escape_for_html, name='<script>alert("x")</script>')

    assert said == "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"


@pytest.mark.parametrize("name", ["Ana\r\nBcc: x@y.example", "Ana\u2028Bcc: x@y.example", "Ana\x85Bcc: x@y.example"])
def test_a_name_cannot_start_a_line_of_its_own(name):
    assert filled("Hello {{ name }}", name=name) == "Hello Ana Bcc: x@y.example"


def test_a_name_cannot_turn_the_writing_around():
    assert filled("{{ name }}", name="Ana \u202eevil") == "Ana evil"


def test_a_value_with_braces_stays_what_it_is():
    assert filled("{{ name }}", name="{{ topic }}") == "{{ topic }}"


@pytest.mark.parametrize(
    ("markdown", "piece"),
    [
        ("<script>x</script>", "&lt;script&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](data:text/html,x)", "[x](data:text/html,x)"),
        ("**bold** and [here](https://e.example/?a=1&b=2)", '<a href="https://e.example/?a=1&amp;b=2">here</a>'),
    ],
)
def test_markdown_lets_no_markup_and_no_script_through(markdown, piece):
    assert piece in content_markdown.to_html(markdown)


def test_markdown_shows_no_images_because_they_call_home():
    assert "<img" not in content_markdown.to_html("![pixel](https://spy.example/p.gif)")


def test_plain_text_keeps_paragraphs_lists_and_where_links_lead():
    markdown = (
        "# Hi\n\nSee **this** [page](https://e.example).\n\n- one\n- two\n\n1. first\n2. second\n\n<https://e.example>"
    )

    assert content_markdown.to_plain_text(markdown) == (
        "Hi\n\nSee this page (https://e.example).\n\n- one\n- two\n\n1. first\n2. second\n\nhttps://e.example"
    )
