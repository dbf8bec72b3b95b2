"""The templates grant what is needed, nothing else, and deny what nobody may do."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from simulator.aws.iam.coverage import idle, reasons, unused
from simulator.aws.iam.policies.evaluator import decide
from simulator.aws.iam.policies.statements import Need
from tests.end_to_end.permissions.forbidden import (
    REMOVING,
    SECURE,
    WEAKENING,
    attempts,
    role,
    with_right_to_everything,
)
from tests.end_to_end.permissions.tour import Toured, tour

OFFICERS = ("local-steward-complaints-officer", "local-steward-information-officer")
"""Those who may put some events, and therefore not others."""


@pytest.fixture(scope="module")
def toured(assembly: Path) -> Toured:
    return tour(assembly)


def test_everything_on_the_tour_ends_as_it_should(toured: Toured) -> None:
    assert toured.broken() == {}


def test_no_function_service_or_person_on_the_tour_is_refused_anything(toured: Toured) -> None:
    assert [str(refusal) for refusal in toured.refused] == []


def test_every_permission_is_exercised_or_has_a_reason(toured: Toured) -> None:
    parts = [str(part) for part in unused(toured.policies, toured.needs)]
    patterns = reasons()

    assert [part for part in parts if not any(fnmatchcase(part, pattern) for pattern in patterns)] == []
    assert [pattern for pattern in patterns if not any(fnmatchcase(part, pattern) for part in parts)] == []
    assert all(patterns.values())


def test_an_administrator_may_not_remove_records_weaken_a_store_or_use_plain_http(toured: Toured) -> None:
    policies = with_right_to_everything(toured.policies, "administrator", *OFFICERS)
    tried = list(attempts(policies))

    assert len(tried) > 100
    assert [attempt for attempt in tried if decide(attempt, policies).allowed] == []
    assert [str(part) for part in idle(policies, tried)] == []


def test_an_administrator_may_still_look_at_a_store(toured: Toured) -> None:
    policies = with_right_to_everything(toured.policies, "administrator")
    for bucket in _buckets(toured):
        need = Need(role(policies, "administrator"), "s3:GetLifecycleConfiguration", bucket, SECURE)
        assert decide(need, policies).allowed, bucket


def test_only_a_deployment_changes_what_a_store_is(toured: Toured) -> None:
    deployer = "cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-2"
    policies = with_right_to_everything(toured.policies, deployer)
    for bucket in _buckets(toured):
        for action in WEAKENING:
            assert decide(Need(role(policies, deployer), f"s3:{action}", bucket, SECURE), policies).allowed
        for action in REMOVING:
            assert not decide(Need(role(policies, deployer), f"s3:{action}", f"{bucket}/key", SECURE), policies).allowed


def test_who_places_a_hold_cannot_ask_for_its_release(toured: Toured) -> None:
    policies = toured.policies
    caller, bus = role(policies, "local-steward-complaints-officer"), "arn:aws:events:eu-west-2:111122223333:event-bus/"
    source = ("events:source", "steward.complaints")

    def put(detail_type: str, *context: tuple[str, str]) -> Need:
        return Need(caller, "events:PutEvents", f"{bus}local-steward", (("events:detail-type", detail_type), *context))

    assert decide(put("Complaint Logged", source), policies).allowed
    assert not decide(put("Hold Released", source), policies).allowed
    assert not decide(put("Complaint Logged", ("events:source", "somebody.else")), policies).allowed


def test_nobody_enters_a_role_for_people_without_a_second_factor(toured: Toured) -> None:
    person = "arn:aws:iam::111122223333:user/somebody"
    names = ("break-glass", "complaints-officer", "data-protection-officer", "platform-engineer", "release-officer")
    for name in names:
        arn = role(toured.policies, f"local-steward-{name}")
        own = (("aws:username", "somebody"), ("sts:rolesessionname", "somebody"))
        factor = (("aws:multifactorauthpresent", "true"), ("aws:multifactorauthage", "60"), *own)
        assert decide(Need(person, "sts:AssumeRole", arn, factor), toured.policies).allowed
        assert not decide(Need(person, "sts:AssumeRole", arn, own), toured.policies).allowed


def test_an_engineer_sees_no_record(toured: Toured) -> None:
    policies = toured.policies
    actions = {
        action
        for statement in policies.of_role(role(policies, "local-steward-platform-engineer"))
        for action in statement.actions
    }
    assert {action.partition(":")[0] for action in actions} == {"lambda", "ssm"}


def _buckets(toured: Toured) -> list[str]:
    return [arn for arn in toured.policies.resources if arn.startswith("arn:aws:s3:::") and "accesslogs" not in arn]
