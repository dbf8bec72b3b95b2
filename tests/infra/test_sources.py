"""Nothing of another environment, account or Connect instance can be mistaken for ours: a guard over every template."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Resources = dict[str, Any]

GLOBAL = {"lambda.amazonaws.com"}
"""A function's own role: Lambda sends neither account nor source when it assumes it.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - a value of a template
    return value if isinstance(value, list) else [value]


def _statements(everything: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in everything.items():
        properties = resource.get("Properties", {})
        for field in ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument", "ResourcePolicy"):
            for statement in _listed(properties.get(field, {}).get("Statement", [])):
                yield f"{name}.{statement.get('Sid', field)}", statement


def test_every_service_that_is_let_in_comes_for_our_own_account_or_resource(everything: Resources) -> None:
    loose = []
    for name, statement in _statements(everything):
        principal = statement.get("Principal")
        services = _listed(principal.get("Service", [])) if isinstance(principal, dict) else []
        conditions = json.dumps(statement.get("Condition", {}))
        bound = any(key in conditions for key in ("aws:SourceArn", "aws:SourceAccount", "EncryptionContext"))
        if statement["Effect"] == "Allow" and set(map(str, services)) - GLOBAL and not bound:
            loose.append(name)
    assert loose == []


def test_every_permission_of_a_function_names_the_account_and_the_source(everything: Resources) -> None:
    permissions = {
        name: one["Properties"] for name, one in everything.items() if one["Type"] == "AWS::Lambda::Permission"
    }
    assert permissions
    for name, properties in permissions.items():
        assert properties.get("SourceArn") or properties.get("FunctionUrlAuthType") == "AWS_IAM", name
        assert properties.get("SourceAccount") == "111122223333" or "FunctionUrlAuthType" in properties, name


def test_every_rule_on_what_connect_says_names_the_instance(everything: Resources) -> None:
    """https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html"""
    rules = {name: one["Properties"] for name, one in everything.items() if one["Type"] == "AWS::Events::Rule"}
    of_connect = {name: one for name, one in rules.items() if "aws.connect" in json.dumps(one.get("EventPattern", {}))}
    assert of_connect
    for name, properties in of_connect.items():
        assert "8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4" in json.dumps(properties["EventPattern"]), name


def test_every_rule_on_the_default_bus_names_something_of_ours(everything: Resources) -> None:
    """A trail is the account's: who stops it is told whosever environment it is."""
    for name, one in everything.items():
        if one["Type"] != "AWS::Events::Rule" or "EventBusName" in one["Properties"] or name == "TrailBlindedRule":
            continue
        pattern = json.dumps(one["Properties"].get("EventPattern", {}))
        # Text messages have no instance; a delivery that is none of ours finds no row.
        own = ("Ref", "GetAtt", "ImportValue", "local-steward", "8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4", "sms-voice")
        assert any(word in pattern for word in own), name
