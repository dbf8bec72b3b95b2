"""``sign_flag``: signatures for flags that a contact flow of the council's own sets, where the policy asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.parts.functions import StewardFunction
from infra.parts.naming import role_of_function
from infra.parts.removal import RETAINED
from infra.stores.access.denials import nobody_breaks

if TYPE_CHECKING:
    from infra.controls.context import Controls

CALL_TIMEOUT = cdk.Duration.seconds(7)
"""A contact flow waits for eight seconds."""

SIGNS = "sign_flag"


class SignedFlags(Construct):
    """The key, and the one function that signs with it: whoever verifies cannot, and an administrator cannot either."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls) -> None:
        super().__init__(scope, construct_id)
        role_name = role_of_function(controls.deployment.prefix, SIGNS)
        role = f"arn:aws:iam::{cdk.Stack.of(self).account}:role/{role_name}"
        self.key = kms.Key(
            self,
            "FlagKey",
            description="steward: signs the flags that contact flows set",
            key_spec=kms.KeySpec.HMAC_256,
            key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
            removal_policy=RETAINED,
        )
        nobody_breaks(self.key, controls.stores.deployer)
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlySignFlagSigns",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["kms:GenerateMac"],
                resources=["*"],
                conditions={"ArnNotEquals": {"aws:PrincipalArn": role}},
            )
        )
        self.function = StewardFunction(
            self,
            "SignFlag",
            runtime=controls.runtime,
            folder=SIGNS,
            description="Signs a complaint flag for a contact flow",
            environment={"FLAG_KEY_ARN": self.key.key_arn},
            timeout=CALL_TIMEOUT,
            # More memory is more processor, and a caller waits in silence while this starts.
            memory_mb=1024,
            role_name=role_name,
        )
        self.function.allow("SignFlags", ["kms:GenerateMac"], [self.key.key_arn])
