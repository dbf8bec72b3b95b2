"""The bucket of held copies and the people who may break a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.stores.access.denials import deny, nobody_weakens, only_these_lock, only_these_remove, only_these_write
from infra.stores.bucket import RetainedBucket
from steward.names import RECORD_CLASS_TAG

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms

    from infra.stores.access.changing_roles import ChangingRoles
    from infra.stores.notices import ObjectNotices


class HoldStore(Construct):
    """Copies of held contacts, each locked on its own in governance mode until its own date.

    There is no default retention, because each case has its own date, and no rule that removes versions: disposal is
    an act with a ledger entry. Three roles may bypass a lock: the functions that release a hold and that remove card
    data, on which two people agreed, and ``guard_evidence``, which the break-glass role calls. No person may.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        access_logs: s3.IBucket,
        roles: ChangingRoles,
        notices: ObjectNotices,
        deployer: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = RetainedBucket(
            self,
            "Bucket",
            key=key,
            logged=(access_logs, "legal_hold/"),
            locks=True,
            lifecycle_rules=[
                s3.LifecycleRule(id="incomplete-uploads", abort_incomplete_multipart_upload_after=cdk.Duration.days(1))
            ],
        )
        notices.tell_of_removals(self.bucket)
        cdk.Tags.of(self.bucket).add(RECORD_CLASS_TAG, "legal_hold")
        deny(
            self.bucket,
            "OnlyTheseBypassLocks",
            ["s3:BypassGovernanceRetention"],
            self.bucket.arn_for_objects("*"),
            unless=[roles.release_hold, roles.remove_card_data, roles.guard_evidence],
        )
        only_these_remove(
            self.bucket,
            [roles.release_hold, roles.maintain_holds, roles.remove_card_data, roles.guard_evidence],
        )
        only_these_write(self.bucket, [roles.place_hold])
        only_these_lock(
            self.bucket,
            legal_holds=[
                roles.place_hold,
                roles.release_hold,
                roles.maintain_holds,
                roles.remove_card_data,
                roles.guard_evidence,
            ],
            locks=[roles.place_hold, roles.release_hold],
        )
        nobody_weakens(self.bucket, deployer)
        self.break_glass = iam.Role(
            self,
            "BreakGlassRole",
            role_name=roles.break_glass,
            description="Lets a held copy be removed that was made in error; its use is an incident",
            assumed_by=iam.AccountRootPrincipal().with_conditions(
                {
                    "Bool": {"aws:MultiFactorAuthPresent": "true"},
                    "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
                    "StringEquals": {"sts:RoleSessionName": "${aws:username}"},
                }
            ),
            max_session_duration=cdk.Duration.hours(1),
        )
