from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.connect import ConnectInstance

    Connect = Callable[..., dict[str, Any]]
    Pages = Callable[..., tuple[list[Any], int]]

COMPLAINT = {
    "EvaluationId": "evaluation-1",
    "Form": "Complaint",
    "Status": "SUBMITTED",
    "Answers": {"reference": "C-1", "received_on": "2026-01-10", "stage": "Stage 2", "calls": 3, "note": None},
}
QUESTIONS = [
    {"Question": {"Title": "Reference", "RefId": "reference", "QuestionType": "TEXT"}},
    {
        "Section": {
            "Title": "Details",
            "RefId": "details",
            "Items": [
                {"Question": {"Title": "Received", "RefId": "received_on", "QuestionType": "DATETIME"}},
                {
                    "Question": {
                        "Title": "Stage",
                        "RefId": "stage",
                        "QuestionType": "SINGLESELECT",
                        "QuestionTypeProperties": {
                            "SingleSelect": {
                                "Options": [
                                    {"RefId": "o1", "Text": "Stage 1"},
                                    {"RefId": "o2", "Text": "Stage 2"},
                                ]
                            }
                        },
                    }
                },
            ],
        }
    },
]


def values(description: dict[str, Any]) -> dict[str, Any]:
    return {name: answer["Value"] for name, answer in description["Evaluation"]["Answers"].items()}


def test_an_evaluation_is_listed_and_described(connect: Connect, world: ConnectInstance) -> None:
    world.contact({"Id": "call-1", "Evaluations": [COMPLAINT]})
    (listed,) = connect("list_contact_evaluations", ContactId="call-1")["EvaluationSummaryList"]
    assert (listed["EvaluationId"], listed["EvaluationFormTitle"], listed["Status"]) == (
        "evaluation-1",
        "Complaint",
        "SUBMITTED",
    )
    description = connect("describe_contact_evaluation", EvaluationId="evaluation-1")
    assert description["Evaluation"]["Metadata"]["ContactId"] == "call-1"
    assert description["EvaluationForm"]["Title"] == "Complaint"
    assert description["EvaluationForm"]["EvaluationFormId"] == listed["EvaluationFormId"]


def test_without_a_deployed_form_answers_read_back_as_they_were_written(
    connect: Connect, world: ConnectInstance
) -> None:
    world.contact({"Id": "call-1", "Evaluations": [COMPLAINT]})
    description = connect("describe_contact_evaluation", EvaluationId="evaluation-1")
    assert values(description) == {
        "reference": {"StringValue": "C-1"},
        "received_on": {"StringValue": "2026-01-10"},
        "stage": {"StringValue": "Stage 2"},
        "calls": {"NumericValue": 3.0},
        "note": {"NotApplicable": True},
    }
    asked = [item["Question"]["RefId"] for item in description["EvaluationForm"]["Items"]]
    assert asked == ["reference", "received_on", "stage", "calls", "note"]


@pytest.mark.parametrize("written", ["Stage 2", "o2"])
def test_with_a_deployed_form_answers_have_the_kind_of_their_question(
    connect: Connect, world: ConnectInstance, written: str
) -> None:
    world.form({"Title": "Complaint", "Items": QUESTIONS})
    answers = {"reference": 17, "received_on": "2026-01-10", "stage": written}
    world.contact({"Id": "call-1", "Evaluations": [{**COMPLAINT, "Answers": answers}]})
    description = connect("describe_contact_evaluation", EvaluationId="evaluation-1")
    assert values(description) == {
        "reference": {"StringValue": "17"},
        "received_on": {"DateTimeValue": "2026-01-10"},
        "stage": {"StringValue": "o2"},
    }
    assert description["EvaluationForm"]["Items"] == QUESTIONS


def test_answers_in_the_shape_of_the_api_pass_through(connect: Connect, world: ConnectInstance) -> None:
    answers = {"one": {"Value": {"StringValue": "x"}}, "two": {"DateTimeValue": "2026-01-10T00:00:00Z"}}
    world.contact({"Id": "call-1", "Evaluations": [{**COMPLAINT, "Answers": answers}]})
    description = connect("describe_contact_evaluation", EvaluationId="evaluation-1")
    assert values(description) == {"one": {"StringValue": "x"}, "two": {"DateTimeValue": "2026-01-10T00:00:00Z"}}


def test_a_later_line_changes_an_evaluation(connect: Connect, world: ConnectInstance) -> None:
    world.contact({"Id": "call-1", "Evaluations": [{**COMPLAINT, "Status": "DRAFT"}]})
    contact = connect("describe_contact", ContactId="call-1")["Contact"]
    assert contact["ContactEvaluations"]["evaluation-1"]["Status"] == "IN_PROGRESS"
    later = {"EvaluationId": "evaluation-1", "Status": "SUBMITTED", "Answers": {"reference": "C-2"}}
    world.contact({"Id": "call-1", "Evaluations": [later]})
    description = connect("describe_contact_evaluation", EvaluationId="evaluation-1")
    assert description["Evaluation"]["Status"] == "SUBMITTED"
    assert values(description)["reference"] == {"StringValue": "C-2"}
    assert values(description)["received_on"] == {"StringValue": "2026-01-10"}
    contact = connect("describe_contact", ContactId="call-1")["Contact"]
    assert contact["ContactEvaluations"]["evaluation-1"]["Status"] == "COMPLETE"


def test_evaluations_are_listed_page_by_page(world: ConnectInstance, pages: Pages) -> None:
    made = [{"EvaluationId": f"evaluation-{number}", "Form": "Quality", "Answers": {}} for number in range(5)]
    world.contact({"Id": "call-1", "Evaluations": made})
    found, answers = pages("list_contact_evaluations", "EvaluationSummaryList", ContactId="call-1")
    assert [item["EvaluationId"] for item in found] == [item["EvaluationId"] for item in made]
    assert answers == 3


def test_an_unknown_evaluation_is_not_found(connect: Connect) -> None:
    with pytest.raises(ClientError) as refused:
        connect("describe_contact_evaluation", EvaluationId="nothing")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
