"""What the deployed stack says it keeps, against what the next deployment would: nothing shortens unseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from cli.doctor.findings import fine, note, stop
from cli.doctor.reading import AbsentError, NotReadableError
from infra.stores.records.classes import camel
from steward.ids import RecordClass
from steward.policy.checking.kept import PUBLISHED_AS, Kept, Shortening, read_published, shortenings, unnamed_change
from steward.retention.months import lifecycle_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = ("cloudformation:DescribeStacks", "cloudformation:ListStackResources", "s3:ListBucket")

AT_MOST: Final = 100_000
"""How many old objects are counted, at a thousand a call."""

_CHECK: Final = "periods"


def shorter(account: Account, plan: Plan) -> Iterator[Line]:
    """Refuse a shorter period that the policy does not acknowledge, and another policy under the same version.

    S3 applies a rule to what is there already: Amazon S3 User Guide, "Lifecycle configuration elements" (expiration
    actions apply to existing objects).
    """
    stack = f"{plan.deployment.prefix}-stores"
    try:
        found = account.read("cloudformation", "DescribeStacks", StackName=stack)["Stacks"][0]
    except AbsentError:
        yield fine(_CHECK, "nothing is deployed yet that could be kept for a shorter time")
        return
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}
    if PUBLISHED_AS not in outputs:
        yield note(
            _CHECK, f"{stack} does not say yet what it keeps, so nothing is compared", "the next deployment says it"
        )
        return
    try:
        before = read_published(outputs[PUBLISHED_AS])
    except msgspec.DecodeError:
        yield note(_CHECK, f"{stack} says what it keeps in words that this version does not know")
        return
    lines = [*_unnamed(before, plan.kept), *_shortened(account, plan, before)]
    yield from lines or [fine(_CHECK, f"nothing is kept for a shorter time than under {before.version}")]


def _unnamed(before: Kept, after: Kept) -> Iterator[Line]:
    sentence = unnamed_change(before, after)
    if sentence is not None:
        yield stop(_CHECK, sentence, "change policy_version in the policy")


def _shortened(account: Account, plan: Plan, before: Kept) -> Iterator[Line]:
    for one in shortenings(before, plan.kept):
        lost = _lost(account, plan, one)
        says = f"{one.name} is kept for {one.before} months now, and the policy says {one.after}; {lost}"
        if one.words in plan.policy.acknowledge_shortening:
            yield note(_CHECK, f"{says}; the policy acknowledges it")
        else:
            yield stop(
                _CHECK, says, f'acknowledge_shortening = ["{one.words}"] at the top of the policy, if it is meant'
            )


def _lost(account: Account, plan: Plan, one: Shortening) -> str:
    """Say what goes at once: the objects that are older than the new period already."""
    if not one.deletes:
        return "what is there already keeps the date that it was given"
    record_class = RecordClass(one.name)
    try:
        number = _older(
            account, _bucket(account, plan, record_class), lifecycle_days(plan.policy.retention[record_class])
        )
    except (AbsentError, NotReadableError) as problem:
        return f"how many objects go at once is not known ({problem})"
    at_least = "at least " if number >= AT_MOST else ""
    objects = "1 object goes" if number == 1 else f"{number:,} objects go"
    return f"{at_least}{objects} at once, for good"


def _bucket(account: Account, plan: Plan, record_class: RecordClass) -> str:
    existing = plan.deployment.environment.existing_buckets.get(record_class)
    if existing is not None:
        return existing.name
    stack, name = f"{plan.deployment.prefix}-stores", f"{camel(record_class.value)}Bucket"
    for one in account.pages("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=stack):
        if one["LogicalResourceId"] == name:
            return str(one["PhysicalResourceId"])
    raise AbsentError(f"{stack} has no {name}")


def _older(account: Account, bucket: str, days: int) -> int:
    oldest = datetime.now(UTC) - timedelta(days=days)
    number = 0
    for one in account.pages("s3", "ListObjectsV2", "Contents", Bucket=bucket):
        number += one["LastModified"] <= oldest
        if number >= AT_MOST:
            break
    return number
