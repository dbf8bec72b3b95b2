"""The keys, cut by who may read what they protect."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.parts.naming import role_of_function
from infra.parts.removal import RETAINED
from infra.stores.access.denials import nobody_breaks


class Keys(Construct):
    """One key for what Connect writes, one for what is held, one for the register and the operation, two that sign."""

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, deployer: str) -> None:
        super().__init__(scope, construct_id)
        self._deployer = deployer
        self.records = self._key("RecordsKey", "recordings, transcripts and contact records")
        self.held = self._key("HeldKey", "contacts under legal hold")
        self.operations = self._key("OperationsKey", "the register, topics and logs")
        stack = cdk.Stack.of(self)
        log_groups = f"arn:aws:logs:{stack.region}:{stack.account}:log-group:*"
        self.operations.add_to_resource_policy(
            iam.PolicyStatement(
                sid="LogGroupsOfThisAccount",
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
                actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
            )
        )
        self.operations.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsMayPublish",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            )
        )

        self.signing = self._signing_key(
            "SigningKey",
            alias=f"{prefix}-evidence",
            what="the manifests of held contacts",
            sid="OnlyPlaceHoldSigns",
            role=role_of_function(prefix, "place_hold"),
        )
        self.statements = self._signing_key(
            "StatementKey",
            alias=f"{prefix}-statements",
            what="statements",
            sid="OnlyWriteStatementSigns",
            role=role_of_function(prefix, "write_statement"),
        )

    def _signing_key(self, construct_id: str, *, alias: str, what: str, sid: str, role: str) -> kms.Key:
        """Return a key with which one function signs, whatever others are allowed.

        Its public half is in whatever is signed, and behind the alias for whoever wants to compare.
        """
        key = kms.Key(
            self,
            construct_id,
            description=f"steward: signs {what}",
            alias=alias,
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=RETAINED,
        )
        nobody_breaks(key, self._deployer)
        signs = f"arn:aws:iam::{cdk.Stack.of(self).account}:role/{role}"
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["kms:Sign"],
                resources=["*"],
                conditions={"ArnNotEquals": {"aws:PrincipalArn": signs}},
            )
        )
        return key

    def _key(self, construct_id: str, protects: str) -> kms.Key:
        key = kms.Key(
            self,
            construct_id,
            description=f"steward: {protects}",
            enable_key_rotation=True,
            removal_policy=RETAINED,
        )
        nobody_breaks(key, self._deployer)
        return key
