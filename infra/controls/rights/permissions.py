"""What the functions around people's rights may do, by what they do it for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from infra.parts.access.permissions import KEY_USES_OF_TABLES
from steward.names import OUTGOING_EVENTS, RIGHTS_SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.controls.context import Controls
    from infra.parts.functions import StewardFunction
    from infra.stores.rights import RightsStore
    from infra.stores.stack import StoresStack


def use_requests(function: StewardFunction, controls: Controls, rights: RightsStore, *actions: str) -> None:
    """Let it do that with rows of the register of requests."""
    function.allow("UseRequests", list(actions), [rights.table.table_arn])
    function.allow(
        "UseRegistersKey",
        list(KEY_USES_OF_TABLES),
        [controls.stores.keys.operations.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{cdk.Stack.of(function).region}.amazonaws.com"}},
    )


def walk_agenda(function: StewardFunction, controls: Controls, rights: RightsStore) -> None:
    """Let it ask the register of requests what waits, and nothing else."""
    function.allow("WalkTheAgenda", ["dynamodb:Query"], [f"{rights.table.table_arn}/index/agenda"])
    function.allow(
        "UseRegistersKey",
        list(KEY_USES_OF_TABLES),
        [controls.stores.keys.operations.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{cdk.Stack.of(function).region}.amazonaws.com"}},
    )


def tell_information_team(function: StewardFunction, stores: StoresStack) -> None:
    """Let it publish to the information team's topic."""
    function.allow("TellInformationTeam", ["sns:Publish"], [stores.information_topic.topic_arn])
    function.allow(
        "EncryptNotices",
        ["kms:Decrypt", "kms:GenerateDataKey"],
        [stores.keys.operations.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"sns.{cdk.Stack.of(function).region}.amazonaws.com"}},
    )


def tell_other_systems(
    function: StewardFunction, stores: StoresStack, kinds: Sequence[str] = OUTGOING_EVENTS[RIGHTS_SOURCE]
) -> None:
    """Let it put steward's own events on the own bus, and no others."""
    function.allow(
        "TellOtherSystems",
        ["events:PutEvents"],
        [stores.bus.event_bus_arn],
        conditions={
            "StringEquals": {
                "events:source": RIGHTS_SOURCE,
                "events:detail-type": list(kinds),
            }
        },
    )


def find_in_store(function: StewardFunction, rights: RightsStore) -> None:
    """Let it list the store of rights: without it, S3 answers "denied" where the answer is "not there"."""
    function.allow("FindInStore", ["s3:ListBucket"], [rights.bucket.bucket_arn])
