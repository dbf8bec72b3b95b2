"""The part of a template that another emulation can deploy, with invented names for what it cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

DEPLOYED = frozenset(
    {
        "AWS::Events::EventBus",
        "AWS::Events::EventBusPolicy",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::SSM::Parameter",
        "AWS::Scheduler::Schedule",
        "AWS::Scheduler::ScheduleGroup",
    }
)
"""What LocalStack's free edition makes by CloudFormation without containers or other programs."""


@dataclass(frozen=True)
class Part:
    """The template of what is deployed, and how many resources of each type are not."""

    template: Json
    left_out: Mapping[str, int]


def part(template: Json, types: frozenset[str] = DEPLOYED) -> Part:
    """Return the resources of these types, with a made-up value wherever they refer to any other.

    The bootstrap version, which the command line asks for and nothing else, is left out too.
    """
    resources: dict[str, Json] = template["Resources"]
    kept = {name: one for name, one in resources.items() if one["Type"] in types}
    absent = {name: one["Type"] for name, one in resources.items() if name not in kept}
    finished: Json = {
        "Resources": {name: _without_waiting(_invented(one, absent), absent) for name, one in kept.items()},
        "Outputs": _invented(template.get("Outputs", {}), absent),
    }
    return Part(finished, Counter(absent.values()))


def _without_waiting(resource: Json, absent: Mapping[str, str]) -> Json:
    waits = resource.get("DependsOn", [])
    waits = [waits] if isinstance(waits, str) else waits
    rest = {key: value for key, value in resource.items() if key != "DependsOn"}
    left = [name for name in waits if name not in absent]
    return {**rest, "DependsOn": left} if left else rest


def _invented(value: Any, absent: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case {"Ref": str(name)} if name in absent:
            return _arn(name, absent[name]) if absent[name].startswith("AWS::Connect") else name.lower()
        case {"Fn::GetAtt": [str(name), str(attribute)]} if name in absent:
            return _arn(name, absent[name]) if attribute.endswith("Arn") else name.lower()
        case dict():
            return {key: _invented(each, absent) for key, each in value.items()}
        case list():
            return [_invented(each, absent) for each in value]
        case _:
            return value


def _arn(name: str, kind: str) -> Json:
    service = kind.split("::")[1].lower()
    pieces = f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:"
    return {"Fn::Sub": f"{pieces}{'function:' if service == 'lambda' else ''}{name.lower()}"}
