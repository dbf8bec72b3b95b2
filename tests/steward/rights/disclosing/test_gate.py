"""Each kind of recipient has to show what it has to show; whatever is missing is refused by its name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from steward.ids import ContactId
from steward.policy.disclosure import LEAST, RecipientKind
from steward.policy.load import load_policy
from steward.rights.disclosing.gate import Shown, examine

AT = datetime(2027, 3, 1, 10, tzinfo=UTC)
COMPLETE: dict[RecipientKind, dict[str, Any]] = {
    RecipientKind.POLICE: {
        "form_key": "intake/form.pdf",
        "force": "Metropolitan Police",
        "officer": "PC 1234",
        "authoriser": "Inspector",
        "offence": "assault",
        "basis": "Sch 2 para 2",
        "criminal_matter": "yes",
        "victim": "no",
    },
    RecipientKind.AGENCY: {
        "form_key": "intake/form.pdf",
        "agency": "HM Revenue and Customs",
        "power": "s.29 (an act)",
        "authoriser": "senior manager",
        "basis": "UK GDPR Art 6(1)(c)",
    },
    RecipientKind.COURT_ORDER: {"form_key": "intake/order.pdf", "comply_by": "2027-03-20"},
    RecipientKind.REPRESENTATIVE: {
        "authority": "power of attorney",
        "evidence_seen_on": "2027-02-28",
        "until": "2027-06-30",
        "scope": ["c-1"],
    },
    RecipientKind.COMPLAINT_SERVICE: {"case": "CMP-1"},
    RecipientKind.CARE_BODY: {
        "care_relation": "care home",
        "purpose": "care plan",
        "condition": "Art 9(2)(h)",
        "need": "falls",
    },
    RecipientKind.FRAUD_TEAM: {"case": "FR-1", "basis": "public task"},
    RecipientKind.EMERGENCY: {
        "person_at_risk": "the caller, Mr A N Other",
        "decided_by": "duty.manager",
        "decided_at": "2027-03-01T09:55:00Z",
    },
}


def shown(kind: RecipientKind, **changed: object) -> Shown:
    detail = {**COMPLETE[kind], **changed}
    return examine(kind, LEAST[kind], detail, (ContactId("c-1"),), AT)


@pytest.mark.parametrize("kind", RecipientKind)
def test_who_shows_everything_passes(kind: RecipientKind) -> None:
    assert shown(kind).problems == {}
    assert shown(kind).stated.keys() == set(LEAST[kind])


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in RecipientKind for name in LEAST[kind]])
@pytest.mark.parametrize("nothing", [None, "", " "])
def test_each_thing_that_is_missing_is_refused_by_its_name(kind: RecipientKind, name: str, nothing: object) -> None:
    assert [*shown(kind, **{name: nothing}).problems] == [name]


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (RecipientKind.POLICE, "authoriser", "Sergeant"),
        (RecipientKind.POLICE, "basis", "consent"),
        (RecipientKind.POLICE, "basis", "recognised legitimate interests"),
        (RecipientKind.POLICE, "criminal_matter", "no"),
        (RecipientKind.POLICE, "form_key", "requests/SAR-1/records/c-1.json"),
        (RecipientKind.POLICE, "form_key", "intake/SAR-1.json"),
        (RecipientKind.POLICE, "offence", "theft from +44 7700 900123"),
        (RecipientKind.AGENCY, "agency", "write to a@b.example"),
        (RecipientKind.REPRESENTATIVE, "until", "2027-02-28"),
        (RecipientKind.REPRESENTATIVE, "evidence_seen_on", "2027-03-02"),
        (RecipientKind.REPRESENTATIVE, "scope", ["c-2"]),
        (RecipientKind.EMERGENCY, "person_at_risk", "no"),
        (RecipientKind.EMERGENCY, "decided_at", "2027-03-09"),
        (RecipientKind.COURT_ORDER, "comply_by", "soon"),
    ],
)
def test_what_cannot_count_is_refused_by_its_name(kind: RecipientKind, name: str, value: object) -> None:
    assert [*shown(kind, **{name: value}).problems] == [name]


def test_a_ticked_prejudice_stands_for_the_offence() -> None:
    passed = shown(RecipientKind.POLICE, offence=None, prejudice="yes")
    assert (passed.problems, passed.stated["prejudice"]) == ({}, "yes")
    assert [*shown(RecipientKind.POLICE, offence=None, prejudice="no").problems] == ["offence"]


def test_a_request_about_a_victim_needs_the_day_of_the_notice_to_them() -> None:
    # Police, Crime, Sentencing and Courts Act 2022, section 44C: notice on or before the request.
    assert [*shown(RecipientKind.POLICE, victim="yes").problems] == ["victim_notice_on"]
    assert [*shown(RecipientKind.POLICE, victim="yes", victim_notice_on="2027-03-02").problems] == ["victim_notice_on"]
    assert shown(RecipientKind.POLICE, victim="yes", victim_notice_on="2027-02-27").problems == {}


def test_sensitive_data_needs_a_condition_of_its_own() -> None:
    assert [*shown(RecipientKind.AGENCY, sensitive=True).problems] == ["condition"]
    assert shown(RecipientKind.AGENCY, sensitive=True, condition="Schedule 1 paragraph 10").problems == {}


def test_who_is_at_risk_is_not_kept() -> None:
    assert "Other" not in str(shown(RecipientKind.EMERGENCY).stated)


@pytest.mark.parametrize(
    ("council", "kinds"),
    [
        ("powys", {"complaint_service", "police", "care_body"}),
        ("rhondda-cynon-taf", {"complaint_service", "fraud_team", "police", "emergency"}),
        ("barnet", {"police", "agency", "representative", "emergency"}),
    ],
)
def test_each_council_has_its_own_list_and_a_court_is_on_all(council: str, kinds: set[str]) -> None:
    disclosure = load_policy(Path(f"policies/{council}.toml")).disclosure
    assert disclosure is not None
    listed = {one.value for one in RecipientKind if disclosure.needs_of(one) is not None}
    assert listed == kinds | {"court_order"}


@pytest.mark.parametrize("said", ["yes, a witness", "unknown", 1])
def test_whether_it_is_about_a_victim_is_never_guessed(said: object) -> None:
    assert shown(RecipientKind.POLICE, victim=said).problems == {"victim": "must be yes or no"}


@pytest.mark.parametrize(("said", "asks"), [("yes", True), ("about her health", True), ("no", False), (False, False)])
def test_sensitive_records_need_a_condition_however_that_is_said(said: object, asks: bool) -> None:  # noqa: FBT001
    assert ("condition" in shown(RecipientKind.POLICE, sensitive=said).problems) is asks


def test_a_basis_may_be_written_with_its_part() -> None:
    for written in ("Sch 2 Part 1 para 2", "DPA 2018, Schedule 2, Part 1, paragraph 2"):
        assert shown(RecipientKind.POLICE, basis=written).stated["basis"] == "crime_and_taxation"
