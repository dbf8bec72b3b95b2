"""The design that we are compared with: a function on every contact, which tags what Connect stored about it.

As public write-ups and samples describe it: an EventBridge rule on the contact event "COMPLETED" invokes a function,
which asks Connect for the contact, and sets tags on each of its objects; lifecycle rules then filter by tag. Tags that
are there are read first, because PutObjectTagging replaces them. Written plainly and without waste: no library besides
boto3, clients made once.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import boto3

connect: Any = boto3.client("connect")
s3: Any = boto3.client("s3")


def handler(event: dict[str, Any], _context: object) -> None:
    """Tag the objects of one contact with its class and the month in which it began."""
    detail = event["detail"]
    contact = connect.describe_contact(
        InstanceId=detail["instanceArn"].rpartition("/")[2], ContactId=detail["contactId"]
    )["Contact"]
    began = contact["InitiationTimestamp"].astimezone(UTC)
    tags = {"retention-class": "call_recording", "contact-month": datetime.strftime(began, "%Y-%m")}
    for recording in contact.get("Recordings", []):
        bucket, _, key = recording["Location"].partition("/")
        there = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        wanted = {**{tag["Key"]: tag["Value"] for tag in there}, **tags}
        tag_set = [{"Key": name, "Value": value} for name, value in wanted.items()]
        s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": tag_set})
    print(json.dumps({"contact": detail["contactId"], "tagged": len(contact.get("Recordings", []))}))
