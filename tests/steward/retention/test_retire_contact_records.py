"""The function ``retire_contact_records`` on emulated S3, DynamoDB and Systems Manager."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import boto3
import pytest
import time_machine
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from moto import mock_aws

from steward.aws import clients
from steward.failures import Unavailable
from steward.policy import compiled
from steward.policy.load import load_policy
from steward.retention.adapters import RegisterLedger, S3Partitions, read_switch
from steward.retention.contact_records import retire
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import MalformedSwitch, SwitchUnread
from steward.retention.wiring.retiring import LOOKED_BACK, retiring

BUCKET, TABLE, SWITCH = "contact-records-bucket", "register", "/steward/disposal"
DUE = "contact-records/year=2026/month=01/"
NOT_DUE = "contact-records/year=2026/month=02/"


Service = Literal["s3", "dynamodb", "ssm"]
SERVICES: tuple[Service, ...] = ("s3", "dynamodb", "ssm")


@cache
def own_client(service: Service) -> Any:  # noqa: ANN401 -- boto3 makes its clients' classes as it goes
    return boto3.client(service)


class KilledError(BaseException):
    """The sandbox dies: no handler of ordinary exceptions sees it."""


class RecordStoreFixture:
    """One account, and the calls that the function made in it."""

    def __init__(self, function: ModuleType) -> None:
        self.function: Any = function
        self.s3, self.dynamodb, self.ssm = (own_client(service) for service in SERVICES)
        self.calls: list[str] = []
        self.kill_after: int | None = None
        self.fault: tuple[str, str] | None = None

    def _after_call(self, *, model: OperationModel, **_: object) -> None:
        self.calls.append(model.name)
        if self.fault and self.fault[0] == model.name:
            raise ClientError({"Error": {"Code": self.fault[1]}}, model.name)
        if self.kill_after == len(self.calls):
            raise KilledError

    def run(self) -> list[str]:
        self.calls.clear()
        events = [clients.client(service).meta.events for service in SERVICES]
        for emitter in events:
            emitter.register("after-call", self._after_call)
        try:
            self.function.handler({}, None)
        finally:
            for emitter in events:
                emitter.unregister("after-call", self._after_call)
        return list(self.calls)

    def turn(self, mode: str, limit: int = 1000) -> None:
        self.ssm.put_parameter(
            Name=SWITCH, Type="String", Value=json.dumps({"mode": mode, "limit": limit}), Overwrite=True
        )

    def put(self, prefix: str, objects: int = 1, versions: int = 1) -> None:
        for n in range(objects):
            for _ in range(versions):
                self.s3.put_object(Bucket=BUCKET, Key=f"{prefix}{n}.json.gz", Body=b"{}")

    def left(self, prefix: str = "") -> int:
        page = self.s3.list_object_versions(Bucket=BUCKET, Prefix=prefix)
        return len(page.get("Versions", [])) + len(page.get("DeleteMarkers", []))

    def ledger(self) -> list[dict[str, Any]]:
        return [row for row in self.dynamodb.scan(TableName=TABLE)["Items"] if row["pk"]["S"].startswith("LEDGER#")]


def import_function() -> ModuleType:
    spec = importlib.util.spec_from_file_location("retire", "functions/retire_contact_records/handler.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def new_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], RecordStoreFixture]]:
    deployed = tmp_path / "policy.json"
    deployed.write_bytes(compiled.compile_policy(load_policy(Path("policies/barnet.toml"))))
    for name, value in {
        "POLICY_FILE": str(deployed),
        "CONTACT_RECORD_BUCKET": BUCKET,
        "REGISTER_TABLE": TABLE,
        "DISPOSAL_SWITCH": SWITCH,
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "POWERTOOLS_METRICS_NAMESPACE": "steward",
        "POWERTOOLS_SERVICE_NAME": "retire_contact_records",
    }.items():
        monkeypatch.setenv(name, value)
    mocks: list[Any] = []

    def build() -> RecordStoreFixture:
        for mock in mocks:
            mock.stop()
        mocks[:] = [mock_aws()]
        mocks[0].start()
        world = RecordStoreFixture(import_function())
        world.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        world.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        world.dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        world.turn("on")
        return world

    with time_machine.travel(datetime(2028, 2, 1, 3, 30, tzinfo=UTC), tick=False):
        yield build
    for mock in mocks:
        mock.stop()


@pytest.fixture
def world(new_world: Callable[[], RecordStoreFixture]) -> RecordStoreFixture:
    return new_world()


def test_every_version_and_marker_of_a_month_that_is_due_goes(world: RecordStoreFixture) -> None:
    world.put(DUE, objects=3, versions=2)
    world.s3.delete_object(Bucket=BUCKET, Key=f"{DUE}0.json.gz")
    world.put(NOT_DUE, objects=2)
    world.run()
    assert (world.left(DUE), world.left(NOT_DUE)) == (0, 2)


def test_a_month_of_which_only_a_delete_marker_is_left_goes_too(world: RecordStoreFixture) -> None:
    world.put(DUE)
    world.s3.delete_object(Bucket=BUCKET, Key=f"{DUE}0.json.gz")
    (version,) = world.s3.list_object_versions(Bucket=BUCKET)["Versions"]
    world.s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
    assert world.left() == 1
    world.run()
    assert world.left() == 0


def test_a_record_sent_again_in_the_last_month_leaves_with_its_contact(world: RecordStoreFixture) -> None:
    world.s3.put_object(Bucket=BUCKET, Key=f"{DUE}sent-again-in-month-23.json.gz", Body=b"{}")
    world.run()
    assert world.left() == 0


def test_a_night_with_nothing_due_costs_three_calls(world: RecordStoreFixture) -> None:
    world.put(NOT_DUE, objects=2)
    assert world.run() == ["ListObjectVersions", "ListObjectVersions", "ListObjectVersions"]


def test_what_firehose_set_aside_in_the_last_day_is_counted(world: RecordStoreFixture) -> None:
    with time_machine.travel(datetime(2028, 3, 1, 3, 30, tzinfo=UTC), tick=False):
        for key in ("contact-record-errors/format/a.gz", "contact-record-errors/format/b.gz"):
            world.s3.put_object(Bucket=BUCKET, Key=key, Body=b"{}")
        now = datetime.now(UTC)
        assert S3Partitions(BUCKET).set_aside(now - LOOKED_BACK) == 2
        assert S3Partitions(BUCKET).set_aside(now + LOOKED_BACK) == 0


def test_folders_that_are_no_months_are_left_alone(world: RecordStoreFixture) -> None:
    for key in ("contact-records/year=2026/month=13/x", "contact-records/2020/01/x", "contact-record-errors/x"):
        world.s3.put_object(Bucket=BUCKET, Key=key, Body=b"{}")
    world.run()
    assert world.left() == 3


def test_the_ledger_is_written_before_the_first_deletion_and_completed_after_the_last(
    world: RecordStoreFixture,
) -> None:
    world.put(DUE, objects=2)
    calls = world.run()
    changes = [call for call in calls if call in {"PutItem", "DeleteObjects", "UpdateItem"}]
    assert changes == ["UpdateItem", "PutItem", "DeleteObjects", "UpdateItem"], "the night's count comes first"
    (row,) = world.ledger()
    assert row["pk"]["S"] == "LEDGER#2028-02-01"
    assert row["prefix"]["S"] == DUE
    assert row["outcome"]["S"] == "finished"
    assert row["tally"]["M"] == {
        "scoped": {"N": "2"},
        "done": {"N": "2"},
        "failed": {"N": "0"},
        "skipped": {"N": "0"},
    }


@pytest.mark.parametrize("mode", ["off", "dry_run"])
def test_the_switch_stops_everything(world: RecordStoreFixture, mode: str) -> None:
    world.put(DUE, objects=2)
    world.turn(mode)
    calls = world.run()
    assert "DeleteObjects" not in calls
    assert (world.left(), world.ledger()) == (2, [])


def test_the_limit_holds_for_a_night_however_often_it_runs_and_the_next_night_goes_on(
    world: RecordStoreFixture,
) -> None:
    world.put(DUE, objects=5)
    world.turn("on", limit=3)
    world.run()
    assert world.left() == 2
    world.run()
    assert world.left() == 2, "Lambda repeats a run"
    with time_machine.travel(datetime(2028, 2, 2, 3, 30, tzinfo=UTC), tick=False):
        world.run()
    assert world.left() == 0


def test_the_run_is_reported_in_numbers_and_a_heartbeat(
    world: RecordStoreFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    world.put(DUE, objects=2)
    world.run()
    metrics = next(
        line for line in map(json.loads, filter(None, capsys.readouterr().out.splitlines())) if "_aws" in line
    )
    reported = {name: metrics[name] for name in metrics if name.startswith(("Disposal", "Heartbeat"))}
    assert reported == {
        "Heartbeat": [1.0],
        "DisposalScoped": [2.0],
        "DisposalDone": [2.0],
        "DisposalFailed": [0.0],
        "DisposalSkipped": [0.0],
    }


def test_a_version_that_s3_will_not_delete_ends_the_run_in_error_after_the_rest_is_done(
    world: RecordStoreFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = "locked-bucket"
    world.s3.create_bucket(
        Bucket=locked,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-2"},
        ObjectLockEnabledForBucket=True,
    )
    monkeypatch.setenv("CONTACT_RECORD_BUCKET", locked)
    world.function.retire = retiring()
    world.s3.put_object(Bucket=locked, Key=f"{DUE}free", Body=b"{}")
    world.s3.put_object(Bucket=locked, Key=f"{DUE}held", Body=b"{}", ObjectLockLegalHoldStatus="ON")
    with pytest.raises(world.function.DisposalRefused, match="1 of 2 versions that are due could not be deleted"):
        world.run()
    left = world.s3.list_object_versions(Bucket=locked)["Versions"]
    assert [version["Key"] for version in left] == [f"{DUE}held"]


def test_a_run_that_dies_after_any_call_is_completed_by_the_next(new_world: Callable[[], RecordStoreFixture]) -> None:
    calls = 1
    deaths = 0
    while deaths < calls:
        deaths += 1
        world = new_world()
        world.put(DUE, objects=3)
        world.put(NOT_DUE)
        world.kill_after = deaths
        with pytest.raises(KilledError):
            world.run()
        assert "DeleteObjects" not in world.calls or "PutItem" in world.calls
        world.kill_after = None
        world.run()
        assert (world.left(DUE), world.left(NOT_DUE)) == (0, 1)
        assert world.ledger()
        if deaths == 1:
            calls = len(undisturbed(new_world()))
    assert calls >= 6


def undisturbed(world: RecordStoreFixture) -> list[str]:
    world.put(DUE, objects=3)
    world.put(NOT_DUE)
    return world.run()


@pytest.mark.parametrize("operation", ["PutItem", "GetParameter", "ListObjectVersions"])
def test_nothing_is_deleted_when_the_switch_the_ledger_or_the_list_fails(
    world: RecordStoreFixture, operation: str
) -> None:
    world.put(DUE, objects=2)
    world.fault = (operation, "InternalServerError")
    with pytest.raises((Unavailable, SwitchUnread)):
        world.run()
    assert "DeleteObjects" not in world.calls
    assert len(world.s3.list_object_versions(Bucket=BUCKET)["Versions"]) == 2


def test_a_switch_that_is_not_there_deletes_nothing(world: RecordStoreFixture) -> None:
    world.put(DUE)
    world.ssm.delete_parameter(Name=SWITCH)
    with pytest.raises(SwitchUnread):
        world.run()
    assert world.left() == 1


def test_a_limit_that_is_lowered_while_a_run_goes_on_holds_for_the_rest_of_it(world: RecordStoreFixture) -> None:
    world.put(DUE, objects=3)
    world.put(NOT_DUE, objects=3)
    limits = iter([3, 4, 4])
    partitions, ledger = S3Partitions(BUCKET), RegisterLedger(TABLE)

    def switch() -> DisposalSwitch:
        return DisposalSwitch(mode=Mode.ON, limit=next(limits))

    tally = retire(partitions, ledger, switch, months=24, now=datetime(2028, 3, 1, 3, 30, tzinfo=UTC))

    assert (tally.done, tally.skipped) == (4, 2)


@pytest.mark.parametrize("value", ["on", "{}", '{"mode":"yes","limit":1}', '{"mode":"on","limit":-1}', '{"mode":"on"}'])
def test_a_parameter_that_is_no_switch_is_refused(world: RecordStoreFixture, value: str) -> None:
    world.ssm.put_parameter(Name=SWITCH, Type="String", Value=value, Overwrite=True)
    with pytest.raises(MalformedSwitch, match=SWITCH):
        read_switch(SWITCH)
