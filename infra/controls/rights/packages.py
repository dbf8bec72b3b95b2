"""Packages: put together from verdicts, and handed over by a link that opens for minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.controls.rights import permissions
from infra.parts.access.permissions import ANY_HELD_OBJECT, use_register
from infra.parts.functions import StewardFunction
from infra.parts.queues import WorkQueue

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.parts.access.role_policy import RolePolicy
    from infra.stores.rights import RightsStore

TIMEOUT = cdk.Duration.minutes(5)
CONCURRENCY = 2
NAMED_BY_THE_COUNCIL = "requests are named by the council"


class Packages(Construct):
    """``assemble_package`` on a queue, and ``hand_over`` behind an address of its own."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls, rights: RightsStore) -> None:
        super().__init__(scope, construct_id)
        self.orders = WorkQueue(
            self, "PackageOrders", alarms=controls.alarms, timeout=TIMEOUT, holds="packages for people who asked"
        )
        self._assemble(controls, rights)
        self._hand_over(controls, rights)

    def _assemble(self, controls: Controls, rights: RightsStore) -> None:
        stores = controls.stores
        assemble = StewardFunction(
            self,
            "AssemblePackage",
            runtime=controls.runtime,
            folder="assemble_package",
            description="Puts together what a person is given, once every contact and file is decided about",
            environment={
                "HOLD_BUCKET": stores.holds.bucket.bucket_name,
                "OWN_BUS": stores.bus.event_bus_name,
                "REGISTER_TABLE": stores.register.table_name,
                "RIGHTS_BUCKET": rights.bucket.bucket_name,
                "RIGHTS_TABLE": rights.table.table_name,
            },
            timeout=TIMEOUT,
            memory_mb=1769,
        )
        use_register(assemble, stores, "dynamodb:Query")
        assemble.allow("UseRequests", ["dynamodb:PutItem", "dynamodb:Query"], [rights.table.table_arn])
        permissions.tell_other_systems(assemble, stores)
        permissions.find_in_store(assemble, rights)
        assemble.allow(
            "ReadHeldCopies",
            ["s3:GetObjectVersion"],
            [stores.holds.bucket.arn_for_objects("*")],
            because=ANY_HELD_OBJECT,
        )
        assemble.allow("DecryptHeldCopies", ["kms:Decrypt"], [stores.keys.held.key_arn])
        assemble.allow(
            "ReadWhatWasFound",
            ["s3:GetObject"],
            [rights.bucket.arn_for_objects(f"{folder}/*") for folder in ("corrections", "intake", "requests")],
            because=NAMED_BY_THE_COUNCIL,
        )
        assemble.allow(
            "KeepPackages",
            ["s3:PutObject"],
            [rights.bucket.arn_for_objects("packages/*")],
            because=NAMED_BY_THE_COUNCIL,
        )
        assemble.allow("UseStoresKey", ["kms:Decrypt", "kms:GenerateDataKey"], [rights.key.key_arn])
        self.orders.feed(assemble, batch_size=1, max_concurrency=CONCURRENCY)

    def _hand_over(self, controls: Controls, rights: RightsStore) -> None:
        self._handing = StewardFunction(
            self,
            "HandOver",
            runtime=controls.runtime,
            folder="hand_over",
            description="Gives a link of 15 minutes to what was approved, and counts it",
            environment={
                "ACCOUNT": controls.deployment.environment.account,
                "RIGHTS_BUCKET": rights.bucket.bucket_name,
                "RIGHTS_TABLE": rights.table.table_name,
                "STAFF_PREFIX": f"{controls.deployment.prefix}-",
                **controls.deployment.environment.permission_sets(controls.deployment.name),
            },
            timeout=cdk.Duration.seconds(30),
        )
        permissions.use_requests(self._handing, controls, rights, "dynamodb:PutItem", "dynamodb:Query")
        self._handing.allow(
            "SignLinks",
            ["s3:GetObject"],
            [rights.bucket.arn_for_objects(f"{folder}/*") for folder in ("packages", "disclosures")],
            because=NAMED_BY_THE_COUNCIL,
        )
        self._handing.allow("OpenThroughLinks", ["kms:Decrypt"], [rights.key.key_arn])
        url = lambda_.FunctionUrl(
            self, "LinksUrl", function=self._handing.function, auth_type=lambda_.FunctionUrlAuthType.AWS_IAM
        )
        cdk.CfnOutput(self, "HandOverUrl", value=url.url, description="Where the information team gets a package")

    def admit(self, rights: RolePolicy) -> None:
        """Let a role ask for links."""
        function = self._handing.function.function_arn
        rights.allow_through_address("AskForLinks", "ForLinksThroughTheAddressAlone", function)
