"""Findings of the compliance packs that are accepted, each on the construct it concerns and with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from constructs import IConstruct


def accept(construct: IConstruct, reason: str, *rules: str) -> None:
    """Accept findings on that construct. A rule is written as the pack names it, such as ``AwsSolutions-KDF1``."""
    cdk.Validations.of(construct).acknowledge(
        *(cdk.Acknowledgment(id=f"{_pack(rule)}::{rule}", reason=reason) for rule in rules)
    )


def accept_one_copy(bucket: s3.Bucket) -> None:
    """Accept that the bucket is not replicated."""
    accept(
        bucket,
        "A replica would be a second copy with a life of its own, beyond the policy's period or outside its region;"
        " S3 keeps each object in three data centres",
        "NIST.800.53.R5-S3BucketReplicationEnabled",
        "PCI.DSS.321-S3BucketReplicationEnabled",
    )


def _pack(rule: str) -> str:
    return rule.partition("-")[0]
