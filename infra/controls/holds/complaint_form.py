"""The form "Complaint" on a contact's page in the Connect console, and the rule that reports it."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from constructs import Construct

FORM_TITLE = "Complaint"
_Form = connect.CfnEvaluationForm


class ComplaintForm(Construct):
    """Complaints staff open the contact, fill in three answers and submit; EventBridge hears of it.

    The event names the contact and not the answers: ``place_hold`` reads them back by the reference ids below.
    """

    def __init__(self, scope: Construct, construct_id: str, *, instance_arn: str) -> None:
        super().__init__(scope, construct_id)
        self.form = _Form(
            self,
            "ComplaintForm",
            instance_arn=instance_arn,
            title=FORM_TITLE,
            description="Holds this contact for a complaint beyond its ordinary retention period",
            status="ACTIVE",
            items=[
                _Form.EvaluationFormBaseItemProperty(
                    section=_Form.EvaluationFormSectionProperty(
                        ref_id="complaint",
                        title="The complaint",
                        items=[
                            _question("reference", "Reference of the complaint", "TEXT"),
                            _question(
                                "received_on",
                                "Date on which the complaint was received",
                                "DATETIME",
                                "The hold is counted from this date, not from today",
                            ),
                            _question(
                                "stage", "Stage", "SINGLESELECT", options={"1": "1", "2": "2", "ombudsman": "Ombudsman"}
                            ),
                        ],
                    )
                )
            ],
        )
        form_id = cdk.Fn.select(1, cdk.Fn.split("/evaluation-form/", self.form.attr_evaluation_form_arn))
        connect.CfnRule(
            self,
            "ComplaintFormRule",
            instance_arn=instance_arn,
            name="steward-complaint-form",
            publish_status="PUBLISHED",
            trigger_event_source=connect.CfnRule.RuleTriggerEventSourceProperty(
                event_source_name="OnContactEvaluationSubmit"
            ),
            function=_submitted(form_id),
            actions=connect.CfnRule.ActionsProperty(
                event_bridge_actions=[connect.CfnRule.EventBridgeActionProperty(name="steward-complaint")]
            ),
        )


def _question(
    ref_id: str, title: str, question_type: str, instructions: str | None = None, options: dict[str, str] | None = None
) -> connect.CfnEvaluationForm.EvaluationFormItemProperty:
    properties = (
        _Form.EvaluationFormQuestionTypePropertiesProperty(
            single_select=_Form.EvaluationFormSingleSelectQuestionPropertiesProperty(
                display_as="RADIO",
                options=[
                    _Form.EvaluationFormSingleSelectQuestionOptionProperty(ref_id=option, text=text)
                    for option, text in options.items()
                ],
            )
        )
        if options
        else None
    )
    return _Form.EvaluationFormItemProperty(
        question=_Form.EvaluationFormQuestionProperty(
            ref_id=ref_id,
            title=title,
            instructions=instructions,
            question_type=question_type,
            question_type_properties=properties,
        )
    )


def _submitted(form_id: str) -> str:
    """Return the condition "results of this form are available".

    https://docs.aws.amazon.com/connect/latest/APIReference/OnContactEvaluationSubmit.html
    """
    return json.dumps(
        {
            "Version": "2022-11-25",
            "RuleFunction": {
                "Operator": "AND",
                "Operands": [
                    {
                        "Operator": "EQUALS",
                        "Operands": [form_id],
                        "ComparisonValue": "$.ContactLens.ContactEvaluation.Form.FormId",
                        "Negate": False,
                    }
                ],
            },
        }
    )
