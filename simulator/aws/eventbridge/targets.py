"""Brings a text to the queue, topic, function or stream with a given ARN."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from simulator.aws.iam.policies.resource_policy import may_deliver
from simulator.aws.lambda_.service import UnknownFunction

if TYPE_CHECKING:
    from simulator.aws.lambda_.service import Functions

Clients = Callable[[str], Any]
"""Returns the world's own boto3 client of a service."""

_ACTIONS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}


class DeliveryError(Exception):
    """A target could not be reached: it does not exist, or does not let the sender in."""


class Targets:
    """Everything that can be delivered to."""

    def __init__(self, clients: Clients, functions: Functions) -> None:
        self._clients = clients
        self._functions = functions
        self._statements: dict[str, list[Mapping[str, Any]]] = {}
        self.streams: dict[str, Callable[[str], None]] = {}
        """Delivery streams and data streams by ARN."""

    def allow(self, arn: str, statement: Mapping[str, Any]) -> None:
        """Add a statement to the resource policy of a target."""
        self._statements.setdefault(arn, []).append(statement)

    def disallow(self, arn: str, statement: Mapping[str, Any]) -> None:
        """Take a statement out of it again."""
        self._statements[arn].remove(statement)

    def check_permission(self, arn: str, *, service: str, source_arn: str) -> None:
        """Raise ``DeliveryError`` unless the target's resource policy lets that AWS service deliver for the source."""
        action = _ACTIONS.get(arn.split(":")[2])
        statements = self._statements.get(arn, ())
        if action and not may_deliver(statements, service=service, action=action, source_arn=source_arn):
            raise DeliveryError(f"the resource policy of {arn} does not let {service} deliver for {source_arn}")

    def send(
        self, arn: str, text: str, *, group: str | None = None, attributes: Mapping[str, str] | None = None
    ) -> None:
        """Deliver; raise ``DeliveryError`` when there is no such target. ``attributes`` are those of a message."""
        service, name = arn.split(":")[2], arn.rsplit(":", maxsplit=1)[-1]
        try:
            match service:
                case "sqs":
                    queues = self._clients("sqs")
                    url = queues.get_queue_url(QueueName=name)["QueueUrl"]
                    named = {
                        name: {"DataType": "String", "StringValue": value} for name, value in (attributes or {}).items()
                    }
                    groups = {"MessageGroupId": group} if group else {}
                    queues.send_message(QueueUrl=url, MessageBody=text, MessageAttributes=named, **groups)
                case "sns":
                    self._clients("sns").publish(TopicArn=arn, Message=text)
                case "lambda":
                    self._functions.invoke_later(arn, _payload(text))
                case "kinesis" | "firehose" if arn in self.streams:
                    self.streams[arn](text)
                case _:
                    raise DeliveryError(f"nothing that can be delivered to has the ARN {arn}")
        except (ClientError, UnknownFunction) as error:
            raise DeliveryError(f"{arn} could not be reached: {error}") from error


def _payload(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
