"""Every single thing that can be taken out of the templates: a permission, a variable, a target, a source, a policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Template = dict[str, Any]
Cut = Callable[[dict[str, Any]], None]
"""Takes something out of a resource's declaration."""

WHOLE = {
    "AWS::IAM::ManagedPolicy",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
}
"""What is taken out as a whole as well. Nothing refers to these, so that CloudFormation would deploy the rest."""


@dataclass(frozen=True)
class Removal:
    """One thing, by the kind of thing it is, the resource that loses it and what it loses; without ``cut`` itself."""

    kind: str
    resource: str
    what: str
    cut: Cut | None = None

    def __str__(self) -> str:
        """Name it in a test's id."""
        return f"{self.kind}: {self.resource} {self.what}"


def removals(assembly: Path) -> list[Removal]:
    """Return every removal in the order of its name."""
    found = [
        removal
        for resources in _templates(assembly).values()
        for name, resource in resources["Resources"].items()
        for removal in _of(name, resource)
    ]
    return sorted(found, key=str)


def without(assembly: Path, removal: Removal, folder: Path) -> Path:
    """Write the assembly without that one thing into a folder and return it."""
    folder.mkdir()
    templates = _templates(assembly)
    for entry in assembly.iterdir():
        if entry.name not in templates:
            (folder / entry.name).symlink_to(entry)
    for name, template in templates.items():
        resources = template["Resources"]
        if removal.resource in resources:
            if removal.cut is None:
                del resources[removal.resource]
                _forget(resources, removal.resource)
            else:
                removal.cut(resources[removal.resource])
        (folder / name).write_text(json.dumps(template))
    return folder


def _templates(assembly: Path) -> dict[str, Template]:
    return {path.name: json.loads(path.read_text()) for path in sorted(assembly.glob("*.template.json"))}


def _forget(resources: dict[str, Any], name: str) -> None:
    for resource in resources.values():
        needs = resource.get("DependsOn", [])
        listed = [needs] if isinstance(needs, str) else needs
        if name in listed:
            resource["DependsOn"] = [one for one in listed if one != name]


def _of(name: str, resource: Mapping[str, Any]) -> Iterator[Removal]:
    kind, properties = resource["Type"], resource.get("Properties", {})
    if kind in WHOLE:
        yield Removal(kind, name, "itself")
    document = "KeyPolicy" if kind == "AWS::KMS::Key" else "PolicyDocument"
    if document in properties:
        yield from _statements(name, document, properties[document]["Statement"])
    yield from (Removal("dead letters", name, where, cut) for where, cut in _dead_letters(kind, properties))
    if kind == "AWS::Lambda::Function":
        for variable in properties["Environment"]["Variables"]:
            yield Removal("variable", name, variable, _cut("Environment", "Variables", variable))
    if kind == "AWS::Events::Rule":
        for number in range(len(properties["Targets"])):
            yield Removal("target", name, str(number), _cut("Targets", number))


def _dead_letters(kind: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, Cut]]:
    match kind:
        case "AWS::Lambda::Function" if "DeadLetterConfig" in properties:
            yield "of the function", _cut("DeadLetterConfig")
        case "AWS::Lambda::EventSourceMapping" if "DestinationConfig" in properties:
            yield "of the source", _cut("DestinationConfig")
        case "AWS::Scheduler::Schedule":
            yield "of the schedule", _cut("Target", "DeadLetterConfig")
        case "AWS::SQS::Queue" if "RedrivePolicy" in properties:
            yield "of the queue", _cut("RedrivePolicy")
        case "AWS::Events::Rule":
            for number in range(len(properties["Targets"])):
                yield f"of target {number}", _cut("Targets", number, "DeadLetterConfig")
        case _:
            pass


def _statements(name: str, document: str, statements: list[dict[str, Any]]) -> Iterator[Removal]:
    for number, statement in enumerate(statements):
        actions = statement["Action"]
        sid = str(statement.get("Sid", number + 1))
        if isinstance(actions, list):
            for position, action in enumerate(actions):
                cut = _cut(document, "Statement", number, "Action", position)
                yield Removal("permission", name, f"{sid}: {action}", cut)
        elif len(statements) > 1:
            yield Removal("permission", name, f"{sid}: {actions}", _cut(document, "Statement", number))


def _cut(*path: str | int) -> Cut:
    def cut(resource: dict[str, Any]) -> None:
        holder: Any = resource["Properties"]
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]

    return cut
