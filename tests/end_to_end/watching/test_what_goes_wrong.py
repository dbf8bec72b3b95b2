"""The alarms on what steward counts, on what was set aside and on what did not run: each from its own cause."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import boto3
import pytest

from tests.end_to_end.watching.centre import Centre
from tests.end_to_end.watching.drill import Drill

HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("queue", "attempts_take", "also"),
    [
        ("HoldRequests", 3 * HOURS, {"PlaceHoldHoldRequestRefusedAlarm"}),
        ("HoldReleases", 3 * HOURS, {"ReleaseHoldReleaseRefusedAlarm"}),
        ("CardDataRemovals", 3 * HOURS, {"RemoveCardDataCardDataRefusedAlarm"}),
        ("ReleaseRequests", HOURS, set()),
        ("RemovedCopies", HOURS, set()),
        ("TaggedObjects", 3 * HOURS, {"PlaceHoldHoldRequestRefusedAlarm"}),
        ("PausedCalls", HOURS, set()),
        ("SmsStatuses", HOURS, set()),
        ("RequestEvents", HOURS, set()),
        ("PersonSearches", 3 * HOURS, set()),
        ("PackageOrders", 3 * HOURS, set()),
    ],
)
def test_a_message_that_is_set_aside_raises_an_alarm(
    drill: Drill, queue: str, attempts_take: timedelta, also: set[str]
) -> None:
    raised = drill.raises(lambda: drill.send(f"{queue}Queue"), within=attempts_take)
    drill.empty(f"{queue}DeadLettersQueue")

    assert raised == {f"{queue}DeadLettersNotEmptyAlarm", *also}


def test_a_flag_that_cannot_be_passed_on_raises_an_alarm(drill: Drill, centre: Centre) -> None:
    record = {"ContactId": str(uuid4()), "Attributes": {"complaint_reference": "C-1"}}

    def act() -> None:
        centre.fails("sqs", "SendMessage", times=20)
        drill.world.contact_record(record)

    raised = drill.raises(act)
    drill.empty("UnreadFlagsQueue")

    assert raised == {"UnreadFlagsNotEmptyAlarm"}


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

    raised = drill.raises(lambda: s3.delete_object(Bucket=bucket, Key=key), within=timedelta(minutes=70))

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


def test_a_copy_that_break_glass_removes_raises_an_alarm_and_is_told_to_the_officer(
    drill: Drill, centre: Centre
) -> None:
    contact_id = centre.contact()
    centre.complain(contact_id, "C-8")
    drill.world.run_until(drill.world.clock.now() + timedelta(hours=1))
    copy = next(one for one in centre.copies(contact_id) if "/call_recording/" in one["Key"])
    place = {"Bucket": drill.world.names.buckets["legal_hold"], "Key": copy["Key"], "VersionId": copy["VersionId"]}
    since = drill.world.clock.now()

    def act() -> None:
        with drill.world.permissions.acting_as("LegalHoldBreakGlassRole"):
            boto3.client("s3").delete_object(**place, BypassGovernanceRetention=True)
        drill.world.settle()

    assert "ConfirmDisposalUnannouncedRemovalAlarm" in drill.raises(act, within=timedelta(minutes=30))
    told = [one for one in drill.world.notifications if "DataProtection" in one.topic and one.at >= since]
    assert [one.subject for one in told] == ["Held copies were removed by somebody"]
    assert copy["Key"] in told[0].message


def test_a_copy_that_s3_does_not_give_up_raises_an_alarm(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()
    # Received eighteen months ago, less nine days: the hold ends in nine days, and the team is told a week before.
    centre.complain(contact_id, "C-6", received_on=_months_ago(drill.world.clock.now() + timedelta(days=9)))
    drill.world.run_until(drill.world.clock.now() + timedelta(days=7))
    copy = next(one for one in centre.copies(contact_id) if "/call_recording/" in one["Key"])
    drill.world.client("s3").put_object_retention(
        Bucket=drill.world.names.buckets["legal_hold"],
        Key=copy["Key"],
        VersionId=copy["VersionId"],
        Retention={"Mode": "GOVERNANCE", "RetainUntilDate": drill.world.clock.now() + timedelta(days=60)},
    )

    raised = drill.raises(lambda: None, within=timedelta(days=3))
    drill.world.client("s3").delete_object(
        Bucket=drill.world.names.buckets["legal_hold"],
        Key=copy["Key"],
        VersionId=copy["VersionId"],
        BypassGovernanceRetention=True,
    )
    drill.world.run_until(drill.world.clock.now() + timedelta(days=1))

    assert raised == {"MaintainHoldsDisposalFailedAlarm"}


def test_a_contact_whose_row_cannot_be_read_raises_an_alarm_and_stops_no_other(drill: Drill, centre: Centre) -> None:
    broken, sound = centre.contact(), centre.contact()
    centre.complain(broken, "C-9")
    centre.complain(sound, "C-10")
    # The looks that follow a flag are over by then.
    drill.world.run_until(drill.world.clock.now() + timedelta(days=2))
    rows, table = drill.world.client("dynamodb"), drill.world.names.tables["RegisterTable"]
    key = {"pk": {"S": f"CONTACT#{broken}"}, "sk": {"S": "HOLD#C-9"}}
    row = rows.get_item(TableName=table, Key=key)["Item"]
    rows.put_item(TableName=table, Item={**row, "placed_at": {"S": "some time ago"}})
    before = _inspected_at(drill, sound)

    raised = drill.raises(lambda: None, within=timedelta(days=2))
    rows.put_item(TableName=table, Item=row)
    drill.world.run_until(drill.world.clock.now() + timedelta(days=1))

    assert raised == {"MaintainHoldsContactFailedAlarm"}
    assert _inspected_at(drill, sound) > before
    assert _inspected_at(drill, broken) > before


def test_a_request_whose_row_cannot_be_read_raises_an_alarm(drill: Drill) -> None:
    rows, table = drill.world.client("dynamodb"), drill.world.names.tables["RightsRequests"]
    key = {"pk": {"S": "REQUEST#SAR-9"}, "sk": {"S": "META"}}
    agenda = {"agenda": {"S": "requests"}, "next_action_at": {"S": "2027-03-01"}}
    rows.put_item(TableName=table, Item={**key, **agenda, "id": {"S": "SAR-9"}, "received_on": {"S": "some day"}})

    raised = drill.raises(lambda: None, within=timedelta(days=1))
    rows.delete_item(TableName=table, Key=key)
    drill.world.run_until(drill.world.clock.now() + timedelta(days=1))

    assert raised == {"RequestFailedAlarm"}


def test_copies_that_are_due_and_left_raise_an_alarm(drill: Drill, centre: Centre) -> None:
    contact_id = centre.contact()
    centre.complain(contact_id, "C-7", received_on=_months_ago(drill.world.clock.now() + timedelta(days=8)))
    drill.world.run_until(drill.world.clock.now() + timedelta(days=7))
    centre.switch("off")

    raised = drill.raises(lambda: None, within=timedelta(days=2))
    centre.switch("on")
    drill.world.run_until(drill.world.clock.now() + timedelta(days=2))

    assert raised == {"MaintainHoldsDisposalSkippedAlarm"}
    assert not centre.copies(contact_id)


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


def test_a_nightly_run_that_fails_to_the_end_is_set_aside_and_counts_as_not_run(drill: Drill, centre: Centre) -> None:
    def act() -> None:
        # More than the three runs that Lambda makes of each nightly job, with their retries, ask for.
        centre.fails("dynamodb", "Query", times=60)

    raised = drill.raises(act, within=timedelta(hours=30))
    drill.world.faults.clear()
    drill.empty("FailedRunsQueue")
    drill.world.run_until(drill.world.clock.now() + timedelta(days=1))

    assert {"FailedRunsNotEmptyAlarm", "MaintainHoldsErrorsAlarm", "MaintainHoldsDailyDidNotRunAlarm"} <= raised


@pytest.mark.parametrize(
    "function", ["MaintainHolds", "RepeatOrders", "RetireContactRecords", "GuardPayments", "WatchRequests"]
)
def test_a_schedule_that_does_not_run_raises_an_alarm(drill: Drill, centre: Centre, function: str) -> None:
    raised = drill.raises(lambda: centre.schedule(f"{function}DailySchedule", "DISABLED"), within=timedelta(hours=52))
    centre.schedule(f"{function}DailySchedule", "ENABLED")
    drill.world.run_until(drill.world.clock.now() + timedelta(days=1))

    assert raised == {f"{function}DailyDidNotRunAlarm"}
    assert drill.watching.in_alarm() == set()


def test_an_event_that_reaches_no_queue_raises_an_alarm(drill: Drill) -> None:
    """This drill takes the queue away: it is the last."""
    drill.world.client("sqs").delete_queue(QueueUrl=drill.world.names.queues["SmsStatusesQueue"])
    event = {"source": "aws.sms-voice", "detail-type": "Text Message Delivery Status Updated", "detail": {}}

    assert drill.raises(lambda: drill.world.publish("default", event)) == {"UndeliveredEventsNotEmptyAlarm"}


def _inspected_at(drill: Drill, contact_id: str) -> str:
    key = {"pk": {"S": f"CONTACT#{contact_id}"}, "sk": {"S": "CONTACT"}}
    table = drill.world.names.tables["RegisterTable"]
    return str(drill.world.client("dynamodb").get_item(TableName=table, Key=key)["Item"]["inspected_at"]["S"])


def _months_ago(end: datetime) -> str:
    """Return the received date of a complaint whose hold ends on that day, eighteen months later."""
    month = end.month - 6
    year = end.year - 1 if month > 0 else end.year - 2
    return end.replace(year=year, month=month if month > 0 else month + 12).date().isoformat()
