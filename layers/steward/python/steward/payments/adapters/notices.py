"""The supervisors' topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from steward.aws.clients import client
from steward.aws.mail import publish
from steward.failures import AwsError
from steward.payments.ports import Undelivered

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient


@dataclass(frozen=True, slots=True)
class Topic:
    """Publishes to one SNS topic; ``api`` is a boto3 client of SNS."""

    api: SNSClient
    arn: str

    def tell(self, subject: str, text: str) -> None:
        """Send one notice. Raises Undelivered."""
        try:
            publish(self.api, self.arn, subject, text)
        except AwsError as error:
            raise Undelivered from error


def supervisors(arn: str) -> Topic:
    """Return the topic with that ARN."""
    return Topic(client("sns"), arn)
