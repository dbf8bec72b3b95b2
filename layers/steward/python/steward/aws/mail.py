"""Messages to people by an SNS topic: the one place that sends them, so that none carries what somebody typed raw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from steward import plain
from steward.aws.clients import client
from steward.aws.errors import translated

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

LONGEST_SUBJECT: Final = 100
"""Of an e-mail: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (ASCII, at most 100 characters)."""


def send_mail(topic_arn: str, subject: str, text: str) -> None:
    """Publish; raise ``steward.failures``."""
    publish(client("sns"), topic_arn, subject, text)


def publish(api: SNSClient, topic_arn: str, subject: str, text: str) -> None:
    """Publish by that client; raise ``AwsError`` as SNS does. What cannot stand in a subject is a question mark."""
    shown = plain.plain(subject).encode("ascii", "replace").decode()[:LONGEST_SUBJECT]
    with translated("sns.Publish"):
        api.publish(TopicArn=topic_arn, Subject=shown, Message=plain.lines(text))
