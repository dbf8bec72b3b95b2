"""`steward request`: a whole request by people at a terminal, each in a role of the deployed templates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.request import Request

import boto3
import pytest

from cli.environments import OpenEnvironment, Stack
from cli.main import run
from simulator.aws.lambda_.function_url import post, staff_prefix
from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.rights.lines import PHONE
from tests.end_to_end.rights.office import START, Office
from tests.end_to_end.stories import recording_key

HERS = recording_key("hers", "2026-12-05T10:00:00")
ANALYSIS = "hers_analysis_2026-12-05T10:00:00Z.json"
Says = tuple[int, str, str]


class _There(OpenEnvironment):
    """The embedded account, whose stacks are asked of the world itself."""

    def resources(self, stack: Stack) -> dict[str, str]:
        assert stack == "stores"
        return NAMES


NAMES: dict[str, str] = {}


class _Answer:
    def __init__(self, body: str) -> None:
        self._body = body.encode()

    def read(self) -> bytes:
        return self._body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


@dataclass
class Terminal:
    """Somebody at a terminal, in a role."""

    office: Office
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    group: str = "request"

    def as_(self, role: str, person: str) -> Callable[..., Says]:
        def says(*words: str) -> Says:
            with self._signed_in(role, person):
                status = run([self.group, *words, "--environment", "local"])
            captured = self.capsys.readouterr()
            self.office.later(minutes=2)
            return status, captured.out, captured.err

        return says

    @contextmanager
    def _signed_in(self, role: str, person: str) -> Iterator[None]:
        world = self.office.world
        session = boto3.DEFAULT_SESSION
        assert session, "the world's own, whose calls the policies of roles decide about"
        prefix = staff_prefix(world).rstrip("-")
        there = _There(name="local", prefix=prefix, region="eu-west-2", session=session)
        logical = "".join(part.capitalize() for part in role.split("-"))

        def opened(request: Request, timeout: int) -> _Answer:
            assert isinstance(request.data, bytes)
            assert timeout
            function = "hand_over" if "hand" in request.full_url else "decide"
            name = f"{staff_prefix(world)}{role}"
            return _Answer(post(world, function, role=name, session=person, body=request.data.decode()).body)

        with self.monkeypatch.context() as patch:
            patch.setattr("cli.request.place.open_environment", lambda _: there)
            patch.setattr("cli.decisions.decide.open_environment", lambda _: there)
            patch.setattr("cli.disclosure.deciding.open_environment", lambda _: there)
            patch.setattr("cli.decisions.decide.address", lambda *_: "https://decide.lambda-url.example/")
            for handing in ("cli.request.seeing", "cli.disclosure.deciding"):
                patch.setattr(f"{handing}.address", lambda *_: "https://hand-over.lambda-url.example/")
            patch.setattr("cli.decisions.decide.urlopen", opened)
            patch.setattr("cli.request.place.Place.me", person)
            with world.permissions.acting_as(f"{logical}Role"):
                yield


@pytest.fixture(scope="module")
def office(assembly: Path) -> Iterator[Office]:
    with quiet_world(assembly, START) as world:
        NAMES.clear()
        NAMES.update((one.declaration.logical_id, str(one.identity.ref)) for one in world.resources)
        yield Office(world)


def test_a_request_from_its_opening_to_its_end(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    terminal = Terminal(office, monkeypatch, capsys)
    olive, rob = terminal.as_("information-officer", "olive"), terminal.as_("information-officer", "rob")
    zoe = terminal.as_("rights-approver", "zoe")

    opening = ("open", "SAR-1", "--channel", "letter", "--identity", "confirmed")
    assert olive(*opening, "--phone", "anonymous")[0] == 2
    assert olive(*opening)[2].startswith("steward: nothing identifies the person")
    assert olive(*opening, "--phone", PHONE, "--received-on", "2027-01-04")[0] == 0
    office.later(hours=1)

    status, listed, _ = olive("list")
    assert status == 0
    assert "match contacts (3)" in listed
    assert "information-officer" in listed
    _, shown, _ = olive("show", "sar-1", "--format", "json")
    assert {one["contact_id"] for one in json.loads(shown)["request"]["matches"]} == {"hers", "his", "old"}
    record = json.loads(olive("contact", "SAR-1", "hers")[1])
    assert record["record"]["CustomerEndpoint"]["Address"] == PHONE

    assert olive("confirm", "SAR-1", "hers", "--why", "voice")[:2] == (0, "decided\n")
    assert olive("confirm", "SAR-1", "old")[:2] == (0, "decided\n")
    assert olive("reject", "SAR-1", "his", "--why", "another voice")[:2] == (0, "decided\n")
    assert zoe("confirm", "SAR-1", "his")[:2] == (1, "refused: role\n")
    office.later(minutes=40)
    assert "review files (2)" in olive("list")[1]
    assert rob("cut", "SAR-1", HERS, "0:02-0:01", "--ground", "another_person")[0] == 2
    assert rob("cut", "SAR-1", HERS, "0:01-0:02:left", "--ground", "another_person")[0] == 0
    assert rob("review", "SAR-1", ANALYSIS, "withheld")[0] == 2
    assert rob("review", "SAR-1", ANALYSIS, "withheld", "--ground", "another_person")[0] == 0
    office.later(minutes=10)

    archive = tmp_path / "package.zip"
    status, told, _ = zoe("package", "SAR-1", "--to", str(archive), "--format", "json")
    assert status == 0
    assert archive.read_bytes()[:2] == b"PK"
    manifest = json.loads(told)["manifest_sha256"]
    assert rob("hand-over", "SAR-1")[0] == 1
    assert zoe("approve", "SAR-1", "--manifest", "0" * 64)[0] == 1
    assert zoe("approve", "SAR-1", "--manifest", manifest)[:2] == (0, "decided\n")
    assert "hand the package over" in olive("list")[1]
    status, link, told = rob("hand-over", "SAR-1")
    assert (status, link[:8]) == (0, "https://")
    assert "number 1" in told
    assert rob("hand-over", "SAR-1")[0] == 1
    assert olive("handed-over", "SAR-1", "--route", "secure_mail")[0] == 0
    assert "close it" in olive("list")[1]
    assert olive("close", "SAR-1", "answered_in_part")[0] == 0
    assert "0 requests" in olive("list")[1]
    assert "answered_in_part" in olive("list", "--closed")[1]
    assert "Register of requests" in olive("list", "--format", "html")[1]
    assert office.world.dead_letters() == []


def test_what_is_wrong_is_one_line_that_names_it(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    olive = Terminal(office, monkeypatch, capsys).as_("information-officer", "olive")
    for words, said in (
        (("show", "SAR-99"), "there is no request SAR-99 on record"),
        (("close", "SAR-1", "lost"), "Invalid value"),
        (("extend", "SAR-1", "--reason", "because I say so 123"), "reason: must be a word of letters"),
        (("identity", "asked", "SAR-1", "--on", "yesterday"), "on: must be a date"),
        (("open", "0790 0 123 456", "--channel", "x", "--identity", "needed", "--case", "C-1"), "telephone number"),
        (("cut", "SAR-1", "x.wav", "soon-later", "--ground", "serious_harm"), "is no part such as"),
        (("approve", "SAR-1"), "--manifest"),
        (("letter", "SAR-1", "refusal"), "say it with --reason"),
        (("letter", "SAR-1", "refusal", "--language", "cy", "--reason", "x"), "no letter refusal in the language cy"),
    ):
        status, _, err = olive(*words)
        assert status == 2, words
        assert said in err, (words, err)
        assert err.count("\n") == 1
        assert err.startswith("steward: ")


def test_letters_have_the_dates_and_all_three_routes(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    olive = Terminal(office, monkeypatch, capsys).as_("information-officer", "olive")
    _, refusal, _ = olive("letter", "SAR-1", "refusal", "--reason", "The law keeps it back.")
    for said in (
        "SAR-1",
        "The law keeps it back.",
        "1. Write to our complaints team",
        "2. Complain to the Information",
    ):
        assert said in refusal
    assert "3. Ask a court" in refusal
    assert "by 3 February 2027" in olive("letter", "SAR-1", "acknowledgement")[1]


def test_the_night_leaves_the_register_as_a_page_without_anything_personal(office: Office) -> None:
    office.later(days=1)
    bucket = office.world.names.buckets["rights"]
    answer: Any = office.world.client("s3").get_object(Bucket=bucket, Key="register/requests.html")
    page = answer["Body"].read().decode()
    assert "SAR-1" in page
    assert "answered in part" in page
    assert PHONE[1:] not in page
    assert "<script" not in page
