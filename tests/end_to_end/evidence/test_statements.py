"""The statement on the deployed templates: a quiet month, and one in which everything goes wrong that can."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.s3.rules import midnight_after
from simulator.aws.s3.store import StoredVersion
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from steward.retention.months import longest_span_days
from tests.end_to_end.stories import call, logged, moment, recording_key, wait

BARNET = Path("policies/barnet.toml")
ALL_TRUE = {"nothing_older": True, "holds_whole": True, "disposals_proven": True}


@dataclass
class Played:
    """What lay in the evidence store, what the stores held when January was counted, and the state at the end."""

    folder: Path
    state: State
    counted: dict[str, list[StoredVersion]]
    mails: list[str]
    files: dict[str, Path] = field(default_factory=dict)

    def said(self, period: str) -> dict[str, Any]:
        key = next(one.key for one in self.state.statements if one.period == period)
        found: dict[str, Any] = json.loads((self.folder / key).read_bytes())
        return found

    def exceptions(self, period: str) -> list[dict[str, Any]]:
        return [
            json.loads(line) for line in (self.folder / self.said(period)["exceptions"]["key"]).read_text().splitlines()
        ]

    def envelope(self, period: str) -> Path:
        return self.folder / "statements" / period / "envelope.json"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("statements")
    path = folder / "story.jsonl"
    lines = [
        # The first count has to be at the beginning of what is stated.
        wait("2026-12-31T12:00"),
        *call("a1", "2027-01-04T09:00"),
        *call("a2", "2027-01-04T10:00"),
        *call("a3", "2027-01-06T10:00"),
        logged("2027-01-07T10:00", "C-1", ["a1"], received_on="2027-01-06"),
        wait("2027-01-07T12:00"),
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        world = running.world
        running.run_until(moment("2027-02-01T01:00"))
        counted = {name: list(world.s3.stores_state(bucket)) for name, bucket in world.names.buckets.items()}
        running.run_until(moment("2027-02-02T09:00"))
        _spoil(world, running)
        running.run_until(moment("2027-03-01T09:00"))
        world.invoke("write_statement", {"on_demand": True})
        state = running.state()
        for stored in state.stores["evidence"].objects:
            if not stored.is_latest:
                # The lifecycle rule has hidden it.
                continue
            file = folder / stored.key
            file.parent.mkdir(parents=True, exist_ok=True)
            found = world.client("s3").get_object(Bucket=world.names.buckets["evidence"], Key=stored.key)
            file.write_bytes(found["Body"].read())
        yield Played(
            folder, state, counted, [one.message for one in world.notifications if "DataProtection" in one.topic]
        )


def _spoil(world: EmbeddedAws, running: Replay) -> None:
    """Let February go wrong: a rule off, a rewrite, a copy broken out, an early departure, an inventory that stops."""
    storage, recordings = world.client("s3"), world.names.buckets["call_recording"]
    rules = storage.get_bucket_lifecycle_configuration(Bucket=recordings)["Rules"]
    storage.put_bucket_lifecycle_configuration(
        Bucket=recordings, LifecycleConfiguration={"Rules": [{**rule, "Status": "Disabled"} for rule in rules]}
    )
    world.s3.put_object(recordings, recording_key("old", "2026-07-01T09:00"), 10, at=moment("2026-07-01T09:00"))
    running.run_until(moment("2027-02-10T09:00"))
    held = world.names.buckets["legal_hold"]
    copy = storage.list_object_versions(Bucket=held, Prefix="a1/call_recording/")["Versions"][0]
    storage.delete_object(Bucket=held, Key=copy["Key"], VersionId=copy["VersionId"], BypassGovernanceRetention=True)
    for name, start in (("a1", "2027-01-04T09:00"), ("a2", "2027-01-04T10:00")):
        gone = storage.list_object_versions(Bucket=recordings, Prefix=recording_key(name, start))["Versions"][0]
        storage.delete_object(Bucket=recordings, Key=gone["Key"], VersionId=gone["VersionId"])
    world.s3.put_object(recordings, recording_key("a3", "2027-01-06T10:00"), 4800)
    world.s3.inventories.failing.add(world.names.buckets["chat_transcript"])


def test_a_quiet_month_is_true_in_all_three_sentences(played: Played) -> None:
    january = next(one for one in played.state.statements if one.period == "2027-01")

    assert january.propositions == ALL_TRUE
    assert january.exceptions == 0
    assert played.said("2027-01")["holds"]["whole"] == 1


def test_a_statement_equals_a_recount_of_what_was_there(played: Played) -> None:
    """Counted by hand, from the stores as they were when the scan began."""
    at = moment("2027-02-01T01:00")
    for line in played.said("2027-01")["stores"]:
        versions = played.counted[line["store"]]
        assert line["versions"] == len(versions), line["store"]
        assert line["bytes"] == sum(one.bytes for one in versions), line["store"]
        if line["store"] not in {"legal_hold", "contact_record"}:
            days = timedelta(days=longest_span_days(line["period_months"]))
            free = [one for one in versions if one.is_latest and one.legal_hold != "ON"]
            young = [one for one in free if midnight_after(datetime.fromisoformat(one.last_modified)) + days > at]
            assert line["within"] == len(young), line["store"]
            assert line["held"] == sum(one.legal_hold == "ON" for one in versions), line["store"]


def test_whatever_went_wrong_in_a_month_is_found_and_named_for_few(played: Played) -> None:
    february = next(one for one in played.state.statements if one.period == "2027-02")
    found = {(one["kind"], one["store"]) for one in played.exceptions("2027-02")}

    assert february.propositions == dict.fromkeys(ALL_TRUE, False)
    assert {
        ("overdue", "call_recording"),
        ("restarted_age", "call_recording"),
        ("left_early", "call_recording"),
        ("hold_partial", "legal_hold"),
        ("unannounced", "legal_hold"),
    } <= found
    assert {one["case"] for one in played.exceptions("2027-02") if one["kind"] == "hold_partial"} == {"C-1"}


def test_a_store_whose_inventory_stopped_is_not_shown_and_not_nought(played: Played) -> None:
    line = next(one for one in played.said("2027-02")["stores"] if one["store"] == "chat_transcript")

    assert line["versions"] is None
    assert "the newest inventory is of 10 February 2027" in line["not_shown"]


def test_neither_statement_nor_page_nor_mail_names_a_contact_or_a_case(played: Played) -> None:
    public = [file.read_text() for file in (played.folder / "statements").rglob("*") if file.is_file()]
    ids = [recording_key(name, "2027-01-04T10:00") for name in ("a1", "a2", "a3")] + ["C-1", "a1/", "CallRecordings/20"]

    assert len(public) == 14
    for text in [*public, *(one for one in played.mails if "etention" in one)]:
        assert not [one for one in ids if one in text]


@pytest.mark.parametrize("ending", ["json", "html"])
def test_the_statement_is_verified_without_aws_by_any_of_its_files(
    played: Played, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,) = played.envelope("2027-02").parent.glob(f"statement-*.{ending}")

    assert run(["verify-statement", str(file), "--before", str(played.envelope("2027-01"))]) == 0
    told = capsys.readouterr().out
    assert "nothing_older: false" in told
    assert "Signed with the key" in told


@pytest.mark.skipif(not (shutil.which("jq") and shutil.which("openssl")), reason="jq and openssl are not here")
@pytest.mark.parametrize("changed", [False, True])
def test_openssl_and_jq_agree_as_the_page_says(played: Played, tmp_path: Path, changed: bool) -> None:  # noqa: FBT001
    jq, openssl = shutil.which("jq") or "", shutil.which("openssl") or ""
    envelope = json.loads(played.envelope("2027-02").read_bytes())
    file, said, key, value = (tmp_path / name for name in ("envelope.json", "said", "key.pem", "value"))
    if changed:
        envelope["propositions"]["nothing_older"] = True
    file.write_text(json.dumps(envelope))
    said.write_bytes(_ran(jq, "-j", "del(.signature)", file).stdout)
    value.write_bytes(base64.b64decode(envelope["signature"]["value"]))
    der = base64.b64decode(envelope["signature"]["public_key"])
    _ran(openssl, "pkey", "-pubin", "-inform", "DER", "-out", key, given=der)

    verified = _ran(openssl, "dgst", "-sha256", "-verify", key, "-signature", value, said)

    assert (verified.returncode == 0) is not changed


def _ran(*command: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, input=given, capture_output=True, check=False)  # noqa: S603 - what a reader types


def test_statements_are_locked_for_seven_years_and_exceptions_for_thirteen_months(played: Played) -> None:
    for stored in played.state.stores["evidence"].objects:
        assert stored.lock_mode == "GOVERNANCE"
        assert stored.retain_until is not None
        years = (stored.retain_until - stored.last_modified) / timedelta(days=365)
        assert (round(years) == 7) is stored.key.startswith("statements/")


def test_one_that_is_asked_for_lies_apart_and_says_the_same(played: Played) -> None:
    asked = next(one for one in played.state.statements if one.period.startswith("on-demand"))

    assert asked.propositions["holds_whole"] is False
    assert asked.key.startswith("statements/on-demand/2027-03-01T090000Z/")


def test_the_officer_is_told_in_counts(played: Played) -> None:
    told = [one for one in played.mails if "The page lies in the evidence store under statements/" in one]

    assert len(told) == 3
    assert "nothing older: true" in told[0]
    assert "nothing older: false" in told[1]


def test_the_register_of_a_night_has_its_holds_and_goes_after_forty_days(played: Played) -> None:
    nights = sorted(file.parent.name for file in played.folder.rglob("register.json"))
    newest = json.loads((played.folder / "register" / nights[-1] / "register.json").read_bytes())

    assert nights[-1] == "2027-03-01"
    assert nights[0] >= "2027-01-19"
    assert [(one["case"], one["contact_id"], one["state"]) for one in newest["holds"]] == [("C-1", "a1", "partial")]
    assert (played.folder / newest["page"]).read_text().count("✗ partial") == 1


def test_the_officer_is_told_of_the_register_when_its_counts_change(played: Played) -> None:
    told = [one for one in played.mails if "holds in force" in one]

    assert 2 <= len(told) < 10
    assert "holds in force: 1" in told[0]
    for one in told:
        counts, _, place = one.partition("The page lies in the evidence store under ")
        assert place.startswith("register/2027-")
        assert not [name for name in ("C-1", "a1") if name in counts]
