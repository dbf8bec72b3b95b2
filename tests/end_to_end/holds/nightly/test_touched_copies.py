"""What somebody does to held copies is found, told, and put right where it can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.begun import asleep, begun
from tests.end_to_end.children import in_a_child
from tests.end_to_end.stories import call, logged, moment, recording_key, told

START = "2027-02-10T09:00:00"
FLAGGED = "2027-02-10T12:00:00"
KEYS = {f"a{number}": f"a{number}/call_recording/{recording_key(f'a{number}', START)}" for number in range(1, 8)}
MANIFESTS = {f"a{number}": f"a{number}/manifests/C-{number}.json" for number in range(1, 8)}
Act = Callable[[Any, str, str], None]


CONTACTS = {f"a{number}": f"C-{number}" for number in range(1, 8)}

TOUCHED = "2027-02-26T12:00:00"
UNTIL = "2027-04-05T12:00:00"
"""After two statements: what was told once is not told again."""

Ended = Callable[[Callable[[Replay], Any]], Any]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """Return what ends the story of held calls, each time in another way."""
    path = tmp_path_factory.mktemp("held") / "story.jsonl"
    lines = [line for contact in CONTACTS for line in call(contact, START)]
    lines.sort(key=lambda line: str(line["at"]))
    lines += [logged(FLAGGED, case, [contact], received_on="2027-02-09") for contact, case in CONTACTS.items()]
    with begun(lines, path, moment(TOUCHED)) as replay:
        yield lambda end: in_a_child(lambda: end(replay))


Told = list[tuple[str, str]]


@pytest.fixture(scope="module")
def touched_and_told(held: Ended) -> tuple[State, Told]:
    """Return the state after somebody touched one thing of each contact but one, each in another way.

    With the subjects and texts of all that was told.
    """

    def go_on(running: Replay) -> tuple[State, Told]:
        names = running.world.names.buckets
        for act in TOUCHES.values():
            act(running.world.client("s3"), names["legal_hold"], names["call_recording"])
        running.run_until(moment(UNTIL))
        return running.state(), [(str(one.subject), one.message) for one in running.world.notifications]

    ended: tuple[State, Told] = held(go_on)
    return ended


@pytest.fixture
def touched(touched_and_told: tuple[State, Told]) -> State:
    return touched_and_told[0]


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


def _shorten(s3: Any, bucket: str) -> None:  # noqa: ANN401 - a client of boto3
    retention = {"Mode": "GOVERNANCE", "RetainUntilDate": moment("2027-06-01T00:00:00")}
    s3.put_object_retention(Bucket=bucket, Key=KEYS["a7"], Retention=retention, BypassGovernanceRetention=True)


def _latest(state: State, key: str) -> Any:  # noqa: ANN401 - one stored object
    return next(one for one in state.stores["legal_hold"].objects if one.key == key and one.is_latest)


def _about(state: State, contact: str) -> list[str]:
    return [str(one.subject) for one in told(state) if str(one.subject).endswith(f"case {CONTACTS[contact]}")]


TOUCHES: dict[str, Act] = {
    "a1": _hide(KEYS["a1"]),
    "a2": _hide(KEYS["a2"], times=30),
    "a3": _cover(KEYS["a3"]),
    "a4": _hide(MANIFESTS["a4"]),
    "a5": _cover(MANIFESTS["a5"]),
    "a6": lambda s3, bucket, _: _delete(s3, bucket, KEYS["a6"]),
}


@pytest.mark.parametrize("contact", ["a1", "a2", "a3"])
def test_a_copy_behind_markers_or_another_version_is_on_top_again_under_its_lock(touched: State, contact: str) -> None:
    [hold] = [one for one in touched.holds if one.contact_id == contact]
    top = _latest(touched, KEYS[contact])
    assert (hold.status, top.bytes, top.lock_mode) == ("held", 4800, "GOVERNANCE")
    assert _about(touched, contact) == [f"Held copies were touched: case {CONTACTS[contact]}"]


def test_each_touch_is_told_once_and_nothing_of_what_was_not_touched(touched: State) -> None:
    assert sorted(str(one.subject) for one in told(touched)) == [
        "Held copies were removed by somebody",
        *(f"Held copies were touched: case {CONTACTS[contact]}" for contact in TOUCHES),
    ]
    assert touched.dead_letters == []


@pytest.mark.parametrize("contact", ["a4", "a5"])
def test_a_manifest_that_was_hidden_is_written_again(touched: State, contact: str) -> None:
    top = _latest(touched, MANIFESTS[contact])
    assert top.bytes > 500
    assert top.lock_mode == "GOVERNANCE"
    assert _about(touched, contact) == [f"Held copies were touched: case {CONTACTS[contact]}"]


def test_a_copy_that_was_deleted_is_told_and_copied_again_from_its_original(touched: State) -> None:
    [hold] = [one for one in touched.holds if one.contact_id == "a6"]
    assert (hold.status, hold.missing) == ("held", [])
    assert _latest(touched, KEYS["a6"]).bytes == 4800
    assert _about(touched, "a6") == ["Held copies were touched: case C-6"]


def test_what_was_removed_is_named_and_what_was_only_hidden_is_not(touched_and_told: tuple[State, Told]) -> None:
    [text] = [text for subject, text in touched_and_told[1] if subject == "Held copies were removed by somebody"]
    named = [line for line in text.splitlines() if line.startswith("- ")]
    assert [line.endswith(f"/{KEYS['a6']}") for line in named] == [True]


def test_a_lock_that_somebody_shortened_is_put_back_after_the_next_statement_and_not_before(held: Ended) -> None:
    """S3's inventory lists the lock of each version (user guide, "Amazon S3 Inventory list", optional fields)."""

    def shortened(running: Replay) -> tuple[State, State]:
        _shorten(running.world.client("s3"), running.world.names.buckets["legal_hold"])
        running.run_until(moment("2027-02-28T12:00:00"))
        before = running.state()
        running.run_until(moment("2027-03-02T12:00:00"))
        return before, running.state()

    for state, locked, rewritten in zip(held(shortened), ("2027-06-01", "2028-08-09"), (0, 1), strict=True):
        assert str(_latest(state, KEYS["a7"]).retain_until)[:10] == locked
        assert state.calls["place_hold"].get("s3.PutObjectRetention", 0) == rewritten
        assert state.dead_letters == []


def test_a_copy_that_was_deleted_when_its_original_is_gone_is_a_loss_and_never_the_schedule(held: Ended) -> None:
    def lost(running: Replay) -> State:
        with asleep(running.world):
            running.run_until(moment("2027-09-20T12:00:00"))
        _delete(running.world.client("s3"), running.world.names.buckets["legal_hold"], KEYS["a1"])
        running.run_until(moment("2027-10-05T12:00:00"))
        return running.state()

    state = held(lost)
    [hold] = [one for one in state.holds if one.contact_id == "a1"]
    assert hold.status == "partial"
    [why] = [one.why for one in hold.missing]
    assert why.startswith("the held copy was deleted from the hold bucket, as seen on 2027-")
    assert why.endswith("; its original is not in the store any more")
    [at_once, notice] = told(state)
    assert at_once.subject == "Held copies were removed by somebody"
    assert notice.subject == "Held copies were touched, hold incomplete: case C-1"


def test_a_confirmation_that_cannot_be_read_is_nothing_to_the_one_beside_it(held: Ended) -> None:
    gone = {"eventName": "ObjectRemoved:Delete", "eventTime": "2027-02-26T12:00:00Z"}

    def end(running: Replay) -> State:
        names = running.world.names
        copy = {"bucket": {"name": names.buckets["legal_hold"]}, "object": {"key": KEYS["a1"], "versionId": "v1"}}
        body = json.dumps({"Records": [{**gone, "s3": copy, "eventTime": "soon"}, {**gone, "s3": copy}]})
        running.world.client("sqs").send_message(QueueUrl=names.queues["RemovedCopiesQueue"], MessageBody=body)
        running.run_until(moment("2027-02-27T12:00:00"))
        return running.state()

    state = held(end)
    assert len([one for one in told(state) if "DataProtection" in one.topic]) == 1
    assert len(state.dead_letters) == 1
