"""``compare_profiles`` every night, where the policy says who may listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.parts.access.permissions import tell
from infra.parts.functions import StewardFunction

if TYPE_CHECKING:
    from infra.controls.context import Controls


class WhoMayListen(Construct):
    """The instance's own door to recordings: its security profiles."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls) -> None:
        super().__init__(scope, construct_id)
        stores, instance_arn = controls.stores, controls.deployment.environment.instance_arn
        compare = StewardFunction(
            self,
            "CompareProfiles",
            runtime=controls.runtime,
            folder="compare_profiles",
            description="Compares the instance's security profiles with those that the policy lets listen",
            environment={
                "DATA_PROTECTION_TOPIC_ARN": stores.data_protection_topic.topic_arn,
                "INSTANCE_ARN": instance_arn,
            },
            timeout=cdk.Duration.minutes(5),
            failed_runs=controls.failed_runs.queue,
        )
        compare.allow(
            "ReadSecurityProfiles",
            ["connect:ListSecurityProfilePermissions", "connect:ListSecurityProfiles"],
            [instance_arn, f"{instance_arn}/security-profile/*"],
            because="profiles are the instance's own, and new ones are to be seen",
        )
        tell(compare, stores, {"TellDataProtectionOfficer": stores.data_protection_topic})
        controls.alarms.add(
            self,
            "ProfileMayListen",
            metric=controls.alarms.counted("compare_profiles", "ProfileMayListen"),
            threshold=1,
            says="a security profile lets people listen that the policy does not name",
        )
        controls.daily(self, "CompareProfilesDaily", compare, at="04:45")
