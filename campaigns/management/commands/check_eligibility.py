"""Why (not)? On the command line, for one address and one topic or campaign. Changes nothing."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from campaigns.decision.checks import DecisionKind
from campaigns.explain import explanation, query, serialize
from campaigns.explain.check_answers import CheckStep, Explanation, StepState
from preferences.errors import SaysoError

EXIT_NO_ANSWER = 2
EXIT_CODES = {DecisionKind.SEND: 0, DecisionKind.WAIT: 10, DecisionKind.SKIP: 11}
MARKS = {StepState.PASSED: "passed     ", StepState.FAILED: "FAILED     ", StepState.NOT_REACHED: "not reached"}


class Command(BaseCommand):
    help = (
        "Says whether this address would get that now, and why. Ends with 0 for yes, 10 for later, 11 for no, and 2 "
        "where there is no answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="an e-mail address, a phone number, or a reference")
        parser.add_argument("about", help="a topic as sender/topic, or the reference of a campaign")
        parser.add_argument("--channel", default="", help="email or sms, where a contact has both")
        parser.add_argument("--at", default="", help="judge for this moment, like 2027-03-01T09:00 (UTC)")
        parser.add_argument("--json", action="store_true", help="answer for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            address, question = query.parse_question(options["address"], options["about"], options["channel"])
            found = explanation.explain_now_or_at(
                address, question, at=query.parse_moment(options["at"]) if options["at"] else None
            )
        except SaysoError as error:
            self._no_answer(error, as_json=options["json"])
        else:
            self._answer(found, as_json=options["json"])

    def _answer(self, found: Explanation, *, as_json: bool) -> None:
        if as_json:
            self._write(serialize.explanation_document(found))
        else:
            self.stdout.write("\n".join(_lines(found)))
        if code := EXIT_CODES[found.decision.kind]:
            raise SystemExit(code)

    def _no_answer(self, error: SaysoError, *, as_json: bool) -> None:
        addresses = getattr(error, "addresses", [])
        if as_json:
            self._write(serialize.error_document(str(error), addresses))
        else:
            self.stderr.write("\n".join([str(error), *(f"  {one.reference}  {one}" for one in addresses)]))
        raise SystemExit(EXIT_NO_ANSWER)

    def _write(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder))


def _lines(found: Explanation) -> list[str]:
    """The decision first, then what would change it, then the checks."""
    return [
        found.said,
        *found.notes,
        *(f"! {said}" for _name, said in found.objections),
        *(f"→ {change.said}" for change in found.changes),
        *(f"{fact.label}: {fact.said}" for fact in found.place),
        *(line for step in found.steps for line in _step(step)),
    ]


def _step(step: CheckStep) -> list[str]:
    facts = [f"               {fact.label}: {fact.said}" for fact in step.facts]
    rules = [
        f"               {share.rule.name}, version {share.rule.version}: {share.says} ({share.reference})"
        for share in step.shares
    ]
    return [f"{MARKS[step.state]}  {step.title}: {step.said}", *facts, *rules]
