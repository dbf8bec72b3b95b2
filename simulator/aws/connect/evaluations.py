"""Evaluations of a contact, and the forms that they answer.

In AWS an answer's kind follows its question: text as ``StringValue``, a number as ``NumericValue``, a date as
``DateTimeValue``, and a single-select question as the *reference id of the option* in ``StringValue``. A scenario
writes what the evaluator saw: where the form is known (``Forms.add``), the text of an option becomes its reference id;
where it is not, a form of text questions is made up and every answer is read back as it was written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from simulator.aws.connect.errors import ScenarioError
from simulator.aws.connect.shapes import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

_ANSWER_MEMBERS = frozenset({"StringValue", "NumericValue", "StringValues", "DateTimeValue", "NotApplicable"})
_NOBODY = "user/00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Form:
    """An evaluation form: its id, title, and items in the shape that the API and CloudFormation share."""

    id: str
    title: str
    items: list[dict[str, Any]]

    def questions(self) -> Iterator[Mapping[str, Any]]:
        """Yield every question, also those in sections."""
        return _questions(self.items)


def _questions(items: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in items:
        if "Question" in item:
            yield item["Question"]
        yield from _questions(item.get("Section", {}).get("Items", []))


@dataclass(slots=True)
class Evaluation:
    """One evaluation. ``answers`` are as the scenario wrote them, by the question's reference id."""

    id: str
    contact_id: str
    title: str
    status: str
    created: datetime
    modified: datetime
    evaluator: str | None
    answers: dict[str, Any] = field(default_factory=dict)


class Forms:
    """The forms of an instance, by title."""

    def __init__(self) -> None:
        """Start with none."""
        self._forms: dict[str, Form] = {}

    def add(self, title: str, items: list[dict[str, Any]]) -> Form:
        """Deploy a form."""
        form = self._forms[title] = Form(_form_id(title), title, items)
        return form

    def of(self, evaluation: Evaluation) -> Form:
        """Return the form of an evaluation, made up if nobody deployed it."""
        questions: list[dict[str, Any]] = [
            {"Question": {"Title": name, "RefId": name, "QuestionType": _kind_of(value)}}
            for name, value in evaluation.answers.items()
        ]
        return self._forms.get(evaluation.title) or Form(_form_id(evaluation.title), evaluation.title, questions)


def read_evaluation(raw: Mapping[str, Any], contact_id: str, now: datetime, earlier: Evaluation | None) -> Evaluation:
    """Read one evaluation of a scenario, or what changes in an earlier one. Raises ``ScenarioError``."""
    where = f"contact {contact_id}: Evaluations"
    if not isinstance(raw, dict) or not isinstance(raw.get("EvaluationId"), str):
        raise ScenarioError(f"{where}: EvaluationId is missing")
    title = raw.get("Form") or (earlier.title if earlier else None)
    if not isinstance(title, str):
        raise ScenarioError(f"{where}: Form is missing")
    given = raw.get("Answers", {})
    if not isinstance(given, dict):
        raise ScenarioError(f"{where}: Answers is not a map")
    created = raw.get("CreatedTime") or (earlier.created if earlier else now)
    return Evaluation(
        id=raw["EvaluationId"],
        contact_id=contact_id,
        title=title,
        status=str(raw.get("Status") or (earlier.status if earlier else "SUBMITTED")).upper(),
        created=moment(created, where),
        modified=moment(raw.get("LastModifiedTime") or now, where),
        evaluator=raw.get("EvaluatorArn") or (earlier.evaluator if earlier else None),
        answers={**(earlier.answers if earlier else {}), **given},
    )


def summary(evaluation: Evaluation, form: Form, instance_arn: str) -> dict[str, Any]:
    """Return an evaluation as ListContactEvaluations answers it."""
    return {
        "EvaluationId": evaluation.id,
        "EvaluationArn": f"{instance_arn}/contact-evaluation/{evaluation.id}",
        "EvaluationFormTitle": form.title,
        "EvaluationFormId": form.id,
        "Status": evaluation.status,
        "EvaluatorArn": evaluation.evaluator or f"{instance_arn}/{_NOBODY}",
        "CreatedTime": evaluation.created,
        "LastModifiedTime": evaluation.modified,
    }


def description(evaluation: Evaluation, form: Form, instance_arn: str) -> dict[str, Any]:
    """Return an evaluation as DescribeContactEvaluation answers it."""
    known = summary(evaluation, form, instance_arn)
    questions = {question["RefId"]: question for question in form.questions()}
    return {
        "Evaluation": {
            "EvaluationId": evaluation.id,
            "EvaluationArn": known["EvaluationArn"],
            "Metadata": {"ContactId": evaluation.contact_id, "EvaluatorArn": known["EvaluatorArn"]},
            "Answers": {
                name: {"Value": _answer(value, questions.get(name, {}))} for name, value in evaluation.answers.items()
            },
            "Notes": {},
            "Status": evaluation.status,
            "CreatedTime": evaluation.created,
            "LastModifiedTime": evaluation.modified,
        },
        "EvaluationForm": {
            "EvaluationFormVersion": 1,
            "EvaluationFormId": form.id,
            "EvaluationFormArn": f"{instance_arn}/evaluation-form/{form.id}",
            "Title": form.title,
            "Items": form.items,
        },
    }


def _answer(value: Any, question: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - what a scenario wrote
    if isinstance(value, dict):
        inner = value.get("Value", value)
        return {name: item for name, item in inner.items() if name in _ANSWER_MEMBERS}
    kind = question.get("QuestionType") or _kind_of(value)
    if value is None:
        return {"NotApplicable": True}
    if kind == "NUMERIC":
        return {"NumericValue": float(value)}
    if kind == "DATETIME":
        return {"DateTimeValue": str(value)}
    if kind == "MULTISELECT":
        return {"StringValues": [str(item) for item in value]}
    return {"StringValue": _option(str(value), question) if kind == "SINGLESELECT" else str(value)}


def _option(value: str, question: Mapping[str, Any]) -> str:
    options = question.get("QuestionTypeProperties", {}).get("SingleSelect", {}).get("Options", [])
    return next((str(option["RefId"]) for option in options if value in {option["RefId"], option["Text"]}), value)


def _kind_of(value: object) -> str:
    if isinstance(value, list):
        return "MULTISELECT"
    return "NUMERIC" if isinstance(value, int | float) and not isinstance(value, bool) else "TEXT"


def _form_id(title: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"evaluation-form:{title}"))
