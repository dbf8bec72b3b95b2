"""A bucket with years of recordings and a lifecycle rule of its own is taken over on the embedded AWS."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import boto3
import pytest
from moto.s3.models import s3_backends

from infra.checks.adoption import findings
from infra.config import CONTEXT_KEY, ROOT, Deployment, cdk_context, choose
from infra.synthesis import synthesize
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.services import PLUGINS
from simulator.aws.account.start import embedded_aws

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.aws.cloudformation.resource import Declaration, DeployContext, Identity

pytestmark = pytest.mark.prove

NAME = "council-recordings"
START = datetime(2026, 5, 1, 9, tzinfo=UTC)
CONTACT = "11111111-2222-4333-8444-555555555555"
DISPUTED = f"connect/council/CallRecordings/2025/09/01/{CONTACT}_20250901T10:00_UTC.wav"
OLD = "connect/council/CallRecordings/2025/09/02/22222222-2222-4333-8444-555555555555_20250902T10:00_UTC.wav"
YOUNG = "connect/council/CallRecordings/2026/04/20/33333333-2222-4333-8444-555555555555_20260420T10:00_UTC.wav"


def adopting(stage: str) -> Deployment:
    context = cdk_context()
    context[CONTEXT_KEY]["local"]["existing_buckets"] = {
        "call_recording": {
            "name": NAME,
            "prefix": "connect/council/CallRecordings",
            "stage": stage,
            "replaces_lifecycle_rules": ["archive"],
        }
    }
    return choose(context)


def assembly(stage: str, folder: Path) -> Path:
    return synthesize(adopting(stage), ROOT / "policies" / "barnet.toml", folder)


def stores(folder: Path) -> dict[str, Any]:
    content = json.loads((folder / "local-steward-stores.template.json").read_text(encoding="utf-8"))
    return cast("dict[str, Any]", content["Resources"])


def update(
    site: DeployContext, declared: Declaration, *, otherwise: Callable[[DeployContext, Declaration], Identity]
) -> Identity:
    """Set up a bucket that is there already, as CloudFormation updates one that it imported."""
    if declared.properties.get("BucketName") != NAME:
        return otherwise(site, declared)
    storage = site.client("s3")
    s3_backends[site.account]["aws"].buckets[NAME].object_lock_enabled = True
    with patch.object(storage, "create_bucket"):
        return otherwise(replace(site, client=lambda _: storage), declared)


def pre_existing(world: EmbeddedAws) -> Callable[[], None]:
    s3: Any = boto3.client("s3")
    s3.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": world.region})
    for key, at in (
        (DISPUTED, datetime(2025, 9, 1, 10, tzinfo=UTC)),
        (OLD, datetime(2025, 9, 2, 10, tzinfo=UTC)),
        (YOUNG, datetime(2026, 4, 20, 10, tzinfo=UTC)),
    ):
        world.s3.put_object(NAME, key, b"audio of " + key.encode(), at=at)
    s3.put_bucket_lifecycle_configuration(
        Bucket=NAME,
        LifecycleConfiguration={
            "Rules": [{"ID": "archive", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3650}}]
        },
    )
    found = findings(adopting("prepare"), s3)
    assert not [finding for finding in found if finding.stops]
    assert "loses its lifecycle rule `archive`" in [finding.says for finding in found]
    world.creators["AWS::S3::Bucket"] = partial(update, otherwise=world.creators["AWS::S3::Bucket"])
    return lambda: None


def keys(world: EmbeddedAws, store: str) -> set[str]:
    return {version.key for version in world.s3.stores_state(world.names.buckets[store])}


def test_open_complaints_are_held_before_the_policys_period_applies_to_what_is_old(tmp_path: Path) -> None:
    with embedded_aws(assembly("prepare", tmp_path), START, plugins=(*PLUGINS, pre_existing)) as world:
        assert world.names.buckets["call_recording"] == NAME
        world.run_until(START + timedelta(days=3))
        assert keys(world, "call_recording") == {DISPUTED, OLD, YOUNG}, "nothing goes while cases are held"

        world.connect.contact(
            {
                "Id": CONTACT,
                "Channel": "VOICE",
                "InitiationTimestamp": "2025-09-01T10:00:00Z",
                "DisconnectTimestamp": "2025-09-01T10:09:00Z",
                "Recordings": [{"Location": f"{NAME}/{DISPUTED}", "MediaStreamType": "AUDIO", "Status": "AVAILABLE"}],
            }
        )
        detail = {
            "case": "C-1",
            "reason": "complaint",
            "stage": "1",
            "received_on": "2026-04-01",
            "contact_ids": [CONTACT],
            "requested_by": "complaints team",
        }
        world.publish(
            "steward",
            {
                "version": "0",
                "id": "e-1",
                "source": "steward.complaints",
                "detail-type": "Complaint Logged",
                "account": world.account,
                "region": world.region,
                "time": "2026-05-04T09:00:00Z",
                "resources": [],
                "detail": detail,
            },
        )
        world.run_until(START + timedelta(days=4))
        held = {version.bytes for version in world.s3.stores_state(world.names.buckets["legal_hold"])}
        assert len(b"audio of " + DISPUTED.encode()) in held

        s3: Any = boto3.client("s3")
        rules = s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]
        assert {rule["Status"] for rule in rules} == {"Disabled"}
        switched_on = [{**rule, "Status": "Enabled"} for rule in rules]
        s3.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": switched_on})
        world.run_until(START + timedelta(days=8))
        assert keys(world, "call_recording") == {YOUNG}
        assert len(b"audio of " + DISPUTED.encode()) in {
            version.bytes for version in world.s3.stores_state(world.names.buckets["legal_hold"])
        }


def test_only_the_rules_state_differs_between_the_last_two_stages(tmp_path: Path) -> None:
    prepared = stores(assembly("prepare", tmp_path / "prepare"))
    managed = stores(assembly("managed", tmp_path / "managed"))
    for rule in prepared["CallRecordingBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]:
        rule["Status"] = "Enabled"
    assert prepared == managed
