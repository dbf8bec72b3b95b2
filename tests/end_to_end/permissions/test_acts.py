"""What the page says that a role can do is what the deployed policies let it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from documentation.acts import Act, Evaluation, acts, parted
from infra.config import cdk_context, choose
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.iam.policies.statements import Statement
from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.permissions.forbidden import role


@pytest.fixture(scope="module")
def world(assembly: Path) -> Iterator[EmbeddedAws]:
    with quiet_world(assembly, datetime(2027, 1, 1, tzinfo=UTC)) as found:
        yield found


def _evaluation(world: EmbeddedAws) -> Evaluation:
    deployment = choose(cdk_context())
    return Evaluation(world, deployment.environment.deployer, deployment.prefix)


def _act(says: str) -> Act:
    return next(one for one in acts() if one.says == says)


def test_who_can_do_it_is_who_is_said_to(world: EmbeddedAws) -> None:
    assert len(acts()) > 50
    assert parted(_evaluation(world), acts()) == {}


def test_each_role_for_people_can_do_something_that_is_written_down(world: EmbeddedAws) -> None:
    people = {one for one in _evaluation(world).roles if one.endswith(("-officer", "-approver", "-engineer", "-glass"))}

    assert len(people) >= 7
    assert people - {name for one in acts() for name in one.may} == set()


def test_a_claim_that_names_one_role_too_few_or_too_many_is_found(world: EmbeddedAws) -> None:
    order = _act("order a release")
    fewer, more = replace_act(order, order.may[1:]), replace_act(order, (*order.may, "release-officer"))

    assert set(parted(_evaluation(world), [fewer])) == {"order a release"}
    assert set(parted(_evaluation(world), [more])) == {"order a release"}


def replace_act(act: Act, may: tuple[str, ...]) -> Act:
    return Act(says=act.says, action=act.action, on=act.on, may=may, even=act.even, context=act.context)


def test_a_right_that_somebody_adds_to_a_role_is_found(world: EmbeddedAws) -> None:
    listening = Statement("Listen", "1", True, (), ("s3:GetObject",), ("*",), ())  # noqa: FBT003 - it allows
    policies = world.permissions.policies
    officer = role(policies, "local-steward-complaints-officer")
    more = replace(policies, roles={**policies.roles, officer: (*policies.roles[officer], listening)})
    world.permissions._policies = more  # noqa: SLF001 - what is deployed, with one right more
    try:
        found = parted(_evaluation(world), acts())
    finally:
        world.permissions._policies = policies  # noqa: SLF001

    assert set(found) == {"listen to a recording", "read a held copy", "read contact records"}
    assert "complaints-officer" in found["listen to a recording"][1].may
