"""One short story in which every function, rule, queue, schedule and role of a deployment has something to do.

``tour`` lives it in a world of its own, in four days of virtual time, and returns what has to be true afterwards: each
claim with what was found instead, nothing if it holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.iam.permissions import Refusal
from simulator.aws.iam.policies.deployed import DeployedPolicies
from simulator.aws.iam.policies.statements import Need
from simulator.aws.lambda_.invocation import Invocation, Outcome
from simulator.aws.sms.deliveries import Step
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from steward.ids import S3_RECORD_CLASSES
from tests.end_to_end.permissions.claims import claims, unless
from tests.end_to_end.permissions.people import act_as_people
from tests.end_to_end.permissions.rights import (
    ATTACHED,
    EVALUATED,
    MAILED,
    SCREEN,
    TRANSCRIPT,
    disclosures,
    erasures,
    rectifications,
    requests,
    restrictions,
)
from tests.end_to_end.stories import Line, call, decide, fault, logged, moment, own_event, recording_key, released, wait

BARNET = Path("policies/barnet.toml")
_DEAD = "DeadLettersQueue"
_TAKE_ANYTHING = {"ConfigurationChanges"}
"""What lies there says that something changed, whatever it says."""
MOBILE, OTHER_MOBILE, STOPPED, INVALID = (f"+44740090026{digit}" for digit in "4567")
ENDS_TOMORROW, ENDS_SOON = "2025-07-05", "2025-07-20"
"""Eighteen months after the first a hold ends on the second day of the tour, after the other two weeks later."""


@dataclass(frozen=True)
class Toured:
    """What came of a tour."""

    claims: Mapping[str, str]
    """What was found wrong, by the claim; an empty text where it holds."""
    refused: tuple[Refusal, ...]
    needs: tuple[Need, ...]
    of_services: frozenset[Need]
    """Those of them that follow from what is declared, before anything has happened."""
    policies: DeployedPolicies

    def broken(self) -> dict[str, str]:
        """Return the claims that do not hold."""
        return {claim: found for claim, found in self.claims.items() if found}


class Stumbled(Exception):
    """A function ended with an error, and the tour with it."""


def tour(assembly: Path, *, to_the_end: bool = True) -> Toured:
    """Live through the story with the templates of an assembly.

    Without ``to_the_end`` raise ``Stumbled`` at the first error of a function that works with the whole templates.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tour.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in _story()))
        story = read_scenario(path)
        with Replay.start(story, file=path, policy=BARNET, assembly=assembly) as replay:
            declared = _declared(replay.world)
            if not to_the_end:
                replay.world.functions.observers.append(_stumble)
            _prepare_texts(replay.world)
            # As on the morning after a deployment, before any record came.
            replay.world.run("count_contact_records", {})
            replay.run_until(moment("2027-01-04T15:59:00"))
            _disturb_stores(replay.world)
            replay.run_until(moment("2027-01-05T09:00:00"))
            _state(replay.world)
            replay.run_until(moment("2027-01-06T12:00:00"))
            letters = {letter.queue.partition("DeadLetters")[0] for letter in replay.world.dead_letters()}
            letters = {letter.removeprefix("local-steward-").partition("-")[2] for letter in letters}
            wanted = work_queues(replay.world)
            act_as_people(replay.world)
            replay.run_until(story[-1].at)
            permissions = replay.world.permissions
            return Toured(
                claims={
                    "Poison was set aside in every work queue": unless(letters, wanted),
                    **dict(claims(replay.state(), replay.world)),
                },
                refused=tuple(permissions.refused),
                needs=tuple(permissions.needs),
                of_services=declared,
                policies=permissions.policies,
            )


def _declared(world: EmbeddedAws) -> frozenset[Need]:
    assert world.permissions.policies, "reading the policies finds what services need"
    return frozenset(world.permissions.needs)


def _stumble(invocation: Invocation, outcome: Outcome) -> None:
    if outcome.error is not None:
        raise Stumbled(f"{invocation.spec.short_name}: {outcome.error}")


def _story() -> list[Line]:
    lines = [
        *_calls(),
        *_chat(),
        *_flags(),
        *_contact_records(),
        *_payments(),
        *_texts(),
        *requests(),
        *disclosures(),
        *erasures(),
        *rectifications(),
        *restrictions(),
        wait("2027-01-12T12:00:00"),
    ]
    return sorted(lines, key=lambda line: moment(line["at"]))


def _at(when: str, **action: object) -> Line:
    return {"at": moment(when).isoformat(), **action}


def _calls() -> Iterator[Line]:
    names = ("a1", "b1", "d1", "e1", "f1", "g1", "h1", "k1", "q1", "r1", "s1")
    for minute, contact_id in enumerate(names):
        yield from call(contact_id, f"2027-01-04T08:{minute:02}:00")
    screen = {"Location": f"{{screen_recording}}/{SCREEN}", "MediaStreamType": "VIDEO", "Status": "AVAILABLE"}
    judged = {"e-8": {"Status": "COMPLETE", "EvaluationArn": "x/e-8", "ExportLocation": f"{{evaluation}}/{EVALUATED}"}}
    yield from call("v1", "2027-01-04T08:12:00", Recordings=[screen], ContactEvaluations=judged)
    yield _at("2027-01-04T09:01:00", object={"store": "evaluation", "key": EVALUATED, "body": "{}"})
    yield _at("2027-01-04T09:01:00", object={"store": "screen_recording", "key": SCREEN, "bytes": 4800})
    message = {"Type": "EMAIL_MESSAGE", "Value": "7a0e0000-0000-4000-8000-00000000f11e", "Status": "APPROVED"}
    times = {
        "InitiationTimestamp": "2027-01-04T08:00:00+00:00",
        "DisconnectTimestamp": "2027-01-04T08:20:00+00:00",
    }
    mail = {"Id": "m1", "Channel": "EMAIL", **times, "References": {"message": message}}
    yield _at("2027-01-04T09:00:00", contact=mail)
    yield _at("2027-01-04T09:01:00", object={"store": "email_message", "key": MAILED, "body": "{}"})
    yield from call("a2", "2027-01-04T08:20:00", InitialContactId="a1", PreviousContactId="a1")
    # It appears after the flag, so that a later look finds it.
    late = "Analysis/Voice/2027/01/04/b1_analysis_2027-01-04T08:07:00Z.json"
    yield _at("2027-01-04T10:10:00", object={"store": "call_recording", "key": late, "body": "{}"})


def _chat() -> Iterator[Line]:
    contact = {
        "Id": "c1",
        "Channel": "CHAT",
        "InitiationTimestamp": "2027-01-04T08:00:00+00:00",
        "DisconnectTimestamp": "2027-01-04T08:20:00+00:00",
        "Recordings": [
            {"Location": f"{{chat_transcript}}/{TRANSCRIPT}", "MediaStreamType": "CHAT", "Status": "AVAILABLE"}
        ],
        "References": {
            "photo": {"Type": "ATTACHMENT", "Value": "5f0e0000-0000-4000-8000-00000000f11e", "Status": "APPROVED"}
        },
        "Evaluations": [{"EvaluationId": "e-9", "Form": "Quality", "Status": "SUBMITTED", "Answers": {"tone": "5"}}],
    }
    yield _at("2027-01-04T09:00:00", contact=contact)
    for store, key in (
        ("chat_transcript", TRANSCRIPT),
        ("attachment", ATTACHED),
        ("evaluation", "Evaluations/2027/01/04/08:30:00.000Z-e-9.json"),
    ):
        yield _at("2027-01-04T09:01:00", object={"store": store, "key": key, "body": key})


def _flags() -> Iterator[Line]:
    keys = {"complaint_received": "2027-01-04", "complaint_stage": "1"}
    yield logged("2027-01-04T10:00:00", "C-1", ["a2"], received_on=ENDS_TOMORROW)
    yield logged("2027-01-04T10:00:00", "C-2", ["c1"], received_on="2027-01-04")
    escalated = {"case": "C-2", "stage": "2", "on": "2027-01-04", "requested_by": "officer.1"}
    yield own_event("2027-01-04T11:00:00", "Complaint Escalated", escalated)
    closed = {"case": "C-2", "closed_on": "2027-01-05", "requested_by": "officer.1"}
    yield own_event("2027-01-05T11:00:00", "Complaint Closed", closed)
    record = {
        "ContactId": "b1",
        "Channel": "VOICE",
        "InitiationTimestamp": "2027-01-04T08:01:00Z",
        "LastUpdateTimestamp": "2027-01-04T10:00:00Z",
        "Attributes": {"complaint_reference": "C-3", **keys},
    }
    yield _at("2027-01-04T10:00:00", record=record)
    # Of a day that is compared: records came before it began.
    later = {**record, "ContactId": "new", "InitiationTimestamp": "2027-01-07T10:00:00Z"}
    yield _at("2027-01-07T10:00:00", record=later)
    tagged = {"eventType": "CONTACT_DATA_UPDATED", "contactId": "d1", "channel": "VOICE"}
    tags = {"complaint_reference": "C-4", **keys}
    event = {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": {**tagged, "tags": tags}}
    yield _at("2027-01-04T10:00:00", event=event)
    answers = {"reference": "C-5", "received_on": "2027-01-04", "stage": "1"}
    form = {"EvaluationId": "e-1", "Form": "Complaint", "Status": "SUBMITTED", "Answers": answers}
    yield _at("2027-01-04T10:00:00", contact={"Id": "e1", "Evaluations": [form]})
    event = {
        "source": "aws.connect",
        "detail-type": "Contact Lens Evaluation Rules Matched",
        "detail": {"instanceArn": "{instance_arn}", "contactArn": "{instance_arn}/contact/e1"},
    }
    yield _at("2027-01-04T10:00:01", event=event)
    found = {"store": "call_recording", "key": recording_key("f1", "2027-01-04T08:04:00")}
    yield _at("2027-01-04T10:00:02", tag_object={**found, "tags": {"complaint_reference": "C-6", **keys}})
    yield logged("2027-01-04T10:00:03", "C-7", ["nobody"])
    yield logged("2027-01-04T10:00:03", "C-8", ["g1"], received_on="2027-01-04")
    yield own_event("2027-01-04T11:00:00", "Complaint Escalated", {**escalated, "case": "C-8"})
    yield from released("2027-01-04T14:50:00", "C-8")
    yield logged("2027-01-04T16:00:00", "C-9", ["h1"], received_on="2027-01-04")
    yield logged("2027-01-04T16:00:00", "C-10", ["v1", "m1"], received_on="2027-01-04")
    # The answer to the copy is lost, so it is made a second time.
    yield fault("2027-01-04T09:59:59", "s3", "CopyObject", "ReadTimeout", after_effect=True)
    # Another case holds the same contact for a shorter time than the one that is released.
    yield logged("2027-01-04T10:00:05", "R-1", ["r1"], received_on="2027-01-04")
    yield logged("2027-01-04T10:00:06", "R-2", ["r1"], received_on=ENDS_SOON)
    yield from released("2027-01-04T14:55:00", "R-1")
    # It cannot be read at first, and its hold is released before the second attempt.
    yield fault("2027-01-04T14:29:00", "s3", "GetObject", "AccessDenied")
    yield logged("2027-01-04T14:30:00", "S-1", ["s1"], received_on="2027-01-04")
    yield from released("2027-01-04T14:40:00", "S-1")
    asked = {"case": "C-10", "why": "not sure", "requested_by": "officer.1"}
    yield own_event("2027-01-05T12:00:00", "Hold Released", asked)
    for case in ("Q-1", "Q-2"):
        yield logged("2027-01-04T10:00:04", case, ["q1"], received_on="2027-01-04")
    recording = f"s3://{{call_recording}}/{recording_key('q1', '2027-01-04T08:08:00')}"
    named = {"why": "card data", "objects": [recording]}
    yield decide("2027-01-06T13:00:00", "information-officer/ann", "card_data", "q1", "request", **named)
    yield decide("2027-01-06T13:01:00", "data-protection-officer/ben", "card_data", "q1", "approve")


def _disturb_stores(world: EmbeddedAws) -> None:
    """Put delete markers over recordings, as lifecycle rules do, and a legal hold on a manifest.

    One that stands on a manifest at the end is steward's own, such as an open case left.
    """
    buckets, storage = world.names.buckets, world.client("s3")
    storage.delete_object(Bucket=buckets["call_recording"], Key=recording_key("h1", "2027-01-04T08:06:00"))
    storage.delete_object(Bucket=buckets["screen_recording"], Key=SCREEN)
    held = storage.list_objects_v2(Bucket=buckets["legal_hold"], Prefix="a1/manifests/").get("Contents", [])
    _poison(world)
    for name, bucket in buckets.items():
        if name in {*S3_RECORD_CLASSES, "legal_hold"}:
            # Something that the statement asks S3 about: too old in each store, unknown in the hold bucket.
            world.s3.put_object(bucket, "odd/x", 1, at=moment("2020-01-01T09:00:00"))
    for copy in held:
        storage.put_object_legal_hold(Bucket=buckets["legal_hold"], Key=copy["Key"], LegalHold={"Status": "ON"})


def _state(world: EmbeddedAws) -> None:
    """Ask twice in one moment for a statement, and for a pack's signature: the second finds the first."""
    for status in ("made", "there"):
        assert world.invoke("write_statement", {"on_demand": True})["status"] == status
    for status in ("signed", "there"):
        assert world.invoke("write_statement", {"sign_pack": "0" * 64})["status"] == status


def work_queues(world: EmbeddedAws) -> set[str]:
    """Return the names of the queues that have dead letters of their own, and in which something can be poison."""
    return {name.removesuffix(_DEAD) for name in world.names.queues if name.endswith(_DEAD)} - _TAKE_ANYTHING


def _poison(world: EmbeddedAws) -> None:
    for name in sorted(work_queues(world)):
        world.client("sqs").send_message(QueueUrl=world.names.queues[f"{name}Queue"], MessageBody="poison")


def _prepare_texts(world: EmbeddedAws) -> None:
    """Let the SMS service know of a STOP that nobody told steward, and of a number that does not exist."""
    world.sms.settings.lists_bind_sender_ids = True
    world.client("pinpoint-sms-voice-v2").put_opted_out_number(OptOutListName="Default", OptedOutNumber=STOPPED)
    world.sms.plan(INVALID, Step("TEXT_INVALID", timedelta(seconds=5)))


def _contact_records() -> Iterator[Line]:
    record = {
        "ContactId": "old",
        "Channel": "VOICE",
        "InitiationTimestamp": "2024-12-15T10:00:00Z",
        "LastUpdateTimestamp": "2027-01-04T10:00:00Z",
        "Attributes": {},
    }
    yield _at("2027-01-04T10:00:00", record=record)
    # Of a day that is compared: records came before it began.
    later = {**record, "ContactId": "new", "InitiationTimestamp": "2027-01-07T10:00:00Z"}
    yield _at("2027-01-07T10:00:00", record=later)


def _ask(  # noqa: PLR0917 - a line of the story
    when: str, function: str, label: str, contact_id: str, parameters: Mapping[str, str], number: str
) -> Line:
    data: dict[str, Any] = {
        "ContactId": contact_id,
        "InitialContactId": contact_id,
        "Channel": "VOICE",
        "LanguageCode": "en-GB",
        "InstanceARN": "{instance_arn}",
        "Attributes": {},
        "CustomerEndpoint": {"Address": number, "Type": "TELEPHONE_NUMBER"},
    }
    payload = {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": dict(parameters)}}
    return _at(when, invoke={"function": function, "payload": payload, "as": label})


def _payments() -> Iterator[Line]:
    def asks(when: str, operation: str, contact_id: str) -> Line:
        label = f"{operation} {contact_id}"
        return _ask(when, "control_recording", label, contact_id, {"operation": operation}, MOBILE)

    # p7 carries six tags already, so that the guard has to look where it is transferred to.
    six = {f"council:{number}": "set" for number in range(6)}
    for contact_id in ("p1", "p2", "p4", "p5", "p7"):
        fields: dict[str, Any] = {
            "Id": contact_id,
            "Channel": "VOICE",
            "InitiationTimestamp": "2027-01-04T12:00:00+00:00",
            **({"Tags": six} if contact_id == "p7" else {}),
        }
        yield _at("2027-01-04T12:00:00", contact={**fields, "InitialContactId": contact_id})
        yield _at(
            "2027-01-04T12:00:01", recording={"contact_id": contact_id, "types": ["AGENT", "SCREEN"], "state": "on"}
        )
        yield asks("2027-01-04T12:01:00", "pause", contact_id)
        yield asks("2027-01-04T12:01:10", "status", contact_id)
    yield asks("2027-01-04T12:02:00", "resume", "p1")
    yield asks("2027-01-04T12:02:00", "resume", "p7")
    yield _at("2027-01-04T12:02:00", contact={"Id": "p5", "DisconnectTimestamp": "2027-01-04T12:02:00+00:00"})
    yield asks("2027-01-04T12:02:10", "resume", "p5")
    # p2 is transferred to p3 while it is paused; p4 hangs up, and its event is lost.
    transferred = {
        "Id": "p3",
        "InitialContactId": "p2",
        "PreviousContactId": "p2",
        "Channel": "VOICE",
        "InitiationMethod": "TRANSFER",
        "InitiationTimestamp": "2027-01-04T12:03:00+00:00",
    }
    yield _at("2027-01-04T12:03:00", contact=transferred)
    yield _at("2027-01-04T12:03:00", recording={"contact_id": "p3", "types": ["AGENT"], "state": "on"})
    yield _at("2027-01-04T12:03:01", contact={"Id": "p2", "DisconnectTimestamp": "2027-01-04T12:03:01+00:00"})
    for kind, contact_id in (("DISCONNECTED", "p2"), ("INITIATED", "p3")):
        detail = {
            "eventType": kind,
            "contactId": contact_id,
            "initialContactId": "p2",
            "previousContactId": "p2" if contact_id == "p3" else None,
            "channel": "VOICE",
            "instanceArn": "{instance_arn}",
            **({"disconnectTimestamp": "2027-01-04T12:03:01Z"} if kind == "DISCONNECTED" else {}),
        }
        event = {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": detail}
        yield _at("2027-01-04T12:03:02", event=event)
    # p6 calls p5 back: it is a call of its own, from which the guard takes the tag.
    called_back = transferred | {
        "Id": "p6",
        "InitialContactId": "p5",
        "PreviousContactId": "p5",
        "InitiationMethod": "CALLBACK",
        "InitiationTimestamp": "2027-01-04T12:20:00+00:00",
    }
    yield _at("2027-01-04T12:20:00", contact=called_back)
    callback = {
        "eventType": "CONNECTED_TO_AGENT",
        "contactId": "p6",
        "initialContactId": "p5",
        "previousContactId": "p5",
        "channel": "VOICE",
        "instanceArn": "{instance_arn}",
        "initiationMethod": "CALLBACK",
    }
    event = {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": callback}
    yield _at("2027-01-04T12:20:01", event=event)
    yield _at("2027-01-04T12:30:00", contact={"Id": "p4", "DisconnectTimestamp": "2027-01-04T12:30:00+00:00"})


def _texts() -> Iterator[Line]:
    wording = {"purpose": "signposting", "wording_version": "signposting-2026-11"}
    text = {"purpose": "signposting", "template": "online_services"}

    def consents(when: str, decision: str, number: str = MOBILE) -> Line:
        label = f"{decision} {number[-1]}"
        return _ask(when, "record_consent", label, "t1", {**wording, "decision": decision}, number)

    yield _ask("2027-01-04T13:00:00", "send_sms", "unasked", "t1", text, MOBILE)
    yield consents("2027-01-04T13:00:10", "given")
    yield _ask("2027-01-04T13:00:20", "send_sms", "asked", "t1", text, MOBILE)
    yield consents("2027-01-04T13:05:00", "withdrawn")
    yield consents("2027-01-04T13:06:00", "given", OTHER_MOBILE)
    yield consents("2027-01-04T13:07:00", "withdrawn", OTHER_MOBILE)
    yield consents("2027-01-04T13:08:00", "given", OTHER_MOBILE)
    for label, number in (("stopped", STOPPED), ("invalid", INVALID)):
        yield consents("2027-01-04T13:10:00", "given", number)
        yield _ask("2027-01-04T13:11:00", "send_sms", label, f"t-{label}", text, number)
    detail = {
        "eventType": "TEXT_DELIVERED",
        "eventTimestamp": 1799000000000,
        "messageRequestTimestamp": 1799000000000,
        "isFinal": True,
        "messageId": "sent-by-somebody-else",
    }
    event = {"source": "aws.sms-voice", "detail-type": "Text Message Delivery Status Updated", "detail": detail}
    yield _at("2027-01-04T13:12:00", event=event)
