"""The ledger of erasures: outside every table, so that no restore forgets what has to stay gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.parts.naming import role_of_function
from infra.stores.access.denials import nobody_weakens, only_these_lock, only_these_remove, only_these_write
from infra.stores.bucket import RetainedBucket

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms

WRITER = "erase_person"


class ErasureLedger(Construct):
    """What two people agreed to erase, and what was about to go: ids, keys and digests, and nothing that was erased.

    Each object is locked for as long as anything could bring back what was erased; then it goes. Nobody removes one or
    bypasses a lock.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        key: kms.IKey,
        access_logs: s3.IBucket,
        deployer: str,
        kept_for: cdk.Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = RetainedBucket(
            self,
            "Bucket",
            key=key,
            logged=(access_logs, "erasure-ledger/"),
            locks=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="nothing-can-come-back",
                    expiration=kept_for,
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                ),
                s3.LifecycleRule(id="expired-delete-markers", expired_object_delete_marker=True),
            ],
        )
        writer = role_of_function(prefix, WRITER)
        only_these_remove(self.bucket, [])
        only_these_write(self.bucket, [writer])
        only_these_lock(self.bucket, legal_holds=[], locks=[writer])
        nobody_weakens(self.bucket, deployer)
