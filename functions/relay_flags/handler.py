"""Passes a complaint flag among a contact's attributes on to the hold queue; invoked for flagged records only.

What is passed on is the flag and the ids it needs, nothing else of the contact record.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.failures import AwsError
from steward.holds.wiring.relaying import relaying
from steward.observability import logger

relay = relaying(lambda kind: logger.error("a flag could not be read", extra={"kind": kind}))


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Answer from which record on the batch has to come again.

    Lambda goes on from the first that is named, so nothing behind it is tried.
    https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
    """
    for record in event["Records"]:
        try:
            relay.relay(record)
        except AwsError as error:
            logger.warning("flags wait in the stream", extra={"reason": str(error)})
            return {"batchItemFailures": [{"itemIdentifier": record["kinesis"]["sequenceNumber"]}]}
    return {"batchItemFailures": []}
