"""What the role that deploys needs, from the templates: ``python -m deployment.execution_policy [ENVIRONMENT]``.

``cdk bootstrap`` gives that role AdministratorAccess unless it is told otherwise
(https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html). This policy has the services whose resources
the templates declare, on this environment's names only, and no way to what is kept: no record, row, message or
invocation. Names are all that some services can be confined by; what has none (keys, rules of Connect, event sources)
is confined to account, region and instance. It was never tried on a live account: a first deployment under it that is
refused names the action, and changes nothing for good.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from infra.config import DEFAULT_ENVIRONMENT, cdk_context, choose
from infra.ending import complain, program
from infra.refusal import RefusalError
from infra.synthesis import cached_synthesis

SHIPPED: Final = Path(__file__).with_name("execution-policy.json")
LONGEST: Final = 6144
"""Characters of a managed policy without spaces: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

_NAMED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "CloudTrail": ("cloudtrail", ("cloudtrail:{region}:{account}:trail/{prefix}-*",)),
    "CloudWatch": (
        "cloudwatch",
        ("cloudwatch:{region}:{account}:alarm:{prefix}-*", "cloudwatch::{account}:dashboard/{prefix}*"),
    ),
    "DynamoDB": ("dynamodb", ("dynamodb:{region}:{account}:table/{prefix}-*",)),
    "Events": (
        "events",
        (
            "events:{region}:{account}:rule/{prefix}*",
            "events:{region}:{account}:event-bus/{prefix}*",
            "events:{region}:{account}:archive/{prefix}*",
        ),
    ),
    "Kinesis": ("kinesis", ("kinesis:{region}:{account}:stream/{prefix}-*",)),
    "KinesisFirehose": ("firehose", ("firehose:{region}:{account}:deliverystream/{prefix}-*",)),
    "Lambda": (
        "lambda",
        (
            "lambda:{region}:{account}:function:{prefix}-*",
            "lambda:{region}:{account}:layer:*",
            "lambda:{region}:{account}:event-source-mapping:*",
        ),
    ),
    "Logs": ("logs", ("logs:{region}:{account}:log-group:{prefix}-*",)),
    "S3": ("s3", ("s3:::{prefix}-*", "s3:::cdk-*-assets-{account}-{region}/*")),
    "SNS": ("sns", ("sns:{region}:{account}:{prefix}-*",)),
    "SQS": ("sqs", ("sqs:{region}:{account}:{prefix}-*",)),
    "SSM": ("ssm", ("ssm:{region}:{account}:parameter/{prefix}/*", "ssm:{region}:{account}:parameter/cdk-bootstrap/*")),
    "Scheduler": (
        "scheduler",
        (
            "scheduler:{region}:{account}:schedule/{prefix}-*/*",
            "scheduler:{region}:{account}:schedule-group/{prefix}-*",
        ),
    ),
    "KMS": ("kms", ("kms:{region}:{account}:key/*", "kms:{region}:{account}:alias/{prefix}*")),
    "SMSVOICE": ("sms-voice", ("sms-voice:{region}:{account}:*",)),
    "Connect": ("connect", ("{instance}", "{instance}/*")),
}
"""By the service of a resource type: the prefix of its actions, and what they may be on."""

_CREATING: Final = ("kms:CreateKey", "kms:ListAliases", "lambda:CreateEventSourceMapping", "logs:DescribeLogGroups")
"""On nothing that has a name yet, or on lists: IAM knows no resource for these."""

_ROLES: Final = (
    "AttachRolePolicy",
    "CreatePolicy",
    "CreatePolicyVersion",
    "CreateRole",
    "DeletePolicy",
    "DeletePolicyVersion",
    "DeleteRole",
    "DetachRolePolicy",
    "GetPolicy",
    "GetPolicyVersion",
    "GetRole",
    "ListAttachedRolePolicies",
    "ListPolicyVersions",
    "ListRolePolicies",
    "TagPolicy",
    "TagRole",
    "UpdateAssumeRolePolicy",
    "UpdateRole",
)
_CONTENT: Final = {
    "connect": ("DeleteContactData", "DescribeContact", "GetContactAttributes", "SearchContacts"),
    "dynamodb": (
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PartiQL*",
        "PutItem",
        "Query",
        "Scan",
        "UpdateItem",
    ),
    "events": ("PutEvents",),
    "kinesis": ("GetRecords", "PutRecord", "PutRecords"),
    "lambda": ("InvokeAsync", "InvokeFunction", "InvokeFunctionUrl"),
    "logs": ("FilterLogEvents", "GetLogEvents", "StartQuery"),
    "sms-voice": ("SendTextMessage", "SendVoiceMessage"),
    "sns": ("Publish",),
    "sqs": ("DeleteMessage", "PurgeQueue", "ReceiveMessage", "SendMessage"),
    "kms": ("GenerateMac", "Sign"),
}
"""What reaches what is kept, by service: nothing that CloudFormation does for these templates."""


class UnknownType(Exception):
    """A resource type of a service for which nothing is written down here; the text names it."""


def policy(
    templates: Iterable[Mapping[str, Any]], *, prefix: str, account: str, region: str, instance: str
) -> dict[str, Any]:
    """Return the policy as IAM takes it. Raises ``UnknownType`` for a service of which nothing is known here."""
    types = {str(one["Type"]) for template in templates for one in template["Resources"].values()}
    services = {kind.split("::")[1] for kind in types if kind.startswith("AWS::")} - {"IAM", "CDK"}
    if unknown := services - _NAMED.keys():
        raise UnknownType(f"nothing is written down for {', '.join(sorted(unknown))}")
    place = {"prefix": prefix, "account": account, "region": region, "instance": instance}
    return {"Version": "2012-10-17", "Statement": list(_statements(sorted(services), place))}


def _statements(services: Iterable[str], place: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    account, prefix = place["account"], place["prefix"]
    for service in services:
        actions, names = _NAMED[service]
        arns = [one.format(**place) for one in names]
        yield _statement(
            service, [f"{actions}:*"], [one if one.startswith("arn:") else f"arn:aws:{one}" for one in arns]
        )
    yield _statement("Creating", list(_CREATING), ["*"])
    owned = [f"arn:aws:iam::{account}:{kind}/{prefix}-*" for kind in ("role", "policy")]
    yield _statement("OwnRoles", [f"iam:{one}" for one in _ROLES], owned)
    passed = _statement("PassOwnRoles", ["iam:PassRole"], [f"arn:aws:iam::{account}:role/{prefix}-*"])
    services_of_roles = ["lambda", "firehose", "scheduler"]
    yield passed | {
        "Condition": {"StringEquals": {"iam:PassedToService": [f"{one}.amazonaws.com" for one in services_of_roles]}}
    }
    # https://docs.aws.amazon.com/connect/latest/adminguide/connect-slr.html : its own role gets a store's rights.
    connect = [f"arn:aws:iam::{account}:role/aws-service-role/connect.amazonaws.com/*"]
    yield _statement("ConnectsOwnRole", ["iam:AttachRolePolicy", "iam:PutRolePolicy"], connect)
    yield _denial("NoContent", [f"{service}:{one}" for service, some in _CONTENT.items() for one in some], ["*"])
    records = [f"arn:aws:s3:::{prefix}-*/*"]
    yield _denial("NoRecord", ["s3:*Object*"], records)


def _statement(sid: str, actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}


def _denial(sid: str, actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": actions, "Resource": resources}


def written(environment: str = DEFAULT_ENVIRONMENT) -> str:
    """Return the policy of an environment as a file. Raises ``UnknownType`` and ``infra.refusal.RefusalError``."""
    deployment = choose(cdk_context(), environment)
    place = deployment.environment
    folder = cached_synthesis(deployment.policy_path, environment)
    templates = [json.loads(one.read_text(encoding="utf-8")) for one in sorted(folder.glob("*.template.json"))]
    made = policy(
        templates,
        prefix=deployment.prefix,
        account=place.account,
        region=place.region,
        instance=place.instance_arn,
    )
    return json.dumps(made, indent=1) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Print the policy of the environment that is named, or of ``local``; 2 if there is none."""
    try:
        sys.stdout.write(written(*arguments[:1]))
    except (RefusalError, UnknownType) as problem:
        complain(problem)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(program(main, sys.argv[1:]))
