"""Files as CloudTrail delivers them: log files of reads of objects, and the digest of every hour.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

ACCOUNT, REGION = "111122223333", "eu-west-2"


def session(role: str, person: str, account: str = ACCOUNT) -> dict[str, Any]:
    """Return who it was, as a session of a role has it."""
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role.rpartition('/')[2]}/{person}",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{account}:role/{role}"}},
    }


def user(name: str, account: str = ACCOUNT) -> dict[str, Any]:
    """Return who it was, as a user has it: no session."""
    return {"type": "IAMUser", "arn": f"arn:aws:iam::{account}:user/{name}", "userName": name}


def read(who: dict[str, Any], at: str, bucket: str, key: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the record of a read of an object."""
    return {
        "eventVersion": "1.11",
        "eventTime": at,
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "readOnly": True,
        "userIdentity": who,
        "requestParameters": {"bucketName": bucket, "key": key, "Host": f"{bucket}.s3.{REGION}.amazonaws.com"},
        "additionalEventData": {"AuthenticationMethod": "AuthHeader"},
        **more,
    }


def log_file(records: Sequence[dict[str, Any]]) -> tuple[bytes, str]:
    """Return a packed log file, and the digest of what is in it."""
    content = json.dumps({"Records": [*records]}).encode()
    return gzip.compress(content, mtime=0), hashlib.sha256(content).hexdigest()


def digest(start: datetime, end: datetime, files: Iterable[tuple[str, str]]) -> bytes:
    """Return the packed digest of an hour."""
    stated = {
        "digestStartTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "digestEndTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "logFiles": [{"s3Object": key, "hashValue": sha256, "hashAlgorithm": "SHA-256"} for key, sha256 in files],
    }
    return gzip.compress(json.dumps(stated).encode(), mtime=0)


def delivered(day: date, records: Sequence[dict[str, Any]], *, hours: Iterable[int] = range(24)) -> dict[str, bytes]:
    """Return what lies in the bucket after a day: a digest for each of the hours, and the log file of that day's noon.

    A trail that was made at a minute and a half past the hour has its digests then.
    """
    own = f"AWSLogs/{ACCOUNT}"
    name = f"{own}/CloudTrail/{REGION}/{day:%Y/%m/%d}/{ACCOUNT}_CloudTrail_{REGION}_{day:%Y%m%d}T1205Z_x.json.gz"
    body, sha256 = log_file(records)
    files: dict[str, bytes] = {name: body}
    for hour in hours:
        end = datetime.combine(day, time(hour, 1, 30), tzinfo=UTC)
        key = (
            f"{own}/CloudTrail-Digest/{REGION}/{end:%Y/%m/%d}/"
            f"{ACCOUNT}_CloudTrail-Digest_{REGION}_local-steward-reads_{REGION}_{end:%Y%m%dT%H%M%SZ}.json.gz"
        )
        files[key] = digest(end - timedelta(hours=1), end, [(name, sha256)] if hour == 13 else [])
    return files
