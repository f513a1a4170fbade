"""A newer version of Sayso brings newer rules: what is unknown here is added, what changed is only proposed."""

import io
import shutil
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from preferences.models import Rule, RuleProposal
from preferences.rulebook import book as rulebook
from preferences.rulebook import service as rules
from preferences.rulebook import toml_loader

pytestmark = pytest.mark.django_db
FL = "us-fl-sms-marketing"
NEW = """
jurisdiction = "JP"
name = "Japan"
reviewed_on = 2026-11-01
reviewed_by = "Counsel"

[[rules]]
id = "jp-sms-marketing"
channel = "sms"
purpose = "marketing"
effective_from = 2020-01-01
summary = "Marketing texts to people in Japan"
[rules.figures.honour]
legal = { business_days = 10 }
reference = "§ 3"
evidence = "S"

[[rules]]
id = "jp-sms-marketing"
channel = "sms"
purpose = "marketing"
effective_from = 2027-04-01
inherits = true
summary = "Marketing texts to people in Japan, as changed"
[rules.figures.honour]
legal = { business_days = 5 }
reference = "§ 3"
evidence = "S"
"""


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine):
    time_machine.move_to("2026-11-23 09:00")


@pytest.fixture
def folder(tmp_path):
    """The shipped files, to be changed by a test."""
    copy = tmp_path / "rulebook"
    shutil.copytree(toml_loader.SHIPPED_FOLDER, copy)
    return copy


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def load(*arguments):
    """What the command says, and its exit code."""
    said = io.StringIO()
    try:
        call_command("load_rulebook", *arguments, stdout=said, stderr=said)
    except SystemExit as ended:
        return said.getvalue(), ended.code
    return said.getvalue(), 0


def fewer_days(folder):
    """The files change one figure of Florida's rule as it stands now."""
    change(folder, "us_fl.toml", "{ calendar_days = 15 }", "{ calendar_days = 3 }")


def test_the_shipped_rulebook_is_up_to_date():
    assert load() == ("The rulebook is up to date.\n", 0)


def test_a_rule_nobody_has_yet_is_added_with_all_its_versions_and_only_once(folder):
    (folder / "jp.toml").write_text(NEW, "utf-8")

    said, code = load("--folder", str(folder))

    added = Rule.objects.filter(name="jp-sms-marketing").order_by("version")
    assert (said, code) == ("New: jp-sms-marketing (Marketing texts to people in Japan, as changed)\n", 0)
    assert [(rule.version, rule.effective_from, rule.is_shipped) for rule in added] == [
        (1, date(2020, 1, 1), True),
        (2, date(2027, 4, 1), True),
    ]
    assert [rule.digest for rule in added] == [rules.rule_digest(rule) for rule in added]
    assert load("--folder", str(folder)) == ("The rulebook is up to date.\n", 0)


def test_a_changed_rule_is_listed_and_changes_nothing_until_somebody_proposes_it(folder):
    fewer_days(folder)

    said, code = load("--folder", str(folder))

    assert code == 3
    assert said.startswith("Changed: us-fl-sms-marketing, from 2026-11-30\n")
    assert "--by USERNAME" in said
    assert not RuleProposal.objects.exists()


def test_a_changed_rule_becomes_a_proposal_with_time_to_read_it(folder, author):
    fewer_days(folder)

    said, code = load("--folder", str(folder), "--by", "author")

    proposal = RuleProposal.objects.get()
    assert code == 0
    assert "Proposed: us-fl-sms-marketing, from 2026-11-30. A second person publishes it." in said
    assert (proposal.proposed_by, proposal.based_on.version) == (author, 2)
    assert proposal.figures["honour"]["legal"] == {"calendar_days": 3}
    assert Rule.objects.filter(name=FL).count() == 2


def test_a_second_run_proposes_nothing_twice(folder, author):
    fewer_days(folder)
    load("--folder", str(folder), "--by", "author")

    said, code = load("--folder", str(folder), "--by", "author")

    assert (said, code) == (f"Waiting: {FL} has an open proposal. Decide that one, then run this again.\n", 0)
    assert RuleProposal.objects.count() == 1


@pytest.mark.parametrize("later", ["2026-11-23", "2026-11-30", "2027-08-01"])
def test_once_published_the_files_say_nothing_new(folder, author, approver, time_machine, later):
    fewer_days(folder)
    load("--folder", str(folder), "--by", "author")
    rules.publish(RuleProposal.objects.get(), by=approver)

    time_machine.move_to(later)

    assert load("--folder", str(folder)) == ("The rulebook is up to date.\n", 0)


def test_what_was_declined_here_stays_declined_until_it_is_asked_again(folder, author, approver):
    fewer_days(folder)
    load("--folder", str(folder), "--by", "author")
    rules.decline(RuleProposal.objects.get(), by=approver, reason="Counsel reads it otherwise")

    said, code = load("--folder", str(folder), "--by", "author")
    assert (said, code) == (
        f"Declined: {FL} stays as it is here. --again proposes the change once more.\n",
        0,
    )

    load("--folder", str(folder), "--by", "author", "--again")
    assert RuleProposal.objects.open().count() == 1


def postponed(folder):
    """The day on which a STOP ends everything is put off by five months."""
    change(folder, "us.toml", "effective_from = 2027-01-31", "effective_from = 2027-06-30")
    change(folder, "us.toml", "effective_to = 2027-01-30", "effective_to = 2027-06-29")


def reach(day):
    return (
        rulebook.current_rulebook("legal")
        .terms(frozenset({"US"}), "sms", "marketing", date.fromisoformat(day))
        .revocation
    )


def proposed_and_published(folder, second):
    load("--folder", str(folder), "--by", "author")
    rows = [rules.publish(proposal, by=second) for proposal in RuleProposal.objects.open()]
    return [row.effective_from for row in rows if row.name == "us-sms-marketing"]


def test_a_day_to_come_that_is_put_off_is_put_off_here_by_one_proposal_after_the_other(folder, author, approver):
    postponed(folder)

    assert proposed_and_published(folder, approver) == [date(2027, 1, 31)]
    assert proposed_and_published(folder, approver) == [date(2027, 6, 30)]

    assert load("--folder", str(folder)) == ("The rulebook is up to date.\n", 0)
    assert (reach("2027-01-31"), reach("2027-06-29"), reach("2027-06-30")) == ("programme", "programme", "everything")


def test_until_the_last_of_several_proposals_is_published_the_one_before_holds(folder, author, approver):
    postponed(folder)

    proposed_and_published(folder, approver)

    assert reach("2027-12-31") == "programme"


def test_a_rule_that_comes_to_an_end_ends_here_too(folder, author, approver):
    change(folder, "us_ms.toml", "effective_from", "effective_to = 2027-06-30\neffective_from")
    load("--folder", str(folder), "--by", "author")

    rule = rules.publish(RuleProposal.objects.get(), by=approver)

    assert (rule.name, rule.effective_to) == ("us-ms-sms-marketing", date(2027, 6, 30))
    assert load("--folder", str(folder)) == ("The rulebook is up to date.\n", 0)


def test_a_correction_of_what_was_replaced_long_ago_changes_nothing(folder):
    change(folder, "us_fl.toml", "effective_from = 2021-07-01", "effective_from = 2021-07-02")

    assert load("--folder", str(folder)) == ("The rulebook is up to date.\n", 0)


def test_an_organisations_own_later_version_is_left_alone(author, approver):
    from_tomorrow = {"effective_from": date(2026, 11, 24), "reason": "Ours"}
    rule = Rule.objects.get(name=FL, version=2)
    said = {word: getattr(rule, word) for word in rules.PROPOSAL_FIELDS} | from_tomorrow
    said["figures"] = {**rule.figures, "honour": {"legal": {"seconds": 9}, "reference": "Ours", "evidence": "M"}}
    rules.publish(rules.propose(said, based_on=rule, by=author), by=approver)

    assert load() == ("The rulebook is up to date.\n", 0)


def test_a_dry_run_says_what_it_would_do_and_does_nothing(folder, author):
    fewer_days(folder)
    (folder / "jp.toml").write_text(NEW, "utf-8")
    before = Rule.objects.count()

    said, code = load("--folder", str(folder), "--by", "author", "--dry-run")

    assert code == 0
    assert "New: jp-sms-marketing" in said
    assert "Changed: us-fl-sms-marketing" in said
    assert said.endswith("Nothing was changed.\n")
    assert (Rule.objects.count(), RuleProposal.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("{ calendar_days = 15 }", "{ calendar_days = -1 }", "zero or more"),
        ('jurisdiction = "US-FL"', "jurisdiction = ", "not TOML"),
        ('name = "Florida"', 'name = "Florida"\nmood = "sunny \N{SUN BEHIND CLOUD}"', "“mood” is unknown here"),
    ],
)
def test_a_file_that_is_no_rulebook_is_named_with_its_line_and_changes_nothing(folder, author, old, new, sentence):
    change(folder, "us_fl.toml", old, new)
    (folder / "jp.toml").write_text(NEW, "utf-8")

    said, code = load("--folder", str(folder), "--by", "author")

    assert code == 2
    assert said.startswith("us_fl.toml, line ")
    assert sentence in said
    assert not Rule.objects.filter(jurisdiction="JP").exists()


def test_the_colleague_must_be_one():
    with pytest.raises(CommandError, match="no active colleague called nobody"):
        load("--by", "nobody")
