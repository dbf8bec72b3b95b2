from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.decisions.calls import call_of, caller
from steward.decisions.people import Person, StaffRole, UnknownCaller, are_two_people, person_of
from steward.decisions.subjects import Decision, rules

ACCOUNT, PREFIX = "111122223333", "local-steward-"


@pytest.mark.parametrize(
    "other",
    [
        "Officer.1",
        "officer1",
        "o.f.f.i.c.e.r.1",
        " officer . 1 ",
        "officer.1\u200b",
        "off\u00adicer.1",
        "\uff4f\uff46\uff46\uff49\uff43\uff45\uff52\uff0e\uff11",
        "\u043efficer.1",  # Cyrillic o
        "\u03bfffic\u0435r.1",  # Greek o, Cyrillic e
        "o\u0308fficer.1",
        "o\ufb03cer.1",  # the ligature ffi
        "officer.l",
        "0fficer.1",
        "officer.1@council.example",
        "OFFICER.1+release@council.example",
        "officer_1",
        "officer-1",
        "",
        "\u202e",
    ],
)
def test_one_person_in_another_spelling_is_not_a_second_person(other: str) -> None:
    assert not are_two_people("officer.1", other)
    assert not are_two_people(other, "officer.1")


@pytest.mark.parametrize(("one", "other"), [("ann", "ben"), ("ann@a.example", "ann@b.example"), ("si\u00e2n", "ann")])
def test_two_people_are_two(one: str, other: str) -> None:
    assert are_two_people(one, other)


@given(name=st.text(max_size=30), other=st.text(max_size=30))
def test_whoever_asks_the_order_does_not_matter_and_nobody_is_two(name: str, other: str) -> None:
    assert not are_two_people(name, name)
    assert not are_two_people(name, name.upper())
    assert are_two_people(name, other) == are_two_people(other, name)


def test_somebody_signed_in_by_a_permission_set_is_known_by_the_session_s_name() -> None:
    role = "AWSReservedSSO_local-release-approver_0123456789abcdef"
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/ann@council.example"
    known = person_of(arn, account=ACCOUNT, prefix=PREFIX, permission_sets="local-")
    assert known == Person(role=StaffRole.RELEASE_APPROVER, name="ann@council.example")


@pytest.mark.parametrize(
    ("role", "permission_sets"),
    [
        ("AWSReservedSSO_local-release-approver_0123456789abcdef", ""),
        ("AWSReservedSSO_live-release-approver_0123456789abcdef", "local-"),
        ("AWSReservedSSO_local-release-approver_0123456789abcde", "local-"),
        ("AWSReservedSSO_local-release-approver", "local-"),
        ("local-release-approver", "local-"),
        ("XAWSReservedSSO_local-release-approver_0123456789abcdef", "local-"),
    ],
)
def test_no_other_role_passes_for_a_permission_set(role: str, permission_sets: str) -> None:
    with pytest.raises(UnknownCaller):
        person_of(
            f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/ann",
            account=ACCOUNT,
            prefix=PREFIX,
            permission_sets=permission_sets,
        )


def test_a_permission_set_of_an_environment_whose_name_begins_alike_has_no_role_here() -> None:
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_local-two-release-approver_0123456789abcdef/ann"
    assert person_of(arn, account=ACCOUNT, prefix=PREFIX, permission_sets="local-").role not in set(StaffRole)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111122223333:user/ann",
        "arn:aws:iam::111122223333:root",
        "arn:aws:sts::111122223333:federated-user/ann",
        "arn:aws:sts::999999999999:assumed-role/local-steward-release-approver/ann",
        "arn:aws:sts::111122223333:assumed-role/live-steward-release-approver/ann",
        "arn:aws:sts::111122223333:assumed-role/local-steward-release-approver",
        "arn:aws:sts::111122223333:assumed-role/local-steward-release-approver/ann/ben",
        "arn:aws:sts::111122223333:assumed-role/local-steward-release-approver/ann\n",
        "",
    ],
)
def test_nobody_outside_this_environments_roles_is_known(arn: str) -> None:
    with pytest.raises(UnknownCaller):
        person_of(arn, account=ACCOUNT, prefix=PREFIX)


def test_the_sample_event_says_who_signed_it() -> None:
    """Lambda developer guide, "Invoking Lambda function URLs", request payload format 2.0."""
    event = json.loads(Path("events/function-url/decide-approve.json").read_text())
    by = caller(event, account=ACCOUNT, prefix=PREFIX)
    assert by == Person("release-approver", "ben")
    assert call_of(event, by).id == "C-1"


@pytest.mark.parametrize("missing", ["requestContext", "authorizer", "iam", "userArn"])
def test_an_unsigned_request_is_nobodys_whatever_its_body_says(missing: str) -> None:
    event = json.loads(Path("events/function-url/decide-approve.json").read_text())
    place = event
    for name in ("requestContext", "authorizer", "iam", "userArn"):
        if name == missing:
            del place[name]
            break
        place = place[name]
    event["body"] = json.dumps({"userArn": "arn:aws:sts::111122223333:assumed-role/local-steward-release-approver/x"})
    with pytest.raises(UnknownCaller):
        caller(event, account=ACCOUNT, prefix=PREFIX)


@pytest.mark.parametrize("by_case_system", [False, True])
def test_no_staff_role_that_asks_for_something_decides_it(*, by_case_system: bool) -> None:
    for subject, rule in rules(case_system_releases=by_case_system).items():
        assert not {*rule.askers} & {*rule.deciders} & {*StaffRole}, subject
        assert any(rule.allows(role, Decision.REQUEST) for role in StaffRole)
