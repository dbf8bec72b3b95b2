"""All checks, one after the other: a check that cannot read says so, and the others go on."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import ClientError

from cli.doctor.checks import account as of_account
from cli.doctor.checks import capacity, instance, keeping, people, rights, senders, stacks, storage, teardown, versions
from cli.doctor.expected import Plan, read_plan
from cli.doctor.findings import Line, note, skipped, stop
from cli.doctor.reading import AbsentError, Account, LiveAccount, NotReadableError
from infra.checks import adoption
from infra.checks.associations import read_associations
from infra.config import cdk_context, choose
from infra.refusal import RefusalError
from infra.synthesis import synthesize
from steward.policy.load import load_policy

if TYPE_CHECKING:
    from infra.checks.adoption import Finding

Check = Callable[[Account, Plan], Iterator[Line]]

CHECKS: Final[dict[str, Check]] = {
    "account": of_account.identity,
    "bootstrap": of_account.bootstrap,
    "stacks": stacks.state,
    "left-over names": stacks.left_over,
    "periods": keeping.shorter,
    "instance": instance.state,
    "instance attributes": instance.switches,
    "names in the instance": instance.names,
    "flows": instance.card_entry,
    "flow versions": versions.modules,
    "numbers": instance.numbers,
    "Connect's role": rights.connects_own_role,
    "deploying role": rights.deployment,
    "sign-in": rights.sign_in,
    "storage": storage.associations,
    "keys": storage.keys,
    "grants": storage.grants,
    "concurrency": capacity.concurrency,
    "quotas": capacity.quotas,
    "queues": people.queues,
    "security profiles": people.security_profiles,
    "subscriptions": people.subscriptions,
    "SMS account": senders.tier,
    "sender": senders.sender,
}

_MODULES: Final = (
    of_account,
    capacity,
    instance,
    keeping,
    people,
    rights,
    senders,
    stacks,
    storage,
    teardown,
    versions,
)

_OF_BUCKETS: Final = (
    "s3:GetBucketCORS",
    "s3:GetBucketLocation",
    "s3:GetBucketNotification",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketPolicy",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    # The headers of one object for each month: with which key it is encrypted. Without a right to the key, and none is
    # given, no content can be read.
    "s3:GetObject",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
)
"""What reading a bucket that is to be adopted takes."""

BY_A_PERSON: Final = (
    "a security profile with the right to fill in evaluations, for complaints staff",
    "the outbound whisper flow, chosen for each queue that calls out",
    "the inbound flow, chosen for each telephone number",
    "the e-mail subscriptions, confirmed by whoever is to be told",
)
"""What no deployment can do."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a deployment would do."""

    made: int
    """Resources that the templates declare."""
    adopted: tuple[str, ...]
    replaced: tuple[str, ...] = ()
    """What an adopted bucket loses, and associations that move."""
    by_a_person: tuple[str, ...] = BY_A_PERSON


def examine(account: Account, plan: Plan) -> Iterator[Line]:
    """Yield every check's lines, in their order."""
    for name, check in CHECKS.items():
        try:
            yield from check(account, plan)
        except NotReadableError as problem:
            yield skipped(name, f"not known: {problem}", problem.mend)
        except AbsentError as problem:
            yield skipped(name, f"not known: {problem}", "see that the environment names what is there")


def examine_buckets(session: boto3.Session, plan: Plan) -> Iterator[Line]:
    """Yield what adopting each configured bucket would change, and what has to be settled first."""
    environment = plan.deployment.environment
    if not environment.existing_buckets:
        return
    try:
        s3 = session.client("s3", region_name=environment.region)
        connect = session.client("connect", region_name=environment.region)
        associated = read_associations(connect, environment.instance_arn.rpartition("/")[2])
        found = adoption.findings(plan.deployment, s3, associated)
    except (ClientError, RefusalError) as problem:
        yield skipped("buckets", f"not known: {problem}", "see that the buckets are there and may be read")
        return
    for finding in found:
        yield _as_line(finding)


@dataclass(frozen=True, kw_only=True)
class Examination:
    """Everything that was read of one environment's account, and what a deployment would do there."""

    lines: list[Line]
    outlook: Outlook


def examine_environment(name: str, session: boto3.Session) -> Examination:
    """Synthesize that environment into a folder of its own and read its account.

    Raises ``RefusalError`` for an environment that is not there or may not be deployed.
    """
    deployment = choose(cdk_context(), name)
    path = deployment.policy_path
    with tempfile.TemporaryDirectory(prefix="steward-doctor-") as folder:
        plan = read_plan(synthesize(deployment, path, Path(folder)), deployment, load_policy(path))
    lines = [*examine(LiveAccount(session, deployment.environment.region), plan), *examine_buckets(session, plan)]
    return Examination(lines=lines, outlook=outlook(plan))


def examined(name: str) -> list[Line]:
    """Return what doctor says of that environment with the credentials in use.

    Raises ``RefusalError`` as ``examine_environment`` does.
    """
    return examine_environment(name, boto3.Session()).lines


def outlook(plan: Plan) -> Outlook:
    """Return what would be made and adopted, and what is left to people."""
    buckets = plan.deployment.environment.existing_buckets
    moved = plan.deployment.environment.existing_associations
    return Outlook(
        replaced=(
            *(f"{what} of {one.name}" for one in buckets.values() for what in one.replaces),
            *(
                f"the lifecycle rule {rule} of {one.name}"
                for one in buckets.values()
                for rule in one.replaces_lifecycle_rules
            ),
            *(f"the place of {record_class} ({one.bucket or one.stream_arn})" for record_class, one in moved.items()),
        ),
        made=len(plan.resources),
        adopted=tuple(f"{one.name} ({record_class}, stage {one.stage})" for record_class, one in buckets.items()),
    )


def policy_document() -> dict[str, Any]:
    """Return the IAM policy of a role that may run every check: reading only, and no content of any record."""
    actions = sorted({action for module in _MODULES for action in module.ACTIONS} | set(_OF_BUCKETS))
    statement = {"Sid": "ReadOnlyForStewardDoctor", "Effect": "Allow", "Action": actions, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def policy_text() -> str:
    """Return the policy as the file ``deployment/doctor-policy.json`` has it."""
    return f"{json.dumps(policy_document(), indent=2)}\n"


def _as_line(finding: Finding) -> Line:
    says = f"{finding.bucket}: {finding.says}"
    return stop("buckets", says, "docs/adopting-an-instance.md") if finding.stops else note("buckets", says)
