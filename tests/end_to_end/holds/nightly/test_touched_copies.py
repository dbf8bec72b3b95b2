"""What somebody does to held copies is found, told, and put right where it can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.begun import begun
from tests.end_to_end.children import in_a_child
from tests.end_to_end.stories import call, logged, moment, recording_key, told

START = "2027-02-01T09:00:00"
FLAGGED = "2027-02-10T12:00:00"
KEY = f"a1/call_recording/{recording_key('a1', START)}"
MANIFEST = "a1/manifests/C-1.json"
Act = Callable[[Any, str, str], None]


TOUCHED = "2027-03-20T12:00:00"
UNTIL = "2027-05-20T12:00:00"

Ended = Callable[[Callable[[Replay], State]], State]
Touched = Callable[..., State]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """Return what ends the story of a held call, each time in another way."""
    path = tmp_path_factory.mktemp("held") / "story.jsonl"
    lines = [*call("a1", START), logged(FLAGGED, "C-1", ["a1"], received_on="2027-02-09")]
    with begun(lines, path, moment(TOUCHED)) as replay:
        yield lambda end: in_a_child(lambda: end(replay))


@pytest.fixture
def touched(held: Ended) -> Touched:
    """Return what gives the state of the held call after somebody touched what is held."""

    def end(act: Act, at: str = TOUCHED, until: str = UNTIL) -> State:
        def go_on(running: Replay) -> State:
            running.run_until(moment(at))
            names = running.world.names.buckets
            act(running.world.client("s3"), names["legal_hold"], names["call_recording"])
            running.run_until(moment(until))
            return running.outcome().state

        return held(go_on)

    return end


def _hide(key: str, times: int = 1) -> Act:
    def act(s3: Any, bucket: str, _: str) -> None:  # noqa: ANN401 - a client of boto3
        for _number in range(times):
            s3.delete_object(Bucket=bucket, Key=key)

    return act


def _cover(key: str) -> Act:
    return lambda s3, bucket, _: s3.put_object(Bucket=bucket, Key=key, Body=b"something else") and None


def _delete(s3: Any, bucket: str, key: str) -> None:  # noqa: ANN401 - a client of boto3
    for one in s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]:
        s3.put_object_legal_hold(Bucket=bucket, Key=key, VersionId=one["VersionId"], LegalHold={"Status": "OFF"})
        s3.delete_object(Bucket=bucket, Key=key, VersionId=one["VersionId"], BypassGovernanceRetention=True)


def _shorten(s3: Any, bucket: str, _: str) -> None:  # noqa: ANN401 - a client of boto3
    retention = {"Mode": "GOVERNANCE", "RetainUntilDate": moment("2027-06-01T00:00:00")}
    s3.put_object_retention(Bucket=bucket, Key=KEY, Retention=retention, BypassGovernanceRetention=True)


def _latest(state: State, key: str) -> Any:  # noqa: ANN401 - one stored object
    return next(one for one in state.stores["legal_hold"].objects if one.key == key and one.is_latest)


@pytest.mark.parametrize("act", [_hide(KEY), _hide(KEY, times=30), _cover(KEY)])
def test_a_copy_behind_markers_or_another_version_is_on_top_again_under_its_lock(touched: Touched, act: Act) -> None:
    state = touched(act)

    [hold] = state.holds
    top = _latest(state, KEY)
    assert (hold.status, top.bytes, top.lock_mode) == ("held", 4800, "GOVERNANCE")
    assert [one.subject for one in told(state)] == ["Held copies were touched: case C-1"]
    assert state.dead_letters == []


@pytest.mark.parametrize(
    ("until", "locked"), [("2027-03-31T12:00:00", "2027-06-01"), ("2027-04-02T12:00:00", "2028-08-09")]
)
def test_a_lock_that_somebody_shortened_is_put_back_after_the_next_statement_and_not_before(
    touched: Touched, until: str, locked: str
) -> None:
    """S3's inventory lists the lock of each version (user guide, "Amazon S3 Inventory list", optional fields)."""
    state = touched(_shorten, until=until)

    assert str(_latest(state, KEY).retain_until)[:10] == locked
    assert state.calls["place_hold"].get("s3.PutObjectRetention", 0) == (until > "2027-04")
    assert state.dead_letters == []


@pytest.mark.parametrize("act", [_hide(MANIFEST), _cover(MANIFEST)])
def test_a_manifest_that_was_hidden_is_written_again(touched: Touched, act: Act) -> None:
    state = touched(act)

    top = _latest(state, MANIFEST)
    assert top.bytes > 500
    assert top.lock_mode == "GOVERNANCE"
    assert [one.subject for one in told(state)] == ["Held copies were touched: case C-1"]


def test_a_copy_that_was_deleted_is_told_and_copied_again_from_its_original(touched: Touched) -> None:
    state = touched(lambda s3, bucket, _: _delete(s3, bucket, KEY))

    [hold] = state.holds
    assert (hold.status, hold.missing) == ("held", [])
    assert _latest(state, KEY).bytes == 4800
    assert [one.subject for one in told(state)] == [
        "Held copies were removed by somebody",
        "Held copies were touched: case C-1",
    ]


def test_a_copy_that_was_deleted_when_its_original_is_gone_is_a_loss_and_never_the_schedule(touched: Touched) -> None:
    state = touched(
        lambda s3, bucket, _: _delete(s3, bucket, KEY),
        at="2027-09-20T12:00:00",
        until="2027-12-20T12:00:00",
    )

    [hold] = state.holds
    assert hold.status == "partial"
    [why] = [one.why for one in hold.missing]
    assert why.startswith("the held copy was deleted from the hold bucket, as seen on 2027-")
    assert why.endswith("; its original is not in the store any more")
    [at_once, notice] = told(state)
    assert at_once.subject == "Held copies were removed by somebody"
    assert notice.subject == "Held copies were touched, hold incomplete: case C-1"


def test_a_confirmation_that_cannot_be_read_is_nothing_to_the_one_beside_it(held: Ended) -> None:
    gone = {"eventName": "ObjectRemoved:Delete", "eventTime": "2027-03-20T12:00:00Z"}

    def end(running: Replay) -> State:
        names = running.world.names
        copy = {"bucket": {"name": names.buckets["legal_hold"]}, "object": {"key": KEY, "versionId": "v1"}}
        body = json.dumps({"Records": [{**gone, "s3": copy, "eventTime": "soon"}, {**gone, "s3": copy}]})
        running.world.client("sqs").send_message(QueueUrl=names.queues["RemovedCopiesQueue"], MessageBody=body)
        running.run_until(moment("2027-03-21T12:00:00"))
        return running.state()

    state = held(end)
    assert len([one for one in told(state) if "DataProtection" in one.topic]) == 1
    assert len(state.dead_letters) == 1
