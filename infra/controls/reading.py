"""``report_access`` every night, where the environment keeps a trail of reads; and who may look at its reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.controls.rights import permissions
from infra.parts.access.permissions import tell
from infra.parts.functions import StewardFunction
from steward.names import READS

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.stores.rights import RightsStore
    from infra.stores.trail import ReadTrail


class WhoRead(Construct):
    """The stores' own doors: who read a held copy, or something of a person's request, and for which request."""

    def __init__(
        self, scope: Construct, construct_id: str, *, controls: Controls, rights: RightsStore, trail: ReadTrail
    ) -> None:
        super().__init__(scope, construct_id)
        stores, deployment = controls.stores, controls.deployment
        report = StewardFunction(
            self,
            "ReportAccess",
            runtime=controls.runtime,
            folder="report_access",
            description="Reports who read what of held copies and requests, and for which request",
            environment={
                "ACCOUNT": deployment.environment.account,
                "DATA_PROTECTION_TOPIC_ARN": stores.data_protection_topic.topic_arn,
                "HOLD_BUCKET": stores.holds.bucket.bucket_name,
                "OWN_BUS": stores.bus.event_bus_name,
                "REGION": deployment.environment.region,
                "RIGHTS_BUCKET": rights.bucket.bucket_name,
                "RIGHTS_TABLE": rights.table.table_name,
                "STAFF_PREFIX": f"{deployment.prefix}-",
                "TRAIL_BUCKET": trail.bucket.bucket_name,
            },
            timeout=cdk.Duration.minutes(15),
            memory_mb=1024,
            failed_runs=controls.failed_runs.queue,
        )
        permissions.use_requests(report, controls, rights, "dynamodb:Query")
        report.allow("WalkTheAgenda", ["dynamodb:Query"], [f"{rights.table.table_arn}/index/agenda"])
        report.allow("FindTheTrail", ["s3:ListBucket"], [trail.bucket.bucket_arn])
        report.allow(
            "ReadTheTrail",
            ["s3:GetObject"],
            [trail.bucket.arn_for_objects("AWSLogs/*")],
            because="CloudTrail names its files",
        )
        permissions.find_in_store(report, rights)
        report.allow(
            "WriteReports",
            ["s3:GetObject", "s3:PutObject"],
            [rights.bucket.arn_for_objects(f"{READS}*")],
            because="reports are named by their day",
        )
        report.allow("UseStoresKey", ["kms:Decrypt", "kms:GenerateDataKey"], [rights.key.key_arn])
        permissions.tell_other_systems(report, stores)
        tell(report, stores, {"TellDataProtectionOfficer": stores.data_protection_topic})
        for metric, says in (
            ("AccessUnexplained", "somebody read something and no request or disclosure on record is the reason"),
            ("AccessDayMissing", "the trail of a day is missing or a part of it: who read something is not known"),
        ):
            controls.alarms.add(
                self, metric, metric=controls.alarms.counted("report_access", metric), threshold=1, says=says
            )
        controls.daily(self, "ReportAccessDaily", report, at="05:15")
