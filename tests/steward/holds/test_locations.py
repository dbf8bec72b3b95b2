"""What Connect names of a contact: which class it belongs to, when it was made, and whether its period is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from steward.holds.contacts import LIVE_STREAM, Export
from steward.holds.discovery import (
    Location,
    Stores,
    believed,
    is_over,
    locations,
    prefix_of,
    streams,
)
from steward.ids import RecordClass
from steward.policy.model import Policy
from steward.retention.months import lifecycle_days
from tests.support.discovery_fixture import BEGAN, ENDED, LATER, STORES, contact, recording
from tests.support.hold_fixture import HoldFixture


@pytest.mark.parametrize(
    ("bucket", "media", "channel", "expected"),
    [
        ("store-screen_recording", "AUDIO", "VOICE", RecordClass.SCREEN_RECORDING),
        ("store-chat_transcript", "VIDEO", "VOICE", RecordClass.CHAT_TRANSCRIPT),
        ("elsewhere", "VIDEO", "CHAT", RecordClass.SCREEN_RECORDING),
        ("elsewhere", "CHAT", "VOICE", RecordClass.CHAT_TRANSCRIPT),
        ("elsewhere", "", "CHAT", RecordClass.CHAT_TRANSCRIPT),
        ("elsewhere", "AUDIO", "VOICE", RecordClass.CALL_RECORDING),
        ("elsewhere", "", "", RecordClass.CALL_RECORDING),
    ],
)
def test_a_recording_belongs_to_the_class_of_its_bucket_or_else_of_its_kind(
    bucket: str, media: str, channel: str, expected: RecordClass
) -> None:
    assert STORES.class_of(recording("k", bucket, media), channel) is expected


def test_each_object_that_connect_names_is_located_once_with_the_moment_it_was_made() -> None:
    deleted = replace(recording("b.wav"), deleted=True, deletion_reason="by a user", stopped_at=None)
    kept = replace(recording("c.wav"), deletion_reason="not said")
    named = replace(
        contact("VOICE", recording("a.wav"), recording("a.wav"), deleted, kept),
        exports=(Export(bucket="store-evaluation", key="e1.json", made_at=ENDED),),
    )

    assert locations(named, STORES, LATER) == (
        Location(
            record_class=RecordClass.CALL_RECORDING,
            bucket="store-call_recording",
            key="a.wav",
            made_at=ENDED - timedelta(minutes=1),
        ),
        Location(
            record_class=RecordClass.CALL_RECORDING,
            bucket="store-call_recording",
            key="b.wav",
            deleted="by a user",
            made_at=ENDED,
        ),
        Location(
            record_class=RecordClass.CALL_RECORDING,
            bucket="store-call_recording",
            key="c.wav",
            made_at=ENDED - timedelta(minutes=1),
        ),
        Location(record_class=RecordClass.EVALUATION, bucket="store-evaluation", key="e1.json", made_at=ENDED),
    )


def test_a_recording_of_a_running_contact_was_made_when_the_contact_began() -> None:
    running = replace(contact("VOICE", replace(recording("a.wav"), stopped_at=None)), ended_at=None)

    [location] = locations(running, STORES, LATER)

    assert location.made_at == BEGAN


def test_the_class_of_a_recording_in_a_strange_bucket_follows_the_contacts_channel() -> None:
    chat = contact("CHAT", recording("a.json", "elsewhere", ""))
    live = contact("CHAT", replace(recording("arn", "", ""), storage=LIVE_STREAM))

    assert [one.record_class for one in locations(chat, STORES, LATER)] == [RecordClass.CHAT_TRANSCRIPT]
    assert [one.record_class for one in streams(live, STORES)] == [RecordClass.CHAT_TRANSCRIPT]


def test_an_export_is_no_artefact_where_evaluations_are_not_stored() -> None:
    exported = replace(contact(), exports=(Export(bucket="b", key="e1.json", made_at=LATER + timedelta(days=1)),))

    assert locations(exported, Stores(buckets={}, prefixes={}), LATER) == ()
    [location] = locations(exported, STORES, LATER)
    assert location.made_at is None


def test_a_moment_that_has_not_come_is_not_believed() -> None:
    assert believed(LATER, None, LATER + timedelta(seconds=1), LATER, BEGAN) == LATER
    assert believed(LATER, None, LATER + timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        ("connect/CallRecordings/2027/01/12/c1_20270112T10:00_UTC.wav", "connect/CallRecordings/2027/01/12/c1"),
        ("connect/CallRecordings/2027/01/12/other.wav", "connect/CallRecordings/2027/01/12/other.wav"),
        ("c1.wav", "c1.wav"),
    ],
)
def test_all_that_begins_with_the_contacts_id_in_a_folder_is_listed_at_once(key: str, prefix: str) -> None:
    location = Location(record_class=RecordClass.CALL_RECORDING, bucket="b", key=key)

    assert prefix_of(location, "c1") == prefix
    assert location.place == ("b", key)


def test_a_class_is_over_two_days_after_its_period(world: HoldFixture) -> None:
    period = timedelta(days=days_of_period(world.policy))
    over = ENDED + period + timedelta(days=2)

    assert not is_over(RecordClass.CALL_RECORDING, contact(), world.policy, over)
    assert is_over(RecordClass.CALL_RECORDING, contact(), world.policy, over + timedelta(seconds=1))
    assert not is_over(RecordClass.CALL_RECORDING, replace(contact(), ended_at=None), world.policy, over)
    nothing = msgspec.structs.replace(world.policy, retention={})
    assert not is_over(RecordClass.CALL_RECORDING, contact(), nothing, over + timedelta(days=9))


def days_of_period(policy: Policy) -> int:
    return lifecycle_days(policy.retention[RecordClass.CALL_RECORDING])
