"""The rules by which S3 lets a class of record go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from infra.checks.guard import NONCURRENT_DAYS
from steward.retention.months import lifecycle_days

if TYPE_CHECKING:
    from steward.policy.retention import Period


def lifecycle_of(period: Period, *, enabled: bool = True) -> list[s3.LifecycleRule]:
    """Return the rules of a bucket for a period; rules that are not ``enabled`` let nothing go yet."""
    return [
        s3.LifecycleRule(
            id="policy-period",
            enabled=enabled,
            expiration=cdk.Duration.days(lifecycle_days(period)),
            noncurrent_version_expiration=cdk.Duration.days(NONCURRENT_DAYS),
            abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
        ),
        s3.LifecycleRule(id="expired-delete-markers", enabled=enabled, expired_object_delete_marker=True),
    ]
