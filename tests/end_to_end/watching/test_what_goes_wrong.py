"""The alarms on what steward counts, on what was set aside and on what did not run: each from its own cause."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from simulator.aws.lambda_.function_url import post, staff_prefix
from steward.holds.messages import Reinspect, encode
from steward.ids import ContactId
from tests.end_to_end.watching.centre import Centre
from tests.end_to_end.watching.drill import Drill

HOURS = timedelta(hours=1)
OF_STATEMENTS = frozenset({"StatementNotShownAlarm", "StatementUntrueAlarm"})


@pytest.fixture(scope="module")
def drill(drill: Drill) -> Drill:
    """Leave out what the first of a month says of the drills before it; test_statements.py has those alarms."""
    return replace(drill, besides=drill.besides | OF_STATEMENTS)


@pytest.mark.parametrize(
    ("queue", "attempts_take", "also"),
    [
        ("HoldRequests", 3 * HOURS, {"PlaceHoldHoldRequestRefusedAlarm"}),
        ("HoldReleases", 3 * HOURS, {"ReleaseHoldReleaseRefusedAlarm"}),
        ("ActsOnEvidence", HOURS, set()),
        ("CardDataRemovals", 3 * HOURS, {"RemoveCardDataCardDataRefusedAlarm"}),
        ("ReleaseRequests", HOURS, set()),
        ("RemovedCopies", HOURS, set()),
        ("TaggedObjects", 3 * HOURS, {"PlaceHoldHoldRequestRefusedAlarm"}),
        ("UnreadFlags", 3 * HOURS, {"PlaceHoldHoldRequestRefusedAlarm"}),
        ("PausedCalls", HOURS, set()),
        ("SmsStatuses", HOURS, set()),
        ("RequestEvents", HOURS, set()),
        ("DisclosureEvents", HOURS, set()),
        ("PersonSearches", 3 * HOURS, set()),
        ("PackageOrders", 3 * HOURS, set()),
        ("ErasureOrders", 9 * HOURS, {"ErasureOrdersOldestAlarm"}),
    ],
)
def test_a_message_that_is_set_aside_raises_an_alarm(
    drill: Drill, queue: str, attempts_take: timedelta, also: set[str]
) -> None:
    raised = drill.raises(lambda: drill.send(f"{queue}Queue"), within=attempts_take)
    drill.empty(f"{queue}DeadLettersQueue")

    assert raised == {f"{queue}DeadLettersNotEmptyAlarm", *also}


def test_a_flag_that_is_refused_for_a_while_waits_in_silence(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()
    began = drill.world.clock.now().isoformat()
    record = {"ContactId": contact_id, "InitiationTimestamp": began, "Attributes": {"complaint_reference": "C-1"}}

    def act() -> None:
        centre.fails("sqs", "SendMessage", times=8)
        drill.world.contact_record(record)

    assert drill.raises(act, within=2 * HOURS) == set()
    assert centre.copies(contact_id)


def test_a_hold_that_fails_once_is_tried_again_in_silence(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()

    def act() -> None:
        centre.fails("connect", "DescribeContact")
        centre.complain(contact_id, "C-2")

    assert drill.raises(act, within=2 * HOURS) == set()
    assert centre.copies(contact_id)


def test_a_hold_that_fails_again_raises_an_alarm(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()

    def act() -> None:
        centre.fails("connect", "DescribeContact", times=2)
        centre.complain(contact_id, "C-3")

    assert drill.raises(act, within=2 * HOURS) == {"HoldFailedAlarm"}
    assert centre.copies(contact_id)


def test_a_request_that_was_set_aside_is_done_once_it_is_moved_back(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()

    def act() -> None:
        centre.fails("dynamodb", "PutItem", times=500)
        centre.complain(contact_id, "C-8")

    raised = drill.raises(act, within=3 * HOURS)
    assert not centre.copies(contact_id)
    sqs = drill.world.client("sqs")
    aside = drill.world.names.queues["HoldRequestsDeadLettersQueue"]
    known = sqs.get_queue_attributes(QueueUrl=aside, AttributeNames=["QueueArn"])["Attributes"]
    sqs.start_message_move_task(SourceArn=known["QueueArn"])
    drill.world.run_until(drill.world.clock.now() + HOURS)

    assert raised == {"HoldFailedAlarm", "HoldRequestsDeadLettersNotEmptyAlarm"}
    assert centre.copies(contact_id)
    assert drill.watching.in_alarm() == set()


def test_a_recording_that_is_gone_before_its_time_raises_an_alarm(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact(stored=False)

    # Whatever Connect may still be writing is waited for, for 15 minutes, before anybody is told that it is gone.
    raised = drill.raises(lambda: centre.complain(contact_id, "C-4"), within=timedelta(minutes=30))

    assert raised == {"PlaceHoldSourceVanishedAlarm"}


def test_a_held_copy_that_somebody_hides_is_on_top_again_and_raises_an_alarm(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()
    centre.complain(contact_id, "C-40")
    s3, bucket = drill.world.client("s3"), drill.world.names.buckets["legal_hold"]
    key = next(one["Key"] for one in centre.copies(contact_id) if "/manifests/" not in one["Key"])

    def act() -> None:
        s3.delete_object(Bucket=bucket, Key=key)
        # As the statement of the month asks for it, which finds that copy hidden.
        drill.send("HoldRequestsQueue", encode(Reinspect(ContactId(contact_id))))

    raised = drill.raises(act)

    assert raised == {"PlaceHoldHeldCopyTouchedAlarm"}
    assert s3.head_object(Bucket=bucket, Key=key)["ObjectLockMode"] == "GOVERNANCE"


def test_a_release_that_fails_raises_an_alarm(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()
    centre.complain(contact_id, "C-5")

    def act() -> None:
        centre.fails("dynamodb", "TransactWriteItems")
        centre.release("C-5")

    assert drill.raises(act) == {"ReleaseHoldReleaseFailedAlarm"}


def test_card_data_that_is_not_gone_raises_an_alarm(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()

    def act() -> None:
        centre.fails("s3", "ListObjectVersions")
        centre.remove_card_data(contact_id, "a.wav")

    assert drill.raises(act) == {"RemoveCardDataCardDataNotGoneAlarm"}


def test_a_copy_that_somebody_removes_raises_an_alarm_and_is_told_to_the_officer(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()
    centre.complain(contact_id, "C-8")
    drill.world.run_until(drill.world.clock.now() + timedelta(hours=1))
    copy = next(one for one in centre.copies(contact_id) if "/call_recording/" in one["Key"])
    place = {"Bucket": drill.world.names.buckets["legal_hold"], "Key": copy["Key"], "VersionId": copy["VersionId"]}
    since = drill.world.clock.now()

    def act() -> None:
        drill.world.client("s3").delete_object(**place, BypassGovernanceRetention=True)
        drill.world.settle()

    assert "ConfirmDisposalUnannouncedRemovalAlarm" in drill.raises(act, within=timedelta(minutes=30))
    officer = [one for one in drill.world.notifications if "DataProtection" in one.topic and one.at >= since]
    told = [one for one in officer if not str(one.subject).startswith("Register 2")]
    assert [one.subject for one in told] == ["Held copies were removed by somebody"]
    assert copy["Key"] in told[0].message


def test_break_glass_and_what_people_do_beside_it_raise_alarms(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()
    centre.complain(contact_id, "C-11")
    drill.world.run_until(drill.world.clock.now() + timedelta(hours=1))
    copy = next(one for one in centre.copies(contact_id) if "/call_recording/" in one["Key"])
    body = {"key": copy["Key"], "version_id": copy["VersionId"], "why": "copied in error"}
    role = f"{staff_prefix(drill.world)}break-glass"

    def act() -> None:
        answer = post(drill.world, "guard_evidence", role=role, session="ann", body=json.dumps(body))
        assert answer.decoded()["status"] == "removed"
        drill.world.settle()

    assert "GuardEvidenceGlassBrokenAlarm" in drill.raises(act, within=timedelta(minutes=30))
    who = {"type": "Root", "arn": f"arn:aws:iam::{drill.world.account}:root"}
    stopped = {"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging", "eventTime": "now"}
    event = {"source": "aws.cloudtrail", "detail-type": "AWS API Call via CloudTrail"}
    told = {**event, "detail": {**stopped, "userIdentity": who, "requestParameters": {"name": "trail"}}}
    raised = drill.raises(lambda: drill.world.publish("default", told), within=timedelta(minutes=30))
    assert "GuardEvidenceActOnEvidenceAlarm" in raised


def test_a_request_whose_row_cannot_be_read_raises_an_alarm(drill: Drill) -> None:
    rows, table = drill.world.client("dynamodb"), drill.world.names.tables["RightsRequests"]
    key = {"pk": {"S": "REQUEST#SAR-9"}, "sk": {"S": "META"}}
    agenda = {"agenda": {"S": "requests"}, "next_action_at": {"S": "2027-03-01"}}
    rows.put_item(TableName=table, Item={**key, **agenda, "id": {"S": "SAR-9"}, "received_on": {"S": "some day"}})

    raised = drill.raises(lambda: None, within=timedelta(days=1))
    rows.delete_item(TableName=table, Key=key)
    drill.world.run_until(drill.world.clock.now() + timedelta(days=1))

    assert raised == {"RequestFailedAlarm"}


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        (
            True,
            {"RetireContactRecordsDisposalFailedAlarm", "RetireContactRecordsErrorsAlarm", "FailedRunsNotEmptyAlarm"},
        ),
        (False, {"RetireContactRecordsDisposalSkippedAlarm"}),
    ],
)
def test_contact_records_that_are_due_and_stay_raise_an_alarm(
    drill: Drill,
    centre: Centre,
    refused: bool,  # noqa: FBT001 - a parameter of the test
    expected: set[str],
) -> None:
    place = {"Bucket": drill.world.names.buckets["contact_record"], "Key": "contact-records/year=2024/month=01/old.gz"}
    held = {"ObjectLockLegalHoldStatus": "ON"} if refused else {}
    version = drill.world.client("s3").put_object(**place, Body=b"old", **held)["VersionId"]
    centre.switch("on" if refused else "off")

    raised = drill.raises(lambda: None, within=timedelta(days=1))
    centre.switch("on")
    if refused:
        drill.world.client("s3").put_object_legal_hold(**place, VersionId=version, LegalHold={"Status": "OFF"})
    drill.world.run_until(drill.world.clock.now() + timedelta(days=1))
    drill.empty("FailedRunsQueue")
    drill.world.run_until(drill.world.clock.now() + HOURS)

    assert raised == expected


def test_contact_records_that_firehose_sets_aside_raise_an_alarm(drill: Drill) -> None:
    place = {"Bucket": drill.world.names.buckets["contact_record"], "Key": "contact-record-errors/format/2027/x.gz"}

    raised = drill.raises(lambda: drill.world.client("s3").put_object(**place, Body=b"lost"), within=timedelta(days=1))
    drill.world.run_until(drill.world.clock.now() + timedelta(days=1))

    assert raised == {"RetireContactRecordsRecordsSetAsideAlarm"}
    assert drill.watching.in_alarm() == set()


def test_a_nightly_run_that_fails_to_the_end_is_set_aside_and_counts_as_not_run(drill: Drill, centre: Centre) -> None:
    def act() -> None:
        # More than the three runs that Lambda makes of each nightly job, with their retries, ask for.
        centre.fails("dynamodb", "Query", times=60)

    raised = drill.raises(act, within=timedelta(hours=30))
    drill.world.faults.clear()
    drill.empty("FailedRunsQueue")
    drill.world.run_until(drill.world.clock.now() + timedelta(days=1))

    assert {"FailedRunsNotEmptyAlarm", "MaintainHoldsErrorsAlarm", "MaintainHoldsDailyDidNotRunAlarm"} <= raised


def test_an_event_that_reaches_no_queue_raises_an_alarm(drill: Drill) -> None:
    """This drill takes the queue away: it is the last."""
    drill.world.client("sqs").delete_queue(QueueUrl=drill.world.names.queues["SmsStatusesQueue"])
    event = {"source": "aws.sms-voice", "detail-type": "Text Message Delivery Status Updated", "detail": {}}

    assert drill.raises(lambda: drill.world.publish("default", event)) == {"UndeliveredEventsNotEmptyAlarm"}
