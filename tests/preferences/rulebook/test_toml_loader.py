"""The rules of law as shipped, and what is refused in a rule file."""

import json
from datetime import date

import pytest

from preferences.rulebook import rule_fields, toml_loader
from preferences.rulebook.source_positions import InvalidRulebook

HEAD = """\
jurisdiction = "FR"
name = "France"
reviewed_on = 2026-11-22
reviewed_by = "somebody"
"""
RULE = """
[[rules]]
id = "fr-sms-marketing"
channel = "sms"
purpose = "marketing"
effective_from = 2020-01-01
summary = "Marketing texts to people in France"
"""
FIGURE = """
[rules.figures.caps]
legal = { day = 3 }
strict = { day = 1 }
reference = "somewhere"
evidence = "M"
"""
WHOLE = HEAD + RULE + FIGURE
LATER = RULE.replace("2020-01-01", "2021-01-01")
STATES = ["FL", "OK", "WA", "TX", "VA", "OR", "CT", "MD", "NJ", "MS", "RI", "AL", "LA", "UT", "CA"]
PLACES = ["*", "US", "EU", "FR", "DE", "GB", "CA", "CA-QC", "AU", "BR", "IN", "SG", "KR", *(f"US-{s}" for s in STATES)]
SHIPPED = toml_loader.load_rules()


def version(name, since):
    return next(rule for rule in SHIPPED if (rule.name, rule.effective_from) == (name, date.fromisoformat(since)))


def terms(name, since, figure):
    """What a shipped figure comes to under the strict profile."""
    entry = version(name, since).figures[figure]
    return rule_fields.strictest_value(
        figure, [rule_fields.parse_field(figure, entry[kind]) for kind in entry.keys() & {"legal", "strict"}]
    )


def refusal(folder, text, file="fr.toml"):
    (folder / file).write_text(text, "utf-8")
    with pytest.raises(InvalidRulebook) as error:
        toml_loader.load_rules(folder)
    return str(error.value)


# What is shipped


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_rules_of_its_own(place):
    assert place in {rule.jurisdiction for rule in SHIPPED}


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("purpose", ["marketing", "informational", "transactional", "compliance"])
def test_everywhere_else_has_a_rule_for_whatever_is_sent(channel, purpose):
    assert ("*", channel, purpose) in {(rule.jurisdiction, rule.channel, rule.purpose) for rule in SHIPPED}


@pytest.mark.parametrize("place", ["*", "US", "US-CA", "US-WA", "EU", "GB", "CA", "AU", "BR", "IN", "SG"])
def test_requests_of_people_have_deadlines_in_every_place_that_names_one(place):
    assert any(
        rule.jurisdiction == place and "requests" in rule.figures for rule in SHIPPED if rule.purpose == "rights"
    )


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: f"{rule.name} {rule.effective_from}")
def test_every_figure_has_a_source_and_says_how_well_it_was_seen(rule):
    assert all(entry["reference"].strip() for entry in rule.figures.values())
    assert {entry["evidence"] for entry in rule.figures.values()} <= {"V", "S", "M"}


def test_what_is_shipped_fits_into_a_json_column():
    assert json.loads(json.dumps([rule.figures for rule in SHIPPED]))


def test_rules_come_in_order_of_name_and_day():
    order = [(rule.name, rule.effective_from) for rule in SHIPPED]

    assert order == sorted(order)


@pytest.mark.parametrize("name", ["us-sms-marketing", "us-sms-informational"])
def test_from_31_january_2027_one_stop_ends_every_text_in_the_united_states(name):
    before, after = version(name, "2025-04-11"), version(name, "2027-01-31")

    assert before.effective_to == date(2027, 1, 30)
    assert before.figures["revocation"]["legal"] == {"scope": "programme"}
    assert after.figures["revocation"]["legal"] == {"scope": "everything"}


def test_a_later_version_keeps_what_it_does_not_change():
    before, after = version("us-sms-marketing", "2025-04-11"), version("us-sms-marketing", "2027-01-31")

    assert {**before.figures, "revocation": None} == {**after.figures, "revocation": None}


@pytest.mark.parametrize(
    ("name", "since", "hours"),
    [
        ("us-sms-marketing", "2025-04-11", {"mon-sat": "09:00-20:00", "sun": "12:00-20:00", "holiday": "closed"}),
        (
            "us-ri-sms-marketing",
            "2020-01-01",
            {"mon-fri": "09:00-18:00", "sat-sun": "10:00-17:00", "holiday": "closed"},
        ),
        ("us-tx-sms-marketing", "2025-09-01", {"mon-sat": "09:00-21:00", "sun": "12:00-21:00"}),
        ("us-ct-sms-marketing", "2023-10-01", {"mon-sun": "09:00-20:00"}),
        ("us-va-sms-marketing", "2026-01-01", {"mon-sun": "08:00-21:00"}),
        ("eu-sms-marketing", "2018-05-25", {"mon-sat": "09:00-20:00", "sun": "closed", "holiday": "closed"}),
        ("fr-sms-marketing", "2018-05-25", {"mon-sat": "08:00-20:00", "sun": "closed", "holiday": "closed"}),
        ("gb-sms-marketing", "2026-02-05", {"mon-sat": "08:00-20:00", "sun": "10:00-18:00"}),
        ("ca-sms-marketing", "2014-07-01", {"mon-fri": "09:00-20:00", "sat-sun": "10:00-18:00"}),
        (
            "au-sms-marketing",
            "2021-04-01",
            {"mon-fri": "09:00-20:00", "sat": "09:00-17:00", "sun": "closed", "holiday": "closed"},
        ),
        ("in-sms-marketing", "2025-02-12", {"mon-sat": "10:00-20:00", "sun": "closed", "holiday": "closed"}),
        ("elsewhere-sms-marketing", "2000-01-01", {"mon-sat": "09:00-20:00", "sun": "closed", "holiday": "closed"}),
    ],
)
def test_texts_go_out_in_these_hours(name, since, hours):
    assert terms(name, since, "window") == rule_fields.parse_window(hours)


@pytest.mark.parametrize(
    ("name", "since", "most"),
    [
        ("us-email-marketing", "2004-01-01", {"day": 1, "week": 4}),
        ("us-sms-marketing", "2027-01-31", {"day": 1, "hours24": 3, "week": 4, "month": 8}),
        ("us-sms-informational", "2025-04-11", {"day": 1, "week": 3}),
        ("us-fl-sms-marketing", "2023-05-25", {"hours24": 3}),
        ("eu-sms-marketing", "2018-05-25", {"day": 1, "month": 4}),
        ("gb-email-marketing", "2026-02-05", {"day": 1, "week": 4}),
        ("au-sms-marketing", "2021-04-01", {"day": 1, "month": 4}),
        ("elsewhere-email-marketing", "2000-01-01", {"day": 1, "month": 2}),
    ],
)
def test_nobody_gets_more_than_this(name, since, most):
    assert dict(terms(name, since, "caps")) == most


@pytest.mark.parametrize(
    ("name", "since", "legal"),
    [
        ("us-email-marketing", "2004-01-01", {"business_days": 10}),
        ("us-sms-marketing", "2025-04-11", {"business_days": 10}),
        ("ca-email-marketing", "2014-07-01", {"business_days": 10}),
        ("au-email-marketing", "2021-04-01", {"business_days": 5}),
        ("sg-sms-marketing", "2014-01-02", {"business_days": 10}),
    ],
)
def test_a_no_is_honoured_within_a_minute_where_the_law_gives_days(name, since, legal):
    assert version(name, since).figures["honour"]["legal"] == legal
    assert version(name, since).figures["honour"]["strict"] == {"seconds": 60}


def test_implied_consent_in_canada_has_its_clocks():
    assert dict(terms("ca-email-marketing", "2014-07-01", "bases")) == {
        "express": 0,
        "inquiry": 6,
        "membership": 24,
        "purchase": 24,
    }


# What a correct file says


def test_a_rule_is_read_with_the_words_of_its_file(tmp_path):
    (tmp_path / "fr.toml").write_text(WHOLE, "utf-8")

    [rule] = toml_loader.load_rules(tmp_path)

    assert (rule.name, rule.jurisdiction, rule.jurisdiction_name) == ("fr-sms-marketing", "FR", "France")
    assert (rule.effective_from, rule.effective_to) == (date(2020, 1, 1), None)
    assert rule.figures["caps"]["legal"] == {"day": 3}


def test_a_version_that_does_not_inherit_says_only_its_own(tmp_path):
    segments = FIGURE.replace("caps", "segments").replace("day", "most")
    (tmp_path / "fr.toml").write_text(WHOLE + LATER + segments, "utf-8")

    _first, second = toml_loader.load_rules(tmp_path)

    assert list(second.figures) == ["segments"]


# What is refused, with file and line

SUMMARY = 'summary = "Marketing texts to people in France"'
MISTAKES = {
    "no TOML": (WHOLE.replace('"sms"', "sms"), 8, "This is not TOML"),
    "a figure twice": (WHOLE + FIGURE, 19, "This is not TOML"),
    "ends in the middle": (WHOLE + "x = [", 18, "This is not TOML"),
    "no name": (WHOLE.replace('name = "France"\n', ""), 1, "“name” is missing"),
    "no jurisdiction": (WHOLE.replace('jurisdiction = "FR"\n', ""), 1, "“jurisdiction” is missing"),
    "an odd jurisdiction": (WHOLE.replace('"FR"', '"France"'), 1, "“jurisdiction” must be a code"),
    "a review without a day": (WHOLE.replace("2026-11-22", '"soon"'), 3, "“reviewed_on” must be a date"),
    "a review at a moment": (WHOLE.replace("2026-11-22", "2026-11-22T10:00:00Z"), 3, "“reviewed_on” must be a date"),
    "an unknown key above": (WHOLE.replace("reviewed_by", "read_by"), 4, "“read_by” is unknown here"),
    "no rules": (HEAD, 1, "There are no rules here"),
    "rules that are none": (HEAD + "rules = [1]\n", 5, "There are no rules here"),
    "no id": (WHOLE.replace('id = "fr-sms-marketing"\n', ""), 6, "“id” is missing"),
    "an odd id": (WHOLE.replace("fr-sms-marketing", "FR texts"), 7, "“id” must be lowercase letters"),
    "an id too long": (WHOLE.replace("fr-sms-marketing", "x" * 61), 7, "“id” is too long"),
    "an unknown channel": (WHOLE.replace('"sms"', '"fax"'), 8, "“fax” is unknown as channel"),
    "a channel that is no text": (WHOLE.replace('"sms"', "7"), 8, "“channel” is missing"),
    "an unknown purpose": (WHOLE.replace('"marketing"', '"spam"'), 9, "“spam” is unknown as purpose"),
    "no first day": (WHOLE.replace("effective_from = 2020-01-01\n", ""), 6, "“effective_from” must be a date"),
    "an unknown key": (WHOLE.replace(SUMMARY, SUMMARY + "\nstate = 1"), 12, "“state” is unknown here"),
    "an empty summary": (WHOLE.replace(SUMMARY, 'summary = " "'), 11, "“summary” is missing"),
    "a maybe": (WHOLE.replace(SUMMARY, SUMMARY + '\ninherits = "yes"'), 12, "“inherits” is true or false"),
    "a default that ends": (
        WHOLE.replace('jurisdiction = "FR"', 'jurisdiction = "*"').replace(
            SUMMARY, SUMMARY + "\neffective_to = 2030-12-31"
        ),
        12,
        "cannot have an end date",
    ),
    "an end before its begin": (
        WHOLE.replace(SUMMARY, SUMMARY + "\neffective_to = 2019-12-31"),
        12,
        "end date is before the start date",
    ),
    "no figures": (HEAD + RULE, 6, "This rule has no values"),
    "an unknown figure": (WHOLE.replace("figures.caps", "figures.limits"), 13, "“limits” is not a rule value"),
    "a figure that is no table": (HEAD + RULE + "figures.caps = 3\n", 12, "Write this rule value as a table"),
    "no reference": (WHOLE.replace('reference = "somewhere"\n', ""), 13, "“reference” is missing"),
    "an empty reference": (WHOLE.replace('"somewhere"', '"  "'), 16, "“reference” is missing"),
    "no evidence": (WHOLE.replace('evidence = "M"\n', ""), 13, "“evidence” is missing"),
    "unknown evidence": (WHOLE.replace('"M"', '"X"'), 17, "“X” is unknown as evidence"),
    "no value": (WHOLE.replace("legal = { day = 3 }\nstrict = { day = 1 }\n", ""), 13, "This rule value is empty"),
    "an unknown key below": (WHOLE + 'source = "x"\n', 18, "“source” is unknown here"),
    "a note that is no text": (WHOLE + "note = 1\n", 18, "“note” is missing"),
    "an odd shape": (WHOLE.replace("{ day = 1 }", "1"), 15, "Write a table with any of"),
    "an unknown part": (WHOLE.replace("{ day = 3 }", "{ year = 3 }"), 14, "Write a table with any of"),
    "less than nothing": (WHOLE.replace("{ day = 1 }", "{ day = -1 }"), 15, "zero or more"),
    "inherits from nothing": (WHOLE.replace(SUMMARY, SUMMARY + "\ninherits = true"), 12, "no earlier version"),
    "the same day twice": (WHOLE + RULE + FIGURE, 23, "begins before the one above it ends"),
    "overlapping days": (
        WHOLE.replace(SUMMARY, SUMMARY + "\neffective_to = 2021-01-01") + LATER + FIGURE,
        24,
        "begins before the one above it ends",
    ),
    "another channel later": (WHOLE + LATER.replace('"sms"', '"email"') + FIGURE, 20, "Give this one its own id"),
}


@pytest.mark.parametrize(("text", "line", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_refused_with_its_file_and_line(tmp_path, text, line, sentence):
    said = refusal(tmp_path, text)

    assert said.startswith(f"fr.toml, line {line}: ")
    assert sentence in said


VALUES = {
    "an unknown flag": ("consent", 'legal = ["nodded"]', 14, "“nodded” is unknown here"),
    "a flag that is no text": ("consent", "legal = [1]", 14, "Write a list of words"),
    "an unknown basis": ("bases", "legal = { express = 0, rumour = 3 }", 14, "Write a table with any of"),
    "no express consent": ("bases", "legal = { purchase = 24 }", 14, "Add express = 0"),
    "unknown content": ("content", 'strict = ["a_joke"]', 14, "“a_joke” is unknown here"),
    "an unknown scope": ("revocation", 'legal = { scope = "half" }', 14, "Write a scope"),
    "an unknown list": ("scrub", 'legal = ["my_list"]', 14, "“my_list” is unknown here"),
    "an unknown calendar": ("holidays", 'strict = ["US", "Narnia"]', 14, "“Narnia” is not a public holiday calendar"),
    "an unknown state's calendar": ("holidays", 'strict = ["US-ZZ"]', 14, "“US-ZZ” is not a public holiday calendar"),
    "half a calendar": ("holidays", 'strict = ["US-"]', 14, "“US-” is not a public holiday calendar"),
    "a missing day": ("window", 'legal = { mon-sat = "09:00-20:00" }', 14, "Enter the hours for sun"),
    "an odd day": ("window", 'legal = { someday = "09:00-20:00" }', 14, "“someday” is not a day"),
    "hours that are none": ("window", 'legal = { mon-sun = "9-20" }', 14, "“9-20” is not a valid time range"),
    "hours backwards": ("window", 'legal = { mon-sun = "20:00-09:00" }', 14, "is not a valid time range"),
    "closed all week": (
        "window",
        'strict = { mon-sun = "closed", holiday = "09:00-10:00" }',
        14,
        "never allow sending",
    ),
    "nothing in common": (
        "window",
        'legal = { mon-sun = "08:00-12:00" }\nstrict = { mon-sun = "12:00-20:00" }',
        15,
        "These hours never allow sending: legal and strict have no hour in common",
    ),
    "no day in common": (
        "window",
        'legal = { mon-fri = "08:00-20:00", sat-sun = "closed" }\n'
        'strict = { mon-fri = "closed", sat-sun = "08:00-20:00" }',
        15,
        "These hours never allow sending",
    ),
    "no sentence": ("penalty", "legal = { said = 5 }", 14, "Write one sentence"),
}


@pytest.mark.parametrize(("figure", "value", "line", "sentence"), VALUES.values(), ids=VALUES.keys())
def test_a_value_nobody_could_be_judged_by_is_refused(tmp_path, figure, value, line, sentence):
    text = f'{HEAD}{RULE}\n[rules.figures.{figure}]\n{value}\nreference = "somewhere"\nevidence = "M"\n'

    said = refusal(tmp_path, text)

    assert said.startswith(f"fr.toml, line {line}: ")
    assert sentence in said


def test_two_files_for_one_place_are_refused(tmp_path):
    (tmp_path / "fr.toml").write_text(WHOLE, "utf-8")

    said = refusal(tmp_path, WHOLE.replace("fr-sms-marketing", "fr-texts"), "france.toml")

    assert said == "france.toml, line 1: “FR” is already in fr.toml. Keep it in one file."


def test_one_id_in_two_files_is_refused(tmp_path):
    (tmp_path / "fr.toml").write_text(WHOLE, "utf-8")

    said = refusal(tmp_path, WHOLE.replace('"FR"', '"GP"'), "gp.toml")

    assert said == "gp.toml, line 7: “fr-sms-marketing” is already in fr.toml. Keep it in one file."


def test_a_mistake_in_the_second_rule_names_its_line(tmp_path):
    said = refusal(tmp_path, WHOLE + LATER + FIGURE.replace('"M"', '"?"'))

    assert said.startswith("fr.toml, line 30: ")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    (tmp_path / "fr.toml").write_bytes(WHOLE.replace("France", "Réunion").encode("latin-1"))

    with pytest.raises(InvalidRulebook, match=r"fr\.toml, line 1: This file is not UTF-8"):
        toml_loader.load_rules(tmp_path)


def test_a_line_that_looks_like_a_heading_inside_a_comment_confuses_nobody(tmp_path):
    text = "# [[rules]]\n" + WHOLE.replace("[[rules]]", "[[ rules ]]  # the only one").replace('"sms"', '"fax"')

    assert refusal(tmp_path, text).startswith("fr.toml, line 9: ")
