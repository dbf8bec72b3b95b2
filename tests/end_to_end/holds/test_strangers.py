"""Flags that strangers could set, on the deployed templates of a policy that has them signed and takes few an hour."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.iam.permissions import REFUSED
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.stories import call, logged, moment

START = "2027-01-04T09:00"
BARNET = Path("policies/barnet.toml").read_text(encoding="utf-8")


def _policy(folder: Path, signals: str) -> Path:
    path = folder / "barnet.toml"
    path.write_text(
        BARNET.replace("[holds.reasons.complaint]", f"[holds.signals]\n{signals}\n\n[holds.reasons.complaint]")
    )
    return path


def _story(folder: Path, policy: Path, calls: int, until: str = "2027-01-04T10:00") -> Iterator[EmbeddedAws]:
    lines = [line for number in range(1, calls + 1) for line in call(f"c{number}", f"2027-01-04T09:{number}0")]
    path = folder / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=policy) as running:
        running.run_until(moment(until))
        yield running.world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    folder = tmp_path_factory.mktemp("signed")
    yield from _story(folder, _policy(folder, 'contact_attributes = "signed"\nper_hour = 5'), calls=4)


def _sign(world: EmbeddedAws, contact_id: str, **parameters: str) -> dict[str, str]:
    details = {"ContactData": {"ContactId": contact_id, "InitialContactId": contact_id}, "Parameters": parameters}
    answer: dict[str, str] = world.invoke("sign_flag", {"Name": "ContactFlowEvent", "Details": details})
    return answer


def _arrives(world: EmbeddedAws, contact_id: str, attributes: Mapping[str, str], channel: str = "CHAT") -> None:
    updated = world.clock.now().isoformat()
    world.contact_record(
        {"ContactId": contact_id, "Channel": channel, "LastUpdateTimestamp": updated, "Attributes": dict(attributes)}
    )


def _passes(world: EmbeddedAws, minutes: int = 20) -> None:
    world.run_until(world.clock.now() + timedelta(minutes=minutes))


def _held(world: EmbeddedAws, contact_id: str) -> bool:
    found = world.client("s3").list_objects_v2(Bucket=world.names.buckets["legal_hold"], Prefix=f"{contact_id}/")
    return bool(found["KeyCount"])


def _told(world: EmbeddedAws, word: str) -> list[str]:
    return [one.message for one in world.notifications if word in f"{one.subject} {one.message}"]


def test_what_a_flow_had_signed_is_held_and_what_somebody_typed_is_told_and_set_aside(world: EmbeddedAws) -> None:
    signed = _sign(world, "c1", reference="C-1", received="2027-01-04")
    attributes = {name: value for name, value in signed.items() if name.startswith("complaint_")}
    _arrives(world, "c1", attributes)
    _arrives(world, "c2", attributes)
    _arrives(world, "c3", {"complaint_reference": "C-3"})
    _passes(world)

    assert [_held(world, one) for one in ("c1", "c2", "c3")] == [True, False, False]
    assert len(_told(world, "complaint_signature")) == 2
    assert len([letter for letter in world.dead_letters() if '"flag"' in str(letter)]) == 2


def test_nobody_signs_beside_the_function_and_who_verifies_cannot(world: EmbeddedAws) -> None:
    [key] = [one for one in world.resources if "FlagKey" in one.declaration.logical_id]
    message: dict[str, Any] = {"KeyId": str(key.identity.attributes["Arn"]), "MacAlgorithm": "HMAC_SHA_256"}
    for role in ("PlaceHoldRole", "PlatformEngineerRole", "LegalHoldBreakGlassRole"):
        [full] = [one.declaration.logical_id for one in world.resources if one.declaration.logical_id.endswith(role)]
        with world.permissions.acting_as(full), pytest.raises(ClientError, match="AccessDenied"):
            boto3.client("kms").generate_mac(**message, Message=b"x")
    # What a test asks for on purpose is no fault of the templates.
    REFUSED.clear()


def test_a_flood_is_told_once_and_what_officers_and_callers_flag_is_held_all_the_same(world: EmbeddedAws) -> None:
    before = len(world.dead_letters())
    for number in range(12):
        _arrives(world, f"w{number}", {"complaint_reference": f"W-{number}"})
    _arrives(
        world, "c4", {name: value for name, value in _sign(world, "c4", reference="C-4").items() if value}, "VOICE"
    )
    [bus] = [one.identity.ref for one in world.resources if one.declaration.type == "AWS::Events::EventBus"]
    world.publish(str(bus), {**logged(START, "C-3", ["c3"])["event"], "id": "e-1"})
    _passes(world)

    assert (_held(world, "c3"), _held(world, "c4")) == (True, True)
    assert len(_told(world, "within an hour")) == 1
    assert len(world.dead_letters()) - before == 12


@pytest.mark.prove
def test_three_real_flags_get_through_fifteen_hundred_of_web_visitors(tmp_path: Path) -> None:
    for world in _story(tmp_path, Path("policies/barnet.toml"), calls=3):
        for number in range(1500):
            _arrives(world, f"w{number}", {"complaint_reference": f"W-{number}", "complaint_received": "2027-01-04"})
            if number in (300, 900):
                _arrives(world, {300: "c1", 900: "c2"}[number], {"complaint_reference": "C-1"}, "VOICE")
        [bus] = [one.identity.ref for one in world.resources if one.declaration.type == "AWS::Events::EventBus"]
        world.publish(str(bus), {**logged(START, "C-3", ["c3"])["event"], "id": "e-1"})
        _passes(world, minutes=120)

        assert [_held(world, one) for one in ("c1", "c2", "c3")] == [True, True, True]
        assert len(_told(world, "within an hour")) == 1
        assert len(world.dead_letters()) == 1300
