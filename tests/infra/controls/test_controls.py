from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.config import ROOT
from steward.policy.compiled import load
from steward.policy.load import load_policy

Resources = dict[str, Any]


def functions(resources: Resources) -> Resources:
    return {name: r["Properties"] for name, r in resources.items() if r["Type"] == "AWS::Lambda::Function"}


def queues(resources: Resources) -> Resources:
    return {name: r["Properties"] for name, r in resources.items() if r["Type"] == "AWS::SQS::Queue"}


def rule(controls: Resources, name: str) -> dict[str, Any]:
    properties: dict[str, Any] = controls[name]["Properties"]
    return properties


def queue_of(reference: dict[str, Any]) -> str:
    name: str = reference["Fn::GetAtt"][0]
    return name


def feeds(controls: Resources) -> Resources:
    return {name: r["Properties"] for name, r in controls.items() if r["Type"] == "AWS::Lambda::EventSourceMapping"}


def layer(assembly: Path, controls: Resources, name: str) -> Path:
    key = controls[name]["Properties"]["Content"]["S3Key"]
    return assembly / f"asset.{key.removesuffix('.zip')}"


def alarms_on(controls: Resources, metric: str, dimension: str) -> list[dict[str, Any]]:
    return [
        r["Properties"]
        for r in controls.values()
        if r["Type"] == "AWS::CloudWatch::Alarm"
        and r["Properties"]["MetricName"] == metric
        and dimension in json.dumps(r["Properties"]["Dimensions"])
    ]


def test_every_function_is_python_on_arm_with_its_own_role_and_log_and_the_three_layers(controls: Resources) -> None:
    roles = [json.dumps(function["Role"]) for function in functions(controls).values()]
    assert len(roles) == len(set(roles))
    for function in functions(controls).values():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
        assert function["Handler"] == "handler.handler"
        assert {layer["Ref"] for layer in function["Layers"]} == {"StewardLayer", "DependenciesLayer", "PolicyLayer"}
        log = controls[function["LoggingConfig"]["LogGroup"]["Ref"]]
        assert log["Properties"]["RetentionInDays"] == 90
        assert log["DeletionPolicy"] == "RetainExceptOnCreate"


def test_a_function_is_named_after_its_folder_and_knows_its_policy(controls: Resources) -> None:
    for function in functions(controls).values():
        folder = function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        assert function["FunctionName"] == f"local-steward-{folder}"
        assert function["Environment"]["Variables"]["POLICY_FILE"] == "/opt/policy/policy.json"
        assert function["Environment"]["Variables"]["STEWARD_ENVIRONMENT"] == "local"


def test_the_policy_layer_holds_the_compiled_policy_where_functions_read_it(
    assembly: Path, controls: Resources
) -> None:
    assert load(layer(assembly, controls, "PolicyLayer") / "policy" / "policy.json") == load_policy(
        ROOT / "policies" / "barnet.toml"
    )


def test_nothing_that_only_synthesis_imports_is_deployed(assembly: Path, controls: Resources) -> None:
    package = layer(assembly, controls, "StewardLayer") / "python" / "steward"
    assert (package / "ids.py").is_file()
    assert not (package / "policy" / "load.py").exists()
    assert not [path for path in package.rglob("*.py") if "jsonschema" in path.read_text(encoding="utf-8")]
    assert not [*package.rglob("__pycache__")]


@pytest.mark.parametrize(
    ("name", "bus", "pattern", "queue"),
    [
        (
            "ComplaintEventsRule",
            "own",
            ("steward.complaints", ["Complaint Logged", "Complaint Escalated", "Complaint Closed"]),
            "HoldRequestsQueue",
        ),
        ("ReleaseEventsRule", "own", ("steward.complaints", ["Hold Released"]), "ReleaseRequestsQueue"),
        ("ContactTagsRule", "default", ("aws.connect", ["Amazon Connect Contact Event"]), "HoldRequestsQueue"),
        (
            "ComplaintFormsRule",
            "default",
            ("aws.connect", ["Contact Lens Evaluation Rules Matched"]),
            "HoldRequestsQueue",
        ),
    ],
)
def test_each_signal_reaches_its_queue(
    controls: Resources, name: str, bus: str, pattern: tuple[str, list[str]], queue: str
) -> None:
    properties = rule(controls, name)
    assert ("EventBusName" in properties) == (bus == "own")
    assert properties["State"] == "ENABLED"
    assert properties["EventPattern"]["source"] == [pattern[0]]
    assert properties["EventPattern"]["detail-type"] == pattern[1]
    (target,) = properties["Targets"]
    assert queue_of(target["Arn"]) == queue
    assert queue_of(target["DeadLetterConfig"]["Arn"]) == "UndeliveredEventsQueue"


def test_only_this_rule_may_send_to_the_queue_of_its_target(controls: Resources) -> None:
    for name, resource in controls.items():
        if resource["Type"] != "AWS::Events::Rule":
            continue
        for target in resource["Properties"]["Targets"]:
            policy = controls[f"{queue_of(target['Arn'])}Policy"]["Properties"]["PolicyDocument"]["Statement"]
            assert [
                s
                for s in policy
                if s["Effect"] == "Allow"
                and {"Fn::GetAtt": [name, "Arn"]} == s["Condition"]["ArnEquals"]["aws:SourceArn"]
            ]


SPELLINGS = ("complaint_reference", "Complaint_Reference", "Complaint_reference", "COMPLAINT_REFERENCE")


def test_a_contact_tag_is_found_in_either_spelling_of_awss_samples_and_in_any_likely_casing(
    controls: Resources,
) -> None:
    alternatives = rule(controls, "ContactTagsRule")["EventPattern"]["detail"]["$or"]
    assert alternatives == [{field: {key: [{"exists": True}]}} for field in ("tags", "Tags") for key in SPELLINGS]


def test_no_rule_listens_to_s3_because_its_events_there_cost_for_every_object(controls: Resources) -> None:
    """https://aws.amazon.com/eventbridge/pricing/ (events of AWS services that are opted into)"""
    rules = [one["Properties"]["EventPattern"] for one in controls.values() if one["Type"] == "AWS::Events::Rule"]
    ours = [pattern for pattern in rules if "aws.s3" in pattern["source"]]
    # What CloudTrail says of S3 comes as events of CloudTrail's, which cost nothing to match, and only from people.
    assert not [pattern for pattern in ours if pattern["detail-type"] != ["AWS API Call via CloudTrail"]]


def test_what_s3_notifies_of_reaches_the_function_that_acts_upon_it(controls: Resources) -> None:
    fed = {
        (queue, function)
        for name, one in controls.items()
        if one["Type"] == "AWS::Lambda::EventSourceMapping"
        for queue in ("TaggedObjects", "RemovedCopies")
        for function in ("PlaceHold", "ConfirmDisposal")
        if f"{queue}Queue" in json.dumps(one["Properties"]["EventSourceArn"]) and name.startswith(function)
    }
    assert fed == {("TaggedObjects", "PlaceHold"), ("RemovedCopies", "ConfirmDisposal")}


def test_the_complaint_form_asks_for_the_three_answers_that_place_hold_reads(controls: Resources) -> None:
    form = controls["ComplaintForm"]["Properties"]
    assert form["Title"] == "Complaint"
    assert form["Status"] == "ACTIVE"
    (section,) = form["Items"]
    questions = {item["Question"]["RefId"]: item["Question"] for item in section["Section"]["Items"]}
    assert {ref_id: question["QuestionType"] for ref_id, question in questions.items()} == {
        "reference": "TEXT",
        "received_on": "DATETIME",
        "stage": "SINGLESELECT",
    }
    stages = questions["stage"]["QuestionTypeProperties"]["SingleSelect"]["Options"]
    assert [option["RefId"] for option in stages] == ["1", "2", "ombudsman"]


def test_submitting_the_complaint_form_and_no_other_is_reported_to_eventbridge(controls: Resources) -> None:
    properties = controls["ComplaintFormRule"]["Properties"]
    assert properties["TriggerEventSource"] == {"EventSourceName": "OnContactEvaluationSubmit"}
    assert properties["PublishStatus"] == "PUBLISHED"
    assert len(properties["Actions"]["EventBridgeActions"]) == 1
    joined = properties["Function"]["Fn::Join"][1]
    (form_id,) = [part for part in joined if not isinstance(part, str)]
    condition = json.loads("".join(part if isinstance(part, str) else "FORM" for part in joined))
    assert condition["RuleFunction"]["Operands"] == [
        {
            "Operator": "EQUALS",
            "Operands": ["FORM"],
            "ComparisonValue": "$.ContactLens.ContactEvaluation.Form.FormId",
            "Negate": False,
        }
    ]
    assert "ComplaintForm" in json.dumps(form_id)


@pytest.mark.parametrize("name", ["PlaceHoldFeed", "ReleaseHoldFeed", "ConfirmDisposalFeed"])
def test_a_failed_message_comes_back_alone_and_few_are_worked_on_at_once(controls: Resources, name: str) -> None:
    feed = feeds(controls)[name]
    assert feed["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert feed["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_a_message_stays_hidden_for_six_times_as_long_as_its_function_may_take(controls: Resources) -> None:
    for feed in feeds(controls).values():
        source = feed["EventSourceArn"].get("Fn::GetAtt", [None])[0]
        if source in queues(controls):
            function = controls[feed["FunctionName"]["Ref"]]["Properties"]
            assert queues(controls)[source]["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_every_work_queue_sets_poison_aside_where_an_alarm_sees_it(controls: Resources) -> None:
    for name, queue in queues(controls).items():
        if "RedrivePolicy" in queue:
            dead_letters = queue_of(queue["RedrivePolicy"]["deadLetterTargetArn"])
            assert queues(controls)[dead_letters]["MessageRetentionPeriod"] == 14 * 24 * 3600
            assert alarms_on(controls, "ApproximateAgeOfOldestMessage", name)
        else:
            (alarm,) = alarms_on(controls, "ApproximateNumberOfMessagesVisible", name)
            assert alarm["Threshold"] == 1


def test_only_records_that_carry_a_complaints_reference_invoke_relay_flags(controls: Resources) -> None:
    feed = feeds(controls)["RelayFlagsFeed"]
    # Lambda, "Control which events Lambda sends to your function": several filters are OR'd, five at most.
    assert [json.loads(one["Pattern"]) for one in feed["FilterCriteria"]["Filters"]] == [
        {"data": {"Attributes": {key: [{"anything-but": [""]}]}}} for key in SPELLINGS
    ]
    assert feed["BisectBatchOnFunctionError"] is True
    assert feed["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert queue_of(feed["DestinationConfig"]["OnFailure"]["Destination"]) == "UnreadFlagsQueue"
    assert feed["MaximumRetryAttempts"] == -1, "an outage of hours uses up no attempts"
    assert feed["MaximumRecordAgeInSeconds"] == 24 * 3600
    assert queue_of(feeds(controls)["PlaceHoldUnreadFlagsFeed"]["EventSourceArn"]) == "UnreadFlagsQueue"
    assert feed["StartingPosition"] == "TRIM_HORIZON", "a flag that came before the deployment counts as well"


@pytest.mark.parametrize(
    ("schedule", "function", "expression"),
    [
        ("MaintainHoldsDailySchedule", "MaintainHoldsFunction", "cron(30 2 * * ? *)"),
        ("RetireContactRecordsDailySchedule", "RetireContactRecordsFunction", "cron(30 3 * * ? *)"),
    ],
)
def test_daily_work_runs_at_its_time_in_london_and_its_absence_is_seen(
    controls: Resources, schedule: str, function: str, expression: str
) -> None:
    properties = controls[schedule]["Properties"]
    assert properties["ScheduleExpression"] == expression
    assert properties["ScheduleExpressionTimezone"] == "Europe/London"
    assert properties["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert properties["Target"]["Arn"] == {"Fn::GetAtt": [function, "Arn"]}
    assert queue_of(properties["Target"]["DeadLetterConfig"]["Arn"]) == "FailedRunsQueue"
    assert queue_of(controls[function]["Properties"]["DeadLetterConfig"]["TargetArn"]) == "FailedRunsQueue"
    heartbeat = controls[schedule.removesuffix("Schedule") + "DidNotRunAlarm"]["Properties"]
    assert (heartbeat["TreatMissingData"], len(heartbeat["InsufficientDataActions"])) == ("missing", 1)
    assert heartbeat["ComparisonOperator"] == "LessThanThreshold"


def test_every_alarm_tells_somebody_and_says_what_to_do(controls: Resources) -> None:
    for name, resource in controls.items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            properties = resource["Properties"]
            assert properties["AlarmActions"] == [{"Ref": "AlarmTopic"}], name
            assert "docs/" in properties["AlarmDescription"], name


RIGHTS_EVENTS = {"HOLD_QUEUE_URL", "INFORMATION_TOPIC_ARN", "RIGHTS_TABLE"}
HOLDS = {"HOLD_BUCKET", "HOLD_QUEUE_URL", "REGISTER_TABLE"}
CONTACTS = {"INSTANCE_ARN", "RECORD_BUCKETS", "RECORD_PREFIXES"}
RECHECKS = {"HOLD_QUEUE_ARN", "RECHECK_GROUP", "RECHECK_ROLE_ARN"}
EVERYBODY = {"POLICY_FILE", "POWERTOOLS_SERVICE_NAME", "STEWARD_ENVIRONMENT"}


@pytest.mark.parametrize(
    ("function", "settings"),
    [
        (
            "PlaceHoldFunction",
            HOLDS
            | CONTACTS
            | RECHECKS
            | {"COMPLAINTS_TOPIC_ARN", "DEAD_LETTERS_URL", "FLAG_KEY_ARN", "SIGNING_KEY_ARN"},
        ),
        ("MaintainHoldsFunction", HOLDS | {"COMPLAINTS_TOPIC_ARN", "DISPOSAL_SWITCH", "RELEASE_QUEUE_URL"}),
        (
            "ReleaseHoldFunction",
            HOLDS | {"COMPLAINTS_TOPIC_ARN", "DECISIONS_TABLE", "DISPOSAL_SWITCH", "RELEASE_QUEUE_URL", "RIGHTS_TABLE"},
        ),
        (
            "DecideFunction",
            {
                "ACCOUNT",
                "CARD_DATA_QUEUE_URL",
                "COMPLAINTS_TOPIC_ARN",
                "DATA_PROTECTION_TOPIC_ARN",
                "DEAD_LETTERS_URL",
                "DECISIONS_TABLE",
                "ERASURE_QUEUE_URL",
                "HOLD_BUCKET",
                "RECORD_BUCKETS",
                "REGISTER_TABLE",
                "RELEASE_QUEUE_URL",
                "OWN_BUS",
                "PERMISSION_SETS",
                "RIGHTS_TABLE",
                "STAFF_PREFIX",
            },
        ),
        (
            "ConfirmDisposalFunction",
            {"DATA_PROTECTION_TOPIC_ARN", "DECISIONS_TABLE", "HOLD_QUEUE_URL", "REGISTER_TABLE", "RIGHTS_TABLE"},
        ),
        ("RetireContactRecordsFunction", {"CONTACT_RECORD_BUCKET", "DISPOSAL_SWITCH", "REGISTER_TABLE"}),
        ("RelayFlagsFunction", {"HOLD_QUEUE_URL", "UNREAD_FLAGS_URL"}),
        (
            "RecordRequestFunction",
            {
                "ERASURE_QUEUE_URL",
                "HOLD_QUEUE_URL",
                "INFORMATION_TOPIC_ARN",
                "PACKAGE_QUEUE_URL",
                "RELEASE_QUEUE_URL",
                "RIGHTS_TABLE",
                "SEARCH_QUEUE_URL",
            },
        ),
    ],
)
def test_a_function_is_told_where_its_stores_are_and_no_more(
    controls: Resources, function: str, settings: set[str]
) -> None:
    assert controls[function]["Properties"]["Environment"]["Variables"].keys() == settings | EVERYBODY
