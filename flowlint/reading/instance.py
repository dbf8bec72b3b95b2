"""Flows of a live instance, read only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from flowlint.document import flow_of
from flowlint.errors import OldFormatError, UnreadableFlowError
from flowlint.reading.files import Given
from flowlint.reading.json_text import loads, locate_in

_ARN = re.compile(r"^arn:[a-z-]+:connect:([a-z0-9-]+):\d{12}:instance/([0-9a-fA-F-]{36})$")


@dataclass(frozen=True, slots=True)
class Described:
    """One flow as the instance has it; ``problem`` says in a few words why its content cannot be had."""

    name: str
    kind: str
    id: str
    arn: str
    content: str = ""
    problem: str = ""


class Instance(Protocol):
    """What is asked of a live instance."""

    def flows(self) -> Iterator[Described]:
        """Yield every published flow and module. Raises UnreadableFlowError if they cannot be listed."""


def read_instance(instance: Instance, arn: str) -> Given:
    """Read every flow of an instance; one that cannot be read never stops the others."""
    given = Given()
    try:
        for described in instance.flows():
            source = f"{arn.rpartition('/')[2]}/{described.name}"
            if described.problem:
                given.refused.append(f"{source}: {described.problem}")
                continue
            try:
                content = loads(described.content, source)
                flow = flow_of(content, described.content, source=source, locate=locate_in(described.content))
            except OldFormatError:
                given.old.append(source)
            except UnreadableFlowError as error:
                given.refused.append(str(error))
            else:
                also = frozenset({described.id, described.arn})
                given.flows.append(replace(flow, name=described.name, kind=described.kind, also=also))
    except UnreadableFlowError as error:
        given.refused.append(str(error))
    return given


class AwsInstance:
    """An Amazon Connect instance, through boto3, which is asked for only here."""

    def __init__(self, arn: str, client: Any = None) -> None:  # noqa: ANN401 - boto3 has no types of its own
        """Prepare to read; raise UnreadableFlowError if the ARN names no instance or boto3 is not installed."""
        found = _ARN.match(arn)
        if found is None:
            raise UnreadableFlowError(
                f"{arn}: not the ARN of a Connect instance (arn:aws:connect:REGION:ACCOUNT:instance/ID)"
            )
        self._arn, self._instance_id = arn, found[2]
        self._client = client or _client(found[1])

    def flows(self) -> Iterator[Described]:
        """Yield every published flow and module. Raises UnreadableFlowError if they cannot be listed."""
        yield from self._described(
            "list_contact_flows", "ContactFlowSummaryList", "describe_contact_flow", "ContactFlow"
        )
        yield from self._described(
            "list_contact_flow_modules",
            "ContactFlowModulesSummaryList",
            "describe_contact_flow_module",
            "ContactFlowModule",
        )

    def _described(self, list_all: str, member: str, describe: str, described: str) -> Iterator[Described]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only who reads an instance needs it

        try:
            for page in self._client.get_paginator(list_all).paginate(InstanceId=self._instance_id):
                for summary in page[member]:
                    kind = "MODULE" if described == "ContactFlowModule" else str(summary.get("ContactFlowType", ""))
                    found = Described(
                        str(summary.get("Name", "")), kind, str(summary["Id"]), str(summary.get("Arn", ""))
                    )
                    try:
                        answer = getattr(self._client, describe)(
                            InstanceId=self._instance_id, **{f"{described}Id": summary["Id"]}
                        )
                        yield replace(found, content=str(answer[described]["Content"]))
                    except ClientError as error:
                        yield replace(found, problem=f"cannot be read: {error.response['Error']['Code']}")
        except (BotoCoreError, ClientError) as error:
            told = " ".join(str(error).split())
            raise UnreadableFlowError(f"{self._arn}: {list_all}: {told}") from error


def _client(region: str) -> Any:  # noqa: ANN401 - boto3 has no types of its own
    try:
        import boto3  # noqa: PLC0415 - only who reads an instance needs it
        from botocore.config import Config  # noqa: PLC0415
    except ImportError as error:
        raise UnreadableFlowError("--instance needs boto3, which is not installed") from error
    return boto3.client("connect", region_name=region, config=Config(retries={"mode": "adaptive", "max_attempts": 8}))
