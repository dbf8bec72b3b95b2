"""What the functions around holds may do, by what they do it for. No action and no object is granted by a bare star."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from steward.evidence.signatures import ALGORITHM
from steward.ids import RecordClass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_sns as sns

    from infra.parts.functions import StewardFunction
    from infra.stores.records.record_store import RecordStore
    from infra.stores.stack import StoresStack


ANY_HELD_OBJECT = "objects in the hold bucket are named by their case and contact"

KEY_USES_OF_TABLES = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What DynamoDB asks of a table's key on behalf of whoever uses the table.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
"""


def read_contacts(function: StewardFunction, instance_arn: str) -> None:
    """Let it read contacts, what belongs to them, and their evaluations. Contact ids are not known beforehand."""
    function.allow(
        "ReadContacts",
        [
            "connect:DescribeContact",
            "connect:DescribeContactEvaluation",
            "connect:ListAssociatedContacts",
            "connect:ListContactEvaluations",
            "connect:ListContactReferences",
        ],
        [instance_arn, f"{instance_arn}/contact/*", f"{instance_arn}/contact-evaluation/*"],
        because="ids of contacts and evaluations are not known beforehand",
    )


def sources_of_holds(stores: StoresStack) -> list[RecordStore]:
    """Return the stores that a held contact is copied from; its contact record is asked of Connect itself."""
    return [store for name, store in stores.records.items() if name is not RecordClass.CONTACT_RECORD]


def protect_and_read_sources(function: StewardFunction, stores: StoresStack) -> None:
    """Let it find, lock, free and read what Connect wrote, never change or remove it."""
    sources = sources_of_holds(stores)
    buckets = [store.bucket for store in sources]
    function.allow("FindSources", ["s3:ListBucket", "s3:ListBucketVersions"], [bucket.bucket_arn for bucket in buckets])
    function.allow(
        "ProtectAndReadSources",
        [
            "s3:GetObject",
            "s3:GetObjectTagging",
            "s3:GetObjectVersion",
            "s3:GetObjectVersionTagging",
            "s3:PutObjectLegalHold",
        ],
        [bucket.arn_for_objects("*") for bucket in buckets],
        because="Connect names the objects that it writes",
    )
    keys = sorted({key for store in sources for key in store.reading_keys}, key=str)
    function.allow("DecryptSources", ["kms:Decrypt"], keys)


def write_held_copies(function: StewardFunction, stores: StoresStack) -> None:
    """Let it put locked copies and manifests into the hold bucket, look at them and extend their locks.

    Without the right to list, S3 answers "denied" where the answer is "not there"; without those to read locks it
    leaves them out, and a lock that is right looks like none.
    """
    bucket = stores.holds.bucket
    function.allow("FindHeldCopies", ["s3:ListBucket"], [bucket.bucket_arn])
    function.allow(
        "WriteHeldCopies",
        [
            "s3:AbortMultipartUpload",
            "s3:GetObject",
            "s3:GetObjectLegalHold",
            "s3:GetObjectRetention",
            "s3:GetObjectVersion",
            "s3:PutObject",
            "s3:PutObjectLegalHold",
            "s3:PutObjectRetention",
        ],
        [bucket.arn_for_objects("*")],
        because=ANY_HELD_OBJECT,
    )
    function.allow("EncryptHeldCopies", ["kms:Decrypt", "kms:GenerateDataKey"], [stores.keys.held.key_arn])


def sign_manifests(function: StewardFunction, stores: StoresStack) -> None:
    """Let it sign digests with the key of manifests, and show the key's public half."""
    key = stores.keys.signing.key_arn
    function.allow(
        "SignManifests",
        ["kms:Sign"],
        [key],
        conditions={"StringEquals": {"kms:MessageType": "DIGEST", "kms:SigningAlgorithm": ALGORITHM}},
    )
    function.allow("ShowWhoSigned", ["kms:GetPublicKey"], [key])


def dispose_of_held_copies(function: StewardFunction, stores: StoresStack) -> None:
    """Let it delete versions whose lock has ended, and lift the undated hold that they carry."""
    bucket = stores.holds.bucket
    function.allow("FindHeldVersions", ["s3:ListBucketVersions"], [bucket.bucket_arn])
    function.allow(
        "DisposeOfHeldVersions",
        ["s3:DeleteObjectVersion", "s3:PutObjectLegalHold"],
        [bucket.arn_for_objects("*")],
        because=ANY_HELD_OBJECT,
    )


def use_register(function: StewardFunction, stores: StoresStack, *actions: str, only: tuple[str, ...] = ()) -> None:
    """Let it do that with rows of the register; with ``only`` with those under these partition keys.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html (LeadingKeys)
    """
    leading = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": list(only)}} if only else None
    function.allow("UseRegister", list(actions), [stores.register.table_arn], conditions=leading)
    function.allow(
        "UseRegistersKey",
        list(KEY_USES_OF_TABLES),
        [stores.keys.operations.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{cdk.Stack.of(function).region}.amazonaws.com"}},
    )


def walk_agenda(function: StewardFunction, stores: StoresStack) -> None:
    """Let it ask the register what is due."""
    function.allow("WalkTheAgenda", ["dynamodb:Query"], [f"{stores.register.table_arn}/index/agenda"])


def tell_complaints_team(function: StewardFunction, stores: StoresStack) -> None:
    """Let it publish to the complaints team's topic."""
    tell(function, stores, {"TellComplaintsTeam": stores.complaints_topic})


def tell(function: StewardFunction, stores: StoresStack, topics: Mapping[str, sns.ITopic]) -> None:
    """Let it publish to these topics, by the statement's name, which says whom it tells."""
    for sid, topic in topics.items():
        function.allow(sid, ["sns:Publish"], [topic.topic_arn])
    function.allow(
        "EncryptNotices",
        ["kms:Decrypt", "kms:GenerateDataKey"],
        [stores.keys.operations.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"sns.{cdk.Stack.of(function).region}.amazonaws.com"}},
    )


def read_disposal_switch(function: StewardFunction, stores: StoresStack) -> None:
    """Let it ask whether it may delete."""
    function.allow("ReadDisposalSwitch", ["ssm:GetParameter"], [stores.disposal_switch.parameter_arn])
