"""What goes wrong with a request, by the numbers of the design's list of failures: refused, told, or survived."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from steward import limits
from steward.decisions.people import StaffRole
from steward.decisions.subjects import Subject
from steward.holds.requests import BadRequest
from steward.ids import ContactId
from steward.policy.load import Severity, check
from steward.rights.clock.deadlines import Facts, Pause, deadlines
from steward.rights.clock.holidays import ENGLAND_AND_WALES, BeyondTheTable
from steward.rights.commands import command
from steward.rights.finding.identifiers import Identifier, Kind, read_intake
from steward.rights.finding.scanning import Needles, UnreadableRecords
from steward.rights.requests import RequestId, Status, SubjectRequest, Verdict
from tests.support.rights.council import PHONE, PROMISE, Council

SAR = RequestId("SAR-1")
OFFICER, APPROVER = str(StaffRole.INFORMATION_OFFICER), str(StaffRole.RIGHTS_APPROVER)
NOON = datetime(2027, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def council() -> Council:
    council = Council()
    council.call_comes_in("hers", datetime(2026, 12, 5, 10, tzinfo=UTC), files=("hers.pdf",))
    council.call_comes_in("his", datetime(2026, 11, 6, 10, tzinfo=UTC), files=("his.pdf",))
    return council


def request(council: Council) -> SubjectRequest:
    known = council.find(SAR)
    assert known is not None
    return known.request


def decide(council: Council, subject: Subject, role: str, name: str, **fields: object) -> str:
    said = council.decide(subject, role, name, "approve", f"call-{len(council.rows)}", **fields)
    council.settle()
    return said


def ready(council: Council) -> SubjectRequest:
    """Let a package be put together of her file."""
    council.ask()
    council.settle()
    for contact, verdict in (("hers", "confirmed"), ("his", "rejected")):
        assert decide(council, Subject.MATCH, OFFICER, "mary", contact_id=contact, verdict=verdict) == "decided"
    council.assemble(SAR)
    council.settle()
    assert decide(council, Subject.ITEM, OFFICER, "rob", file="hers.pdf", verdict="whole") == "decided"
    found = request(council)
    assert found.status is Status.AWAITING_APPROVAL
    return found


def test_a_contact_whose_chain_connect_does_not_list_makes_the_search_incomplete_and_blocks_nothing_for_ever(
    council: Council,
) -> None:
    council.unlisted.add(ContactId("hers"))
    ready(council)
    search = request(council).search
    assert search is not None
    assert search.unlisted == ("hers",)
    for _ in range(10):
        council.at += timedelta(days=1)
        council.night()
        council.settle()
    assert request(council).search.look == 2, "no full look every night"  # type: ignore[union-attr]
    assert sum(one.startswith("incomplete") for one in council.said) == 2, "told for each look"
    assert not [one for one in council.said if one.startswith("Search Complete")]
    [pages] = [entries for entries in council.packages.values() if entries]
    searches = next(one.content.decode() for one in pages if one.name == "searches.html")
    assert "whether other contacts belong to hers" in searches


def test_01_an_object_that_cannot_be_read_leaves_the_search_incomplete_and_names_it(council: Council) -> None:
    council.broken.add(min(council.exported))
    council.ask()
    council.settle()
    assert request(council).status is Status.MATCHING
    assert request(council).search is not None
    assert not request(council).search.complete  # type: ignore[union-attr]
    for contact in ("hers", "his"):
        decide(council, Subject.MATCH, OFFICER, "mary", contact_id=contact, verdict="confirmed")
    assert request(council).package is None
    # It is looked for again, as a whole, and found to be whole.
    council.broken.clear()
    council.at += timedelta(days=1)
    council.night()
    council.settle()
    assert request(council).search.complete  # type: ignore[union-attr]


def test_03_a_record_that_comes_after_the_search_is_found_by_the_second_look(council: Council) -> None:
    council.ask()
    council.settle()
    council.call_comes_in("late", datetime(2027, 1, 4, 10, tzinfo=UTC))
    council.at += timedelta(days=2)
    council.night()
    council.settle()
    assert request(council).match(request(council).matches[-1].contact_id)
    assert {one.contact_id for one in request(council).matches} == {"hers", "his", "late"}


def test_the_second_look_reads_what_is_new_unless_more_identifiers_were_given(council: Council) -> None:
    council.at += timedelta(hours=3)
    council.ask()
    council.at += timedelta(minutes=1)
    council.settle()
    assert len(council.read) == 2
    council.at += timedelta(hours=6)
    council.call_comes_in("late", datetime(2026, 12, 4, 10, tzinfo=UTC))
    council.at += timedelta(days=2)
    council.night()
    council.settle()
    assert len(council.read) == 3
    search = request(council).search
    assert search is not None
    assert (search.look, search.objects) == (2, 3)

    other = Council(exported=council.exported, written=council.written)
    other.ask()
    other.settle()
    other.at += timedelta(days=2)
    other.written["intake/SAR-1.json"] = other.at
    other.night()
    other.settle()
    assert len(other.read) == 2 * len(council.exported)


def test_04_a_contact_confirmed_by_mistake_leaves_and_voids_the_approval(council: Council) -> None:
    package = ready(council).package
    assert package is not None
    digest = package.manifest_sha256
    assert decide(council, Subject.PACKAGE, APPROVER, "zoe", manifest_sha256=digest) == "decided"
    assert decide(council, Subject.MATCH, OFFICER, "mary", contact_id="hers", verdict="rejected") == "decided"
    assert council.link().status == "refused"
    names = [entry.name for kept in [request(council).package] if kept for entry in council.packages[kept.key]]
    assert not any("hers" in name for name in names)
    assert not council.holds[request(council).matches[0].contact_id]


def test_05_a_recording_that_went_before_it_could_be_copied_is_said_to_be_gone(council: Council) -> None:
    council.files.clear()
    council.ask()
    council.settle()
    for contact, verdict in (("hers", "confirmed"), ("his", "rejected")):
        decide(council, Subject.MATCH, OFFICER, "mary", contact_id=contact, verdict=verdict)
    council.assemble(SAR)
    council.settle()
    kept = request(council).package
    assert kept is not None
    [index] = [one.content.decode() for one in council.packages[kept.key] if one.name == "index.html"]
    assert "it was no longer kept when you asked" in index


def test_07_a_hold_that_is_placed_after_the_package_was_built_changes_nothing_of_it(council: Council) -> None:
    package = ready(council).package
    assert package is not None
    decide(council, Subject.PACKAGE, APPROVER, "zoe", manifest_sha256=package.manifest_sha256)
    approved = request(council).package
    # A complaint protects one file more of the same call.
    council.files[ContactId("hers")] = ("hers.pdf", "complaint.pdf")
    council.assemble(SAR)
    council.settle()
    assert request(council).package == approved
    assert request(council).to_review == ("hers.pdf",)
    assert council.link().status == "given"


def test_08_whoever_prepared_it_never_approves_under_any_spelling_or_role(council: Council) -> None:
    package = ready(council).package
    assert package is not None
    for name in ("olive", "MARY", "rob@barnet.example", "r\u200bob"):
        said = decide(council, Subject.PACKAGE, APPROVER, name, manifest_sha256=package.manifest_sha256)
        assert said == "same_person", name
    said = decide(council, Subject.PACKAGE, OFFICER, "zoe", manifest_sha256=package.manifest_sha256)
    assert said == "role"


def test_09_another_manifest_is_not_approved(council: Council) -> None:
    ready(council)
    for digest in ("", "0" * 64, "not a digest"):
        assert "manifest_sha256" in decide(council, Subject.PACKAGE, APPROVER, "zoe", manifest_sha256=digest)


def test_10_a_second_link_takes_a_reason_and_a_closed_request_gives_none(council: Council) -> None:
    package = ready(council).package
    assert package is not None
    decide(council, Subject.PACKAGE, APPROVER, "zoe", manifest_sha256=package.manifest_sha256)
    assert [council.link().status, council.link().status] == ["given", "refused"]
    assert council.link("it ran out").count == 2
    assert council.tell("Request Closed", "e-c", outcome="answered") == ""
    assert council.link("once more").status == "refused"


def test_nothing_goes_out_while_a_contact_that_was_found_since_is_nobodys(council: Council) -> None:
    package = ready(council).package
    assert package is not None
    decide(council, Subject.PACKAGE, APPROVER, "zoe", manifest_sha256=package.manifest_sha256)
    council.call_comes_in("late", datetime(2027, 1, 4, 10, tzinfo=UTC))
    council.at += timedelta(days=2)
    council.night()
    council.settle()
    assert request(council).status is Status.MATCHING
    assert "found since" in council.link().reason
    assert "found since" in decide(council, Subject.PACKAGE, APPROVER, "zoe", manifest_sha256=package.manifest_sha256)
    assert decide(council, Subject.MATCH, OFFICER, "mary", contact_id="late", verdict="rejected") == "decided"
    council.assemble(SAR)
    council.settle()
    assert request(council).status is Status.AWAITING_APPROVAL


def test_11_answers_before_questions_and_pauses_that_overlap_or_run_backwards(council: Council) -> None:
    council.ask()
    assert "waits for an answer" in council.tell("Clarification Answered", "e-1")
    assert "before" in council.tell("Clarification Asked", "e-2", on="2027-01-01")
    assert council.tell("Clarification Asked", "e-3", on="2027-01-05") == ""
    assert "before" in council.tell("Clarification Answered", "e-4", on="2027-01-04")
    twice = Facts(
        received_on=date(2027, 1, 5),
        pauses=(Pause(asked_on=date(2027, 1, 6), answered_on=date(2027, 1, 10)),) * 2,
    )
    once = Facts(received_on=date(2027, 1, 5), pauses=twice.pauses[:1])
    today = date(2027, 1, 20)
    assert deadlines(twice, PROMISE, ENGLAND_AND_WALES, today) == deadlines(once, PROMISE, ENGLAND_AND_WALES, today)


def test_12_proof_that_never_comes_is_asked_for_again_and_closes_nothing(council: Council) -> None:
    council.ask()
    council.tell("Identity Asked", "e-1", on="2027-01-05")
    for _ in range(60):
        council.at += timedelta(days=1)
        council.night()
    assert request(council).open
    assert sum(one == "chase SAR-1" for one in council.said) == 4


def test_13_nothing_is_computed_beyond_the_table_of_holidays() -> None:
    with pytest.raises(BeyondTheTable):
        deadlines(Facts(received_on=date(2032, 12, 20)), PROMISE, ENGLAND_AND_WALES, date(2032, 12, 21))


@pytest.mark.parametrize(
    ("received", "law"),
    [("2028-02-29", "2028-03-29"), ("2027-01-31", "2027-03-01"), ("2027-12-31", "2028-01-31")],
)
def test_14_days_that_the_next_month_does_not_have(received: str, law: str) -> None:
    day = date.fromisoformat(received)
    found = deadlines(Facts(received_on=day), PROMISE, ENGLAND_AND_WALES, day)
    assert found is not None
    assert found.law_on == date.fromisoformat(law)


def test_15_an_extension_after_the_first_month_is_refused(council: Council) -> None:
    council.ask()
    council.at += timedelta(days=40)
    assert "too late" in council.tell("Request Extended", "e-1", told_on="2027-02-14", reason="complexity")


def test_30_repeats_and_events_out_of_order_change_nothing(council: Council) -> None:
    assert "not on record" in council.tell("Identity Asked", "e-0")
    assert council.ask() == council.ask() == ""
    before = request(council)
    council.tell("Clarification Asked", "e-1")
    after = request(council)
    council.tell("Clarification Asked", "e-1")
    assert request(council) == after != before
    assert "on record already" in council.tell(
        "Subject Request Received", "e-9", right="erasure", intake_key="intake/other.json", identity="needed"
    )


def test_34_an_authority_that_ran_out_between_approval_and_hand_over(council: Council) -> None:
    package = ready(council).package
    assert package is not None
    assert council.tell("Authority Confirmed", "e-1", kind="power_of_attorney", until="2027-01-10") == ""
    decide(council, Subject.PACKAGE, APPROVER, "zoe", manifest_sha256=package.manifest_sha256)
    assert council.link().status == "given"
    council.at += timedelta(days=10)
    assert "has expired" in council.link("again").reason
    assert "has expired" in council.tell("Package Handed Over", "e-2", route="post")
    assert "before the day" in council.tell("Authority Confirmed", "e-3", kind="parent", until="2026-01-01")


@pytest.mark.parametrize(("line", "named"), [('bank_holidays = "scotland"', "bank_holidays"), ("", "")])
def test_40_a_division_of_which_there_is_no_table_is_refused_by_name(line: str, named: str, tmp_path: Path) -> None:
    policy = tmp_path / "barnet.toml"
    text = Path("policies/barnet.toml").read_text()
    policy.write_text(text.replace("[subject_rights]\n", f"[subject_rights]\n{line}\n"))
    errors = [str(one) for one in check(policy) if one.severity is Severity.ERROR]
    assert bool(errors) is bool(named)
    assert all(named in one for one in errors)


GOOD = {"right": "access", "intake_key": "intake/x"}
WRONG: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    ("Subject Request Received", {}, "right"),
    ("Subject Request Received", {"right": "copy"}, "right"),
    ("Subject Request Received", {"right": "access", "intake_key": "requests/x.json"}, "intake_key"),
    ("Subject Request Received", {"right": "access", "intake_key": "intake/\n.json"}, "intake_key"),
    (
        "Subject Request Received",
        {"right": "access", "intake_key": "intake/x", "channel": "her number is 0163"},
        "channel",
    ),
    ("Authority Confirmed", {}, "kind"),
    ("Authority Confirmed", {"kind": "parent", "until": "soon"}, "until"),
    ("Request Extended", {"reason": ""}, "reason"),
    ("Request Closed", {"outcome": "lost"}, "outcome"),
    ("Match Decided", {"contact_id": "c", "verdict": "maybe", "by": "x"}, "verdict"),
    ("Match Decided", {"contact_id": "", "verdict": "confirmed", "by": "x"}, "contact_id"),
    ("Match Decided", {"contact_id": "c", "verdict": "confirmed"}, "by"),
    ("Item Reviewed", {"file": "f", "verdict": "some", "by": "x"}, "verdict"),
    ("Item Reviewed", {"file": "f", "verdict": "withheld", "by": "x"}, "ground"),
    ("Item Reviewed", {"file": "f", "verdict": "withheld", "ground": "embarrassing", "by": "x"}, "ground"),
    ("Item Reviewed", {"file": "f", "verdict": "edited", "ground": "another_person", "by": "x"}, "cuts"),
    ("Item Reviewed", {"file": "f" * 2000, "verdict": "whole", "by": "x"}, "file"),
    ("Package Approved", {"by": "x"}, "manifest_sha256"),
    ("Nothing Known", {}, "detail-type"),
)


@pytest.mark.parametrize(("kind", "detail", "named"), WRONG)
def test_an_event_with_a_mistake_is_refused_by_the_name_of_the_field(
    kind: str, detail: Mapping[str, Any], named: str
) -> None:
    with pytest.raises(BadRequest) as refusal:
        command(kind, {"request": "SAR-1", **detail}, NOON)
    assert refusal.value.field == named
    assert "0163" not in str(refusal.value)


@pytest.mark.parametrize(
    "cuts",
    [
        [{"from_ms": 5, "to_ms": 5}],
        [{"from_ms": 9, "to_ms": 5}],
        [{"from_ms": -1, "to_ms": 5}],
        [{"from_ms": 0.5, "to_ms": 5}],
        [{"from_ms": 0, "to_ms": 5, "channel": "middle"}],
        [{}],
        ["0-5"],
        [{"from_ms": 0, "to_ms": 5}] * 501,
        "0-5",
    ],
)
def test_32_cuts_that_are_none_are_refused(cuts: object) -> None:
    detail = {"request": "S", "file": "f", "verdict": "edited", "ground": "another_person", "by": "x", "cuts": cuts}
    with pytest.raises(BadRequest) as refusal:
        command("Item Reviewed", detail, NOON)
    assert refusal.value.field == "cuts"


NOBODY = ("anonymous", "", "+", "12", "0" * 40, "٠١٦٣٢")
INTAKES = (
    *(b"", b"{}", b"[]", b"null", b"[1]", b"\xff", b"[" * 5000, b"[" * 5 + b"]" * 5),
    json.dumps([{"type": "phone", "value": PHONE}]).encode() + b" " * limits.INTAKE.bytes,
    *(b'[{"type":"phone"}]', b'[{"type":"name","value":"Ada"}]'),
    *(json.dumps([{"type": "phone", "value": one}]).encode() for one in NOBODY),
)


@pytest.mark.parametrize("body", INTAKES)
def test_an_intake_by_which_nobody_could_be_found_is_refused_without_a_quotation(body: bytes) -> None:
    with pytest.raises(BadRequest) as refusal:
        read_intake(body)
    assert "Ada" not in str(refusal.value)


def test_of_fifty_one_identifiers_none_is_taken_and_of_some_wrong_ones_the_rest() -> None:
    one = {"type": "phone", "value": PHONE}
    with pytest.raises(BadRequest):
        read_intake(json.dumps([one] * 51).encode())
    found, doubts = read_intake(json.dumps([one, {"type": "email", "value": "nobody"}, one]).encode())
    assert found == (Identifier(kind=Kind.PHONE, value=PHONE),)
    assert [one.field for one in doubts] == ["identifier 2"]


HOSTILE = b'{"x":' * 5000 + PHONE.encode() + b"}"


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[]",
        HOSTILE,
        f'{{"CustomerEndpoint": "{PHONE}"'.encode(),
        f'{{"x": "{PHONE}"}}'.encode(),
        b"\x00\x01",
    ],
)
def test_a_line_that_is_no_record_is_never_passed_over(line: bytes) -> None:
    with pytest.raises(UnreadableRecords) as problem:
        list(Needles([Identifier(kind=Kind.PHONE, value=PHONE)]).look([line]))
    assert PHONE not in str(problem.value)


def test_a_record_without_the_person_is_passed_over_whatever_it_has() -> None:
    needles = Needles([Identifier(kind=Kind.PHONE, value=PHONE), Identifier(kind=Kind.EMAIL, value="a@example.org")])
    lines = [b"", b"  \n", b'{"ContactId": 7}', b'{"CustomerEndpoint": null}', gzip.compress(b"").join([b"{", b"}"])]
    assert list(needles.look(lines)) == []


def test_an_unknown_contact_or_file_is_not_decided_about(council: Council) -> None:
    ready(council)
    said = decide(council, Subject.MATCH, OFFICER, "mary", contact_id="nobody", verdict="confirmed")
    assert "no contact that was found" in said
    verdicts = {one.contact_id: one.verdict for one in request(council).matches}
    assert set(verdicts.values()) == {Verdict.CONFIRMED, Verdict.REJECTED}
