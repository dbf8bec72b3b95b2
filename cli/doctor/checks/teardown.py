"""When may the hold bucket go? Asked of the bucket itself: the locks of every version that is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cli.doctor.findings import fine, note, skipped
from cli.doctor.reading import AbsentError, NotReadableError
from steward.clock import london_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = (
    "cloudformation:ListStackResources",
    "s3:GetObjectLegalHold",
    "s3:GetObjectRetention",
    "s3:ListBucketVersions",
)

_CHECK: Final = "teardown"
_AFTERWARDS: Final = "docs/tearing-down.md, In which order"


def when(account: Account, prefix: str) -> Iterator[Line]:
    """Say what still lies in the hold bucket, when its last lock ends, and what has no end yet; nothing is changed."""
    stack = f"{prefix}-stores"
    try:
        resources = account.pages("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=stack)
        names = {one["LogicalResourceId"]: str(one.get("PhysicalResourceId", "")) for one in resources}
        bucket = names.get("LegalHoldBucket")
        if not bucket:
            yield fine(_CHECK, f"{stack} has no hold bucket")
            return
        yield from _of_bucket(account, bucket)
    except AbsentError:
        yield fine(_CHECK, f"there is no stack {stack}: look for a bucket that an earlier one left behind")
    except NotReadableError as problem:
        yield skipped(_CHECK, f"not known: {problem}", problem.mend)


def _of_bucket(account: Account, bucket: str) -> Iterator[Line]:
    number, without_end, last = 0, 0, None
    for version in account.pages("s3", "ListObjectVersions", "Versions", Bucket=bucket):
        place = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
        number += 1
        without_end += _held(account, place)
        until = _until(account, place)
        last = max(filter(None, (last, until)), default=None)
    copies = "1 copy" if number == 1 else f"{number:,} copies"
    if not number:
        yield fine(_CHECK, f"{bucket} is empty: it may go now")
        return
    if without_end:
        have = "has" if without_end == 1 else "have"
        yield note(
            _CHECK,
            f"{bucket} may not go yet: of {copies}, {without_end:,} {have} no end until the case is closed",
            "close the cases, or leave the controls in place until they are",
        )
    if last is not None:
        yield note(_CHECK, f"{bucket}: the last lock of {copies} ends on {london_date(last)}, not before", _AFTERWARDS)
    elif not without_end:
        yield note(_CHECK, f"{bucket}: {copies}, none of them locked; the nightly sweep disposes of them", _AFTERWARDS)


def _held(account: Account, place: dict[str, str]) -> bool:
    try:
        return bool(account.read("s3", "GetObjectLegalHold", **place)["LegalHold"]["Status"] == "ON")
    except AbsentError:
        return False


def _until(account: Account, place: dict[str, str]) -> datetime | None:
    try:
        found: datetime = account.read("s3", "GetObjectRetention", **place)["Retention"]["RetainUntilDate"]
    except AbsentError:
        return None
    return found
