"""A pack is signed by the deployed function, kept under lock, and not handed out where the signature failed."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import embedded_aws
from simulator.aws.s3.store import StoredVersion
from tests.support.evidence.statements import write_month
from tests.support.signing import DeskSigner

START = datetime(2027, 3, 2, 9, tzinfo=UTC)
NOT_WRITTEN = "steward: the pack was not signed and was not written: write_statement: "
LONE = {"sign_pack": "ab" * 32}


@dataclass(frozen=True)
class Deployed:
    """The function as Lambda's API answers for it: what it says, or that it failed and why.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, "FunctionError"
    """

    world: EmbeddedAws

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == "local-steward-write_statement"
        outcome = self.world.run("write_statement", json.loads(Payload))
        if outcome.error is None:
            return answer(outcome.response)
        failed = {"errorType": outcome.error.error_type, "errorMessage": outcome.error.message}
        return {**answer(failed), "FunctionError": "Unhandled"}


def answer(said: object) -> dict[str, Any]:
    return {"Payload": io.BytesIO(json.dumps(said).encode())}


@pytest.fixture(scope="module")
def world(assembly: Path) -> Iterator[EmbeddedAws]:
    with embedded_aws(assembly, START) as deployed:
        yield deployed


@pytest.fixture(autouse=True)
def _asks_the_world(world: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.pack.signing._client", lambda _: Deployed(world))


MONTHS = itertools.count(1)


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """Return how a pack is asked for that no other test asks for: it has a month of its own."""
    write_month(tmp_path / "given", f"2026-{next(MONTHS):02}", DeskSigner())
    return ["pack", "--out", str(tmp_path / "pack.zip"), "--statements", str(tmp_path / "given")]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "pack.zip"


def envelopes(world: EmbeddedAws) -> list[StoredVersion]:
    return [one for one in world.s3.stores_state(world.names.buckets["evidence"]) if one.key.startswith("packs/")]


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_pack_is_signed_verifies_and_its_envelope_is_locked_for_seven_years(
    world: EmbeddedAws, asked: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked) == 0
    assert "Signed 2027-03-02T09:00:" in capsys.readouterr().out
    assert run(["verify-pack", str(out)]) == 0
    assert "London Borough of Barnet, local: pack of version" in capsys.readouterr().out

    files = files_of(out)
    key = f"packs/{hashlib.sha256(files['manifest.json']).hexdigest()}/envelope.json"
    [stored] = [one for one in envelopes(world) if one.key == key]
    assert stored.lock_mode == "GOVERNANCE"
    assert stored.retain_until is not None
    assert datetime.fromisoformat(stored.retain_until) - START >= timedelta(days=7 * 365 - 2)
    kept = world.client("s3").get_object(Bucket=world.names.buckets["evidence"], Key=key)["Body"].read()
    assert kept == files["envelope.json"]
    assert b"steward verify-pack" in files["index.html"]


def test_the_same_pack_asked_for_twice_has_the_same_bytes_and_one_envelope(
    world: EmbeddedAws, asked: list[str], out: Path
) -> None:
    before = len(envelopes(world))
    assert run(asked) == 0
    first = out.read_bytes()
    world.run_until(world.clock.now() + timedelta(hours=2))
    assert run(asked) == 0

    assert out.read_bytes() == first
    assert len(envelopes(world)) == before + 1


@pytest.mark.parametrize(("calls", "stored"), [(3, 0), (4, 1)], ids=["before it stored", "after it stored"])
def test_a_function_that_dies_leaves_no_pack_and_the_next_try_makes_one_with_one_envelope(  # noqa: PLR0917 - fixtures
    world: EmbeddedAws, asked: list[str], out: Path, calls: int, stored: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its calls are a look into the store, the public key, the signature, and then the envelope."""
    before = len(envelopes(world))
    # An environment that worked before knows the public key still, and would make a call less: a new one begins.
    world.kill_after("write_statement", 1)
    world.run("write_statement", LONE)
    world.kill_after("write_statement", calls)
    assert run(asked) == 2
    assert capsys.readouterr().err.startswith(NOT_WRITTEN)
    assert (len(envelopes(world)), out.exists()) == (before + stored, False)

    assert run(asked) == 0
    assert run(["verify-pack", str(out)]) == 0
    assert len(envelopes(world)) == before + 1


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        ("kms.Sign", "AccessDeniedException"),
        ("kms.Sign", "ThrottlingException"),
        ("kms.Sign", "DisabledException"),
        ("s3.PutObject", "SlowDown"),
        ("s3.GetObject", "AccessDenied"),
    ],
    ids=["signing denied", "signing throttled", "a key that is off", "a store that is slow", "a store that denies"],
)
def test_what_aws_refuses_is_one_line_and_no_pack_is_written(  # noqa: PLR0917 - fixtures
    world: EmbeddedAws, asked: list[str], out: Path, failing: str, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(envelopes(world))
    service, _, operation = failing.partition(".")
    world.faults.add(service=service, operation=operation, error=error, times=20)
    try:
        assert run(asked) == 2
    finally:
        world.faults.clear()
    told = capsys.readouterr()
    assert told.err == f"{NOT_WRITTEN}{failing} answered {error}. --unsigned writes one that says so\n"
    assert (told.out, out.exists(), len(envelopes(world))) == ("", False, before)


def test_a_request_of_another_form_is_answered_in_a_sentence_and_alarms_nobody(world: EmbeddedAws) -> None:
    before = len(envelopes(world))
    outcome = world.run("write_statement", {"sign_pack": "everything"})
    assert outcome.error is None
    assert outcome.response == {
        "status": "refused",
        "why": "sign_pack has to be the SHA-256 digest of a manifest, in 64 lower-case digits, and alone",
    }
    assert len(envelopes(world)) == before


def test_what_is_deployed_and_signs_no_packs_yet_is_told(
    asked: list[str], out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Older:
        def invoke(self, **_: object) -> dict[str, Any]:
            return answer({"key": "", "status": "nothing yet"})

    monkeypatch.setattr("cli.pack.signing._client", lambda _: Older())
    assert run(asked) == 2
    assert capsys.readouterr().err.startswith(f"{NOT_WRITTEN}what is deployed signs no packs yet: deploy first.")
    assert not out.exists()


def test_an_envelope_that_does_not_fit_is_found_before_anything_is_written(
    world: EmbeddedAws, asked: list[str], out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Another:
        def invoke(self, **_: object) -> dict[str, Any]:
            return answer(world.invoke("write_statement", LONE))

    monkeypatch.setattr("cli.pack.signing._client", lambda _: Another())
    assert run(asked) == 2
    assert capsys.readouterr().err.startswith(
        "steward: the pack was not written: envelope.json: is the envelope of another pack"
    )
    assert not out.exists()


def test_without_a_signature_the_pack_says_so_itself(
    world: EmbeddedAws, asked: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(envelopes(world))
    assert run([*asked, "--unsigned"]) == 0
    assert "The pack is not signed: --unsigned was asked for." in capsys.readouterr().out
    assert b"<strong>This pack is not signed.</strong>" in files_of(out)["index.html"]
    assert len(envelopes(world)) == before
    assert run(["verify-pack", str(out)]) == 1
    assert capsys.readouterr().out == "! there is no envelope.json: the pack is not signed\n"
