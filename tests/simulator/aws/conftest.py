"""Small assemblies, written by hand: what the engine does with them is what it does with the real ones."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import embedded_aws

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ECHO = """
import json

def handler(event, context):
    print(json.dumps(event))
    return {"ok": "yes"}
"""
ARN_OF_SOURCE = "arn:aws:events:eu-west-2:111122223333:rule/*"


class Assembly:
    """Builds a cloud assembly of one stack, resource by resource, and starts it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.resources: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self.files: dict[str, Any] = {}
        self._closing = ExitStack()

    def add(self, logical_id: str, kind: str, **properties: object) -> None:
        self.resources[logical_id] = {"Type": kind, "Properties": properties}

    def asset(self, name: str, files: dict[str, str]) -> dict[str, str]:
        folder = self.folder / f"asset.{name}"
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(textwrap.dedent(text), encoding="utf-8")
        self.files[name] = {"source": {"path": folder.name, "packaging": "zip"}}
        return {"S3Bucket": "assets", "S3Key": f"{name}.zip"}

    def function(self, logical_id: str, code: str = ECHO, **properties: object) -> None:
        settings = {
            "FunctionName": f"test-{logical_id.lower()}",
            "Handler": "handler.handler",
            "Runtime": "python3.13",
            "Timeout": 30,
            "Code": self.asset(logical_id.lower(), {"handler.py": code}),
            **properties,
        }
        self.add(logical_id, "AWS::Lambda::Function", **settings)

    def queue(self, logical_id: str, **properties: object) -> None:
        self.add(logical_id, "AWS::SQS::Queue", VisibilityTimeout=180, **properties)
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": att(logical_id, "Arn"),
            "Condition": {"ArnLike": {"aws:SourceArn": ARN_OF_SOURCE}},
        }
        document = {"Version": "2012-10-17", "Statement": [statement]}
        self.add(f"{logical_id}Policy", "AWS::SQS::QueuePolicy", Queues=[ref(logical_id)], PolicyDocument=document)

    def worked_queue(
        self, code: str = ECHO, *, receives: int = 3, mapping: dict[str, Any] | None = None, **function: object
    ) -> None:
        """Add the chain of a rule's queue, its dead letters, and the function ``worker`` behind it."""
        self.queue("Dead")
        redrive = {"deadLetterTargetArn": att("Dead", "Arn"), "maxReceiveCount": receives}
        self.queue("Work", RedrivePolicy=redrive)
        self.function("Worker", code, **function)
        settings = {"BatchSize": 10, "FunctionResponseTypes": ["ReportBatchItemFailures"], **(mapping or {})}
        self.add(
            "Feed",
            "AWS::Lambda::EventSourceMapping",
            EventSourceArn=att("Work", "Arn"),
            FunctionName=ref("Worker"),
            **settings,
        )
        self.rule("ToWork", {"source": ["tests"]}, "Work")

    def rule(self, logical_id: str, pattern: dict[str, Any], target: str, **target_properties: object) -> None:
        target_entry = {"Id": "Target0", "Arn": att(target, "Arn"), **target_properties}
        self.add(logical_id, "AWS::Events::Rule", EventPattern=pattern, State="ENABLED", Targets=[target_entry])

    def permit(self, logical_id: str) -> None:
        self.add(
            f"{logical_id}Permission",
            "AWS::Lambda::Permission",
            Action="lambda:InvokeFunction",
            FunctionName=att(logical_id, "Arn"),
            Principal="events.amazonaws.com",
            SourceArn=ARN_OF_SOURCE,
        )

    def write(self) -> Path:
        template = {"Resources": self.resources, "Outputs": self.outputs}
        manifest = {
            "artifacts": {
                "test": {
                    "type": "aws:cloudformation:stack",
                    "environment": "aws://111122223333/eu-west-2",
                    "properties": {"templateFile": "test.template.json"},
                }
            }
        }
        (self.folder / "test.template.json").write_text(json.dumps(template))
        (self.folder / "test.assets.json").write_text(json.dumps({"files": self.files}))
        (self.folder / "manifest.json").write_text(json.dumps(manifest))
        return self.folder

    def start(self, start: datetime = START) -> EmbeddedAws:
        return self._closing.enter_context(embedded_aws(self.write(), start))

    def close(self) -> None:
        self._closing.close()


def ref(logical_id: str) -> dict[str, str]:
    return {"Ref": logical_id}


def att(logical_id: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, attribute]}


@pytest.fixture
def assembly(tmp_path: Path) -> Iterator[Assembly]:
    built = Assembly(tmp_path)
    yield built
    built.close()
