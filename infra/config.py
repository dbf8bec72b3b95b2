"""The one place of configuration: the context key ``steward:environments`` in ``cdk.json``.

Each entry is an environment by name; ``-c environment=NAME`` chooses one (``local`` without it). The keys of an entry
are the fields of :class:`Environment`; docs/deploying.md explains each.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from infra.contact_flows.settings import ContactFlowSettings
from infra.refusal import RefusalError
from steward.ids import RecordClass

ROOT = Path(__file__).resolve().parent.parent
CONTEXT_KEY = "steward:environments"
DEFAULT_ENVIRONMENT = "local"

InstanceArn = Annotated[
    str,
    Meta(
        pattern=r"^arn:aws:connect:[a-z]{2}-[a-z]+-[0-9]:[0-9]{12}:instance/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
    ),
]
KeyArn = Annotated[str, Meta(pattern=r"^arn:aws:kms:[a-z]{2}-[a-z]+-[0-9]:[0-9]{12}:key/[0-9A-Za-z-]+$")]
BucketName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
Email = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
AccessUrl = Annotated[str, Meta(pattern=r"^https://[a-z0-9.-]+$")]


class ExistingBucket(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bucket that the instance already writes to and that steward adopts (docs/adopting-an-instance.md)."""

    name: BucketName
    prefix: Annotated[str, Meta(min_length=1, max_length=128)]
    """The prefix under which the instance writes, as its storage configuration says."""
    key_arn: KeyArn | None = None
    """The key it is encrypted with, if that is not to be steward's own."""
    stage: Literal["import", "managed"] = "managed"
    """``import`` while CloudFormation takes the bucket over as it is; ``managed`` once steward sets it up."""
    replaces_lifecycle_rules: tuple[str, ...] = ()
    """The ids of the lifecycle rules it has today; steward's own replace them all, so each must be named here."""


class Environment(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What differs between deployments. The region and the account are those of the instance."""

    policy: str
    """The council's policy file, relative to the checkout."""
    instance_arn: InstanceArn
    access_url: AccessUrl | None = None
    """The instance's own address; browsers may upload chat attachments from there and nowhere else."""
    contact_record_key_arn: KeyArn | None = None
    """The key with which Connect already encrypts recordings, if that is not steward's own."""
    existing_buckets: dict[RecordClass, ExistingBucket] = {}
    origination_identity: str | None = None
    """The registered sender of text messages: a phone number, sender id or pool, by id or ARN."""
    complaints_email: Email | None = None
    supervisors_email: Email | None = None
    operations_email: Email | None = None
    """Who is told of alarms."""
    contact_flows: ContactFlowSettings | None = None
    """What the contact flows lead to (docs/contact-flows.md); without it no inbound flow is deployed."""

    @property
    def region(self) -> str:
        """The instance's region."""
        return self.instance_arn.split(":")[3]

    @property
    def account(self) -> str:
        """The instance's account."""
        return self.instance_arn.split(":")[4]


class Deployment(Struct, frozen=True, kw_only=True):
    """One named environment, as chosen for this synthesis."""

    name: str
    environment: Environment

    @property
    def prefix(self) -> str:
        """How the names of the environment's resources start."""
        return f"{self.name}-steward"


def cdk_context(path: Path = ROOT / "cdk.json") -> dict[str, Any]:
    """Return the context of ``cdk.json``; raise :class:`RefusalError` if it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RefusalError(f"{path.name}: cannot be read ({error.strerror})") from error
    except json.JSONDecodeError as error:
        raise RefusalError(f"{path.name}, line {error.lineno}: not JSON ({error.msg})") from error
    context = content.get("context")
    if not isinstance(context, dict):
        raise RefusalError(f"{path.name}: has no object `context`")
    return context


def choose(context: dict[str, Any], name: str = DEFAULT_ENVIRONMENT) -> Deployment:
    """Return the environment of that name; raise :class:`RefusalError` with one line that names the wrong field."""
    environments = context.get(CONTEXT_KEY)
    if not isinstance(environments, dict) or not environments:
        raise RefusalError(f"cdk.json: context `{CONTEXT_KEY}` names no environment")
    if name not in environments:
        raise RefusalError(f"cdk.json: there is no environment `{name}`; there are {', '.join(sorted(environments))}")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,19}", name):
        raise RefusalError(
            f"cdk.json: `{name}` is no environment name (lower-case letters, digits and hyphens, at most 20)"
        )
    try:
        environment = msgspec.convert(environments[name], Environment)
    except msgspec.ValidationError as error:
        raise RefusalError(f"cdk.json: {CONTEXT_KEY}.{name}: {_plain(str(error))}") from error
    return Deployment(name=name, environment=environment)


def _plain(message: str) -> str:
    """Turn msgspec's `… - at `$.x`` into `x: …`."""
    text, _, path = message.partition(" - at `$.")
    return f"{path.rstrip('`')}: {text}" if path else text
