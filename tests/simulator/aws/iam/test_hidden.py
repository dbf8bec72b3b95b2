"""Permissions change what an answer contains, not only whether it comes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import botocore.session
import pytest

from simulator.aws.iam.needs.hidden import HIDDEN, Hidden
from simulator.aws.iam.permissions import Permissions
from simulator.aws.iam.policies.statements import Need
from simulator.aws.iam.watch import _Hooks

ROLE = "arn:aws:iam::111122223333:role/verifier"
PARAMS = {"Bucket": "held", "Key": "k", "VersionId": "v-1"}


class Allowing:
    """The permissions of a role that may do exactly these actions."""

    def __init__(self, *actions: str) -> None:
        self.actions = actions

    def allows(self, _: str, need: Need) -> bool:
        return need.action in self.actions


def answered(operation: str, answer: dict[str, Any], *actions: str) -> dict[str, Any]:
    hooks = _Hooks(cast("Permissions", Allowing(*actions)))
    context = {"steward.call": ("verifier", ROLE, operation, PARAMS)}
    hooks.after(http_response=SimpleNamespace(status_code=200), parsed=answer, context=context)
    return answer


@pytest.mark.parametrize("one", HIDDEN, ids=lambda one: one.action)
def test_what_a_caller_may_not_see_is_left_out_and_nothing_else(one: Hidden) -> None:
    for operation in one.operations:
        full = {**dict.fromkeys(one.members, "shown"), "ContentLength": 1}
        assert answered(operation, dict(full)) == {"ContentLength": 1}
        assert answered(operation, dict(full), f"s3:{one.action_on(PARAMS)}") == full
        assert answered(operation, dict(full), f"s3:{one.action_on({})}.of.something.else") == {"ContentLength": 1}


@pytest.mark.parametrize("one", HIDDEN, ids=lambda one: one.action)
def test_every_entry_names_members_that_the_service_has_and_where_aws_says_it(one: Hidden) -> None:
    service = botocore.session.get_session().get_service_model("s3")
    for operation in one.operations:
        shape: Any = service.operation_model(operation).output_shape
        for member in set(one.members) - {"TagCount"} if operation == "HeadObject" else one.members:
            assert member in shape.members
    assert "API reference" in one.source


@pytest.mark.parametrize("operation", ["GetObject", "HeadObject"])
def test_whatever_the_service_s_own_description_says_of_permissions_is_on_the_list(operation: str) -> None:
    members: Any = botocore.session.get_session().get_service_model("s3").operation_model(operation).output_shape
    named = {name for name, shape in members.members.items() if "permission" in shape.documentation}
    assert len(named) > 2
    assert named <= {member for one in HIDDEN if operation in one.operations for member in one.members}


def test_the_list_is_of_no_use_to_another_operation() -> None:
    full = {"ObjectLockMode": "GOVERNANCE"}
    assert answered("PutObject", dict(full)) == full
