"""Our own flows, changed in one setting at a time."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from flowlint.document import Flow, parse_flow
from flowlint.findings import Finding
from flowlint.lint import lint
from infra.contact_flows.filling import filling
from infra.contact_flows.settings import ContactFlowSettings
from infra.contact_flows.template import fill
from steward.policy.load import load_policy
from tests.support.flows.surroundings import (
    ARNS,
    FILES,
    KEYPAD,
    NEEDS,
    PAYMENT_LINE,
    POLICIES,
    QUEUE,
    REFERENCES,
    TRANSFER_NUMBER,
    template,
)

Json = dict[str, Any]
Flows = dict[str, Json]
Change = Callable[[Flows], None]


@cache
def _shipped(council: str, *, keypad: bool) -> str:
    settings = ContactFlowSettings(
        queue_arn=QUEUE, card_entry=KEYPAD if keypad else PAYMENT_LINE, transfer_numbers=(TRANSFER_NUMBER,)
    )
    filled = filling(load_policy(POLICIES / f"{council}.toml"), settings, REFERENCES)
    return json.dumps(
        {name: fill(template(name), filled) for name in FILES if NEEDS.get(name, "languages") in filled.features}
    )


def shipped(council: str = "powys", *, keypad: bool = True) -> Flows:
    """Return a council's flows as JSON, by file name; a copy each time."""
    flows: Flows = json.loads(_shipped(council, keypad=keypad))
    return flows


def joined(flows: Flows) -> list[Flow]:
    """Read flows as they are deployed together."""
    return [
        replace(parse_flow(json.dumps(content), source=name), name=name, also=frozenset({ARNS.get(name, name)}))
        for name, content in flows.items()
    ]


def flaws_of(flows: Flows) -> list[Finding]:
    """Return everything that a strict run fails for."""
    return [finding for finding in lint(joined(flows)) if finding.severity != "note"]


def changed(change: Change, *, keypad: bool = True) -> Flows:
    flows = shipped(keypad=keypad)
    before = copy.deepcopy(flows)
    change(flows)
    assert flows != before, "the mutation changes nothing"
    return flows


def action(flows: Flows, name: str, identifier: str) -> Json:
    found: Json = next(each for each in flows[name]["Actions"] if each["Identifier"] == identifier)
    return found


def branches(flow: Json) -> Iterator[Json]:
    for each in flow["Actions"]:
        transitions = each["Transitions"]
        if "NextAction" in transitions:
            yield transitions
        yield from transitions.get("Conditions", ())
        yield from transitions.get("Errors", ())


def parameter(name: str, identifier: str, *path: str, to: object) -> Change:
    """Set a parameter."""

    def change(flows: Flows) -> None:
        within = action(flows, name, identifier)["Parameters"]
        for key in path[:-1]:
            within = within.setdefault(key, {})
        within[path[-1]] = to

    return change


def without(name: str, identifier: str, key: str) -> Change:
    """Leave a parameter out."""

    def change(flows: Flows) -> None:
        del action(flows, name, identifier)["Parameters"][key]

    return change


def leads(name: str, identifier: str, kind: str, to: str) -> Change:
    """Lead a branch elsewhere: ``next``, ``condition`` or an error type."""

    def change(flows: Flows) -> None:
        transitions = action(flows, name, identifier)["Transitions"]
        if kind == "next":
            transitions["NextAction"] = to
        elif kind == "condition":
            transitions["Conditions"][0]["NextAction"] = to
        else:
            for error in transitions["Errors"]:
                if error["ErrorType"] == kind:
                    error["NextAction"] = to

    return change


def condition(name: str, identifier: str, **to: object) -> Change:
    """Change the operator or the operands of the first condition."""

    def change(flows: Flows) -> None:
        action(flows, name, identifier)["Transitions"]["Conditions"][0]["Condition"].update(to)

    return change


def left_out(name: str, identifier: str) -> Change:
    """Take an action out: what led to it leads to what followed it."""

    def change(flows: Flows) -> None:
        after = action(flows, name, identifier)["Transitions"]["NextAction"]
        flow = flows[name]
        for branch in branches(flow):
            if branch["NextAction"] == identifier:
                branch["NextAction"] = after
        if flow["StartAction"] == identifier:
            flow["StartAction"] = after
        flow["Actions"] = [each for each in flow["Actions"] if each["Identifier"] != identifier]

    return change


def put_before(name: str, identifier: str, kind: str, errors: tuple[str, ...] = (), **parameters: object) -> Change:
    """Put an action before another: whatever led there leads to it."""

    def change(flows: Flows) -> None:
        flow = flows[name]
        for branch in branches(flow):
            if branch["NextAction"] == identifier:
                branch["NextAction"] = "put-in"
        if flow["StartAction"] == identifier:
            flow["StartAction"] = "put-in"
        transitions: Json = {"NextAction": identifier}
        if errors:
            transitions["Errors"] = [{"NextAction": identifier, "ErrorType": error} for error in errors]
        flow["Actions"].append(
            {"Identifier": "put-in", "Type": kind, "Parameters": parameters, "Transitions": transitions}
        )

    return change


def starts_at(name: str, identifier: str) -> Change:
    def change(flows: Flows) -> None:
        flows[name]["StartAction"] = identifier

    return change
