"""`steward disclosure`: records for others by people at a terminal, each in a role of the deployed templates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.aws.iam.permissions import REFUSED
from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.rights.office import START, Office
from tests.end_to_end.rights.test_command_line import NAMES, Terminal
from tests.end_to_end.stories import recording_key

CALL = recording_key("hers", "2026-12-05T10:00:00")
SHOWN = {
    "force": "Metropolitan Police",
    "officer": "PC 1234",
    "authoriser": "inspector",
    "offence": "threats to kill",
    "basis": "crime_and_taxation",
    "criminal_matter": "yes",
    "victim": "no",
}
ASK = ("ask", "D-1", "--kind", "police", "--contact", "hers")
SHOWS = [word for name, value in SHOWN.items() for word in ("--shows", f"{name}={value}")]
PROPOSE = ("propose", "D-1", "--expires-on", "2027-01-20", "--tell", "no", "--why", "needed")
Says = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def office(assembly: Path) -> Iterator[Office]:
    with quiet_world(assembly, START) as world:
        NAMES.clear()
        NAMES.update((one.declaration.logical_id, str(one.identity.ref)) for one in world.resources)
        yield Office(world)


@pytest.fixture
def terminal(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(office, monkeypatch, capsys, group="disclosure")


def test_a_disclosure_from_its_request_to_its_hand_over(terminal: Terminal, tmp_path: Path) -> None:
    dan, zoe = terminal.as_("disclosure-officer", "dan"), terminal.as_("data-protection-officer", "zoe")
    form = tmp_path / "of Mr A N Other.PDF"
    form.write_bytes(b"signed")

    # What is missing is said before anything is sent, and reported only if that is wanted.
    status, _, said = dan(*ASK, "--shows", "force=Met")
    assert status == 2
    assert "form_key: is missing" in said
    assert "offence: is missing" in said
    assert dan("list")[1].endswith("0 disclosures\n")
    assert dan(*ASK, "--as-it-is")[0] == 0
    assert "for want of form_key" in dan("show", "d-1")[1]
    assert dan(*ASK, *SHOWS, "--form", str(form))[0] == 0

    # The form lies where only disclosure officers write, under the reference and not under somebody's name.
    known = json.loads(dan("show", "D-1", "--format", "json")[1])
    assert known["disclosure"]["stated"]["form_key"] == "forms/D-1.pdf"
    assert known["waits_for"] == "a proposal (disclosure officer)"
    assert known["disclosure"]["requested_by"] == "dan"

    assert dan(*PROPOSE, "--file", CALL, "--cut", "other.wav=0:01-0:02", "--ground", "crime_or_taxation")[0] == 2
    cut = ("--file", CALL, "--cut", f"{CALL}=0:01-0:02:left", "--ground", "crime_or_taxation")
    assert dan(*PROPOSE, *cut)[:2] == (0, "asked\n")

    # Whoever decides sees what it is, names it, and is nobody who asked.
    _, shown, _ = zoe("show", "D-1")
    for part in (f"{CALL}  call_recording, ", "silent in 1000-2000 ms of left", "until 2027-01-20", "not be told"):
        assert part in shown
    proposal = json.loads(zoe("show", "D-1", "--format", "json")[1])["disclosure"]["proposal"]["proposal"]
    assert f"proposal {proposal}" in shown
    assert "a decision (data protection officer or rights approver)" in zoe("list")[1]
    assert zoe("decide", "D-1", "approve", "--why", "needed")[0] == 2
    assert zoe("decide", "D-1", "approve", "--why", "needed", "--proposal", "0-0")[0] == 1
    refused = terminal.as_("rights-approver", "dan")("decide", "D-1", "approve", "--why", "x", "--proposal", proposal)
    assert refused[1] == "refused: same_person\n"
    assert zoe("decide", "D-1", "approve", "--why", "needed", "--proposal", proposal)[:2] == (0, "decided\n")

    status, link, told = dan("hand-over", "D-1")
    assert (status, link[:8]) == (0, "https://")
    assert "number 1" in told
    assert dan("hand-over", "D-1")[0] == 1
    assert dan("handed-over", "D-1", "--route", "secure_mail")[0] == 0
    _, shown, _ = zoe("show", "D-1")
    assert "01_call_recording_edited.wav" in shown
    assert "by secure_mail" in shown
    assert [one["status"] for one in json.loads(dan("list", "--format", "json")[1])] == ["handed_over"]


def test_what_is_wrong_is_one_line_that_names_it(terminal: Terminal) -> None:
    dan = terminal.as_("disclosure-officer", "dan")
    for words, said in (
        (("show", "D-99"), "there is no disclosure D-99 on record"),
        (("show", "0790 0 123 456"), "telephone number"),
        (("ask", "D-2", "--kind", "neighbour"), "Invalid value"),
        (("ask", "D-2", "--kind", "police", "--shows", "colour=red"), "--shows colour: is none of"),
        ((*ASK, *SHOWS, "--form", "no-such-form.pdf"), "no-such-form.pdf: No such file"),
        (("propose", "D-1", "--tell", "yes"), "--why"),
        (("handed-over", "D-1", "--route", "by hand, 12 High Street"), "route: must be a word"),
    ):
        status, _, err = dan(*words)
        assert status == 2, words
        assert said in err, (words, err)
        assert err.startswith("steward: ")


def test_nobody_sees_or_hands_in_what_is_not_theirs(terminal: Terminal, tmp_path: Path) -> None:
    form = tmp_path / "form.pdf"
    form.write_bytes(b"signed")
    for role in ("information-officer", "complaints-officer", "release-officer"):
        status, _, said = terminal.as_(role, "mary")(*ASK, *SHOWS, "--form", str(form))
        assert status == 2
        assert "you are not in a role that may use it" in said
    assert terminal.as_("complaints-officer", "mary")("show", "D-1")[0] == 2
    assert {(one.who.partition("steward-")[2], one.action) for one in REFUSED} == {
        ("information-officer", "s3:PutObject"),
        ("complaints-officer", "s3:PutObject"),
        ("release-officer", "s3:PutObject"),
        ("complaints-officer", "dynamodb:Query"),
    }
    REFUSED.clear()
