"""The one place of configuration: ``environments.toml`` of a council's own folder (``infra.council_folder``).

Without such a folder it is the context key ``steward:environments`` in this repository's ``cdk.json``. Each entry is an
environment by name; ``-c environment=NAME`` chooses one (``local`` without it). The keys of an entry are the fields of
:class:`Environment`; docs/deploying.md explains each.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from infra.contact_flows.settings import ContactFlowSettings, Keypad
from infra.council_folder import CONTEXT_KEY, ROOT, council_folder
from infra.refusal import RefusalError
from infra.wrong_entry import explained
from steward.ids import S3_RECORD_CLASSES, RecordClass

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CONTEXT_KEY", "ROOT", "Deployment", "Environment", "ExistingBucket", "assembly_of", "cdk_context", "choose"]

DEFAULT_ENVIRONMENT = "local"
DEFAULT_QUALIFIER = "hnb659fds"
"""The qualifier of ``cdk bootstrap`` without options."""


class ExistingBucket(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bucket that the instance already writes to and that steward adopts (docs/adopting-an-instance.md)."""

    name: str
    prefix: str
    """The prefix under which the instance writes, as its storage configuration says."""
    key_arn: str | None = None
    """The key it is encrypted with, if that is not to be steward's own."""
    stage: Literal["import", "prepare", "managed"] = "managed"
    """``import`` while CloudFormation takes the bucket over as it is; ``prepare`` when steward has set it up but lets
    nothing go yet, so that open cases can be held first; ``managed`` when the policy's period applies."""
    replaces_lifecycle_rules: tuple[str, ...] = ()
    """The ids of the lifecycle rules it has today; steward's own replace them all, so each must be named here."""
    replaces: tuple[Literal["bucket-policy", "cors", "notifications", "replication"], ...] = ()
    """What else it has today that the deployment replaces or removes."""


class Environment(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What differs between deployments. The region and the account are those of the instance."""

    policy: str
    """The council's policy file, relative to the folder of the environments."""
    instance_arn: str
    access_url: str | None = None
    """The instance's own address; browsers may upload chat attachments from there and nowhere else."""
    contact_record_key_arn: str | None = None
    """The key with which Connect already encrypts recordings, if that is not steward's own."""
    bootstrap_qualifier: str = DEFAULT_QUALIFIER
    """The qualifier with which the account was bootstrapped (``cdk bootstrap --qualifier``)."""
    deployment_role_arn: str | None = None
    """The role with which CloudFormation deploys, if its name or path is not the one that ``cdk bootstrap`` gives it.
    Stores and keys let no other role change what they are."""
    existing_buckets: dict[RecordClass, ExistingBucket] = {}
    origination_identity: str | None = None
    """The registered sender of text messages: a phone number, sender id or pool, by id or ARN."""
    case_system_principal: str | None = None
    """The role or user, by ARN, of the council's case-management system: the only one that may put "Hold Released"."""
    complaints_email: str | None = None
    data_protection_email: str | None = None
    """Who is told of removals before their time."""
    information_email: str | None = None
    supervisors_email: str | None = None
    operations_email: str | None = None
    """Who is told of alarms."""
    runbook_url: str = "docs/runbook.md"
    """Where the people who are told of alarms can read the runbook; alarms end with it."""
    protected: bool = False
    """Whether stacks and tables refuse to be deleted. Set it after the first deployment succeeded: before, protection
    would keep what a failed one left behind (docs/deploying.md)."""
    kept_warm: Annotated[int, Meta(ge=0, le=100)] = 0
    """How many starts of each function that flows invoke Lambda keeps ready ("provisioned concurrency"), so that nobody
    waits for one. docs/performance.md says what each costs a month; 0: none."""
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

    @property
    def deployer(self) -> str:
        """The ARN of the role with which CloudFormation deploys.

        https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html ("CloudFormationExecutionRole")
        """
        name = f"cdk-{self.bootstrap_qualifier}-cfn-exec-role-{self.account}-{self.region}"
        return self.deployment_role_arn or f"arn:aws:iam::{self.account}:role/{name}"


class Deployment(Struct, frozen=True, kw_only=True):
    """One named environment, as chosen for this synthesis."""

    name: str
    environment: Environment
    folder: Path = ROOT
    """From where the paths in the entry count: the council's own folder, or this repository."""

    @property
    def policy_path(self) -> Path:
        """The council's policy file."""
        return self.folder / self.environment.policy

    @property
    def prefix(self) -> str:
        """How the names of the environment's resources start."""
        return f"{self.name}-steward"


def assembly_of(name: str) -> Path:
    """Return where the templates of that environment are written: ``local``'s directly in ``cdk.out``.

    Raises :class:`RefusalError` if the council's folder that is named is none.
    """
    folder = council_folder().path / "cdk.out"
    return folder if name == DEFAULT_ENVIRONMENT else folder / name


def cdk_context(path: Path = ROOT / "cdk.json") -> dict[str, Any]:
    """Return the context of ``cdk.json``, with the environments of the council's own folder if one is named.

    Raises :class:`RefusalError` if a file cannot be read.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RefusalError(f"{path.name}: cannot be read ({error.strerror})") from error
    except json.JSONDecodeError as error:
        raise RefusalError(f"{path.name}, line {error.lineno}: not JSON ({error.msg})") from error
    context = content.get("context")
    if not isinstance(context, dict):
        raise RefusalError(f"{path.name}: has no object `context`")
    folder = council_folder()
    return {**context, CONTEXT_KEY: folder.environments()} if folder.is_own else context


def choose(context: dict[str, Any], name: str = DEFAULT_ENVIRONMENT) -> Deployment:
    """Return the environment of that name; raise :class:`RefusalError` with one line that names the wrong field."""
    folder = council_folder()
    environments = context.get(CONTEXT_KEY)
    if not isinstance(environments, dict) or not environments:
        where = folder.file if folder.is_own else f"{folder.file}: context `{CONTEXT_KEY}`"
        raise RefusalError(f"{where} names no environment")
    if name not in environments:
        there = ", ".join(sorted(environments))
        raise RefusalError(f"{folder.file}: there is no environment `{name}`; there are {there}")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,19}", name):
        raise RefusalError(
            f"{folder.file}: `{name}` is no environment name"
            " (a small letter, then letters, digits and hyphens; 20 at most)"
        )
    place = folder.place(name)
    try:
        environment = msgspec.convert(environments[name], Environment)
    except msgspec.ValidationError as error:
        raise RefusalError(f"{place}: {explained(error, Environment)}") from error
    problems = [f"{place}: {problem}" for problem in _problems(environment)]
    if problems:
        raise RefusalError("\n".join(problems))
    return Deployment(name=name, environment=environment, folder=folder.path)


_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_INSTANCE = re.compile(rf"arn:aws:connect:[a-z]{{2}}(?:-[a-z]+)+-[0-9]:[0-9]{{12}}:instance/{_UUID}")
_KEY = re.compile(r"arn:aws:kms:[a-z]{2}(?:-[a-z]+)+-[0-9]:[0-9]{12}:key/[0-9A-Za-z-]+")
_PRINCIPAL = re.compile(r"arn:aws:iam::[0-9]{12}:(?:role|user)/[A-Za-z0-9+=,.@_/-]+")
_ROLE = re.compile(r"arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+")
_QUALIFIER = re.compile(r"[A-Za-z0-9-]{1,10}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ADDRESS = re.compile(r"https://[a-z0-9.-]+")


def _problems(environment: Environment) -> Iterator[str]:
    if not _INSTANCE.fullmatch(environment.instance_arn):
        yield f"instance_arn: `{environment.instance_arn}` is not the ARN of an Amazon Connect instance"
        return
    for field in (
        "complaints_email",
        "data_protection_email",
        "information_email",
        "supervisors_email",
        "operations_email",
    ):
        value = getattr(environment, field)
        if value is not None and not _EMAIL.fullmatch(value):
            yield f"{field}: `{value}` is not an e-mail address"
    principal = environment.case_system_principal
    if principal is not None and not _PRINCIPAL.fullmatch(principal):
        yield f"case_system_principal: `{principal}` is not the ARN of a role or user"
    if not _QUALIFIER.fullmatch(environment.bootstrap_qualifier):
        yield "bootstrap_qualifier: must be 1 to 10 letters, digits and hyphens"
    yield from _deployer_problems(environment)
    address = environment.access_url
    if address is not None and _ADDRESS.fullmatch(address.rstrip("/")) and address.endswith("/"):
        yield f"access_url: `{address}` ends with a slash; write `{address.rstrip('/')}`"
    elif address is not None and not _ADDRESS.fullmatch(address):
        yield f"access_url: `{address}` is not an address such as https://council.my.connect.aws"
    yield from _key_problems("contact_record_key_arn", environment.contact_record_key_arn, environment)
    yield from _bucket_problems(environment)
    yield from _flow_problems(environment)


def _deployer_problems(environment: Environment) -> Iterator[str]:
    deployer = environment.deployment_role_arn
    if deployer is None:
        return
    if not _ROLE.fullmatch(deployer):
        yield f"deployment_role_arn: `{deployer}` is not the ARN of a role"
        return
    account = deployer.split(":")[4]
    if account != environment.account:
        yield f"deployment_role_arn: the role is in the account {account} and the instance in {environment.account}"


def _bucket_problems(environment: Environment) -> Iterator[str]:
    classes: dict[str, list[RecordClass]] = defaultdict(list)
    for record_class, bucket in environment.existing_buckets.items():
        field = f"existing_buckets.{record_class}"
        classes[bucket.name].append(record_class)
        if record_class not in S3_RECORD_CLASSES:
            yield f"existing_buckets: {record_class} is not kept in a bucket"
        if not _BUCKET.fullmatch(bucket.name):
            yield f"{field}.name: `{bucket.name}` is not a bucket's name"
        if not 1 <= len(bucket.prefix) <= 128:  # noqa: PLR2004 - Connect's own limits
            yield f"{field}.prefix: must have 1 to 128 characters"
        yield from _key_problems(f"{field}.key_arn", bucket.key_arn, environment)
    for name, sharing in classes.items():
        if len(sharing) > 1:
            yield f"existing_buckets: {name} is named for {' and '.join(sharing)}, and one bucket can have one period"


def _key_problems(field: str, arn: str | None, environment: Environment) -> Iterator[str]:
    if arn is None:
        return
    if not _KEY.fullmatch(arn):
        yield f"{field}: `{arn}` is not the ARN of a KMS key"
        return
    yield from _elsewhere(field, "key", arn, environment)


def _flow_problems(environment: Environment) -> Iterator[str]:
    settings = environment.contact_flows
    if settings is None:
        return
    field = "contact_flows.queue_arn"
    if not settings.queue_arn.startswith(f"{environment.instance_arn}/"):
        yield f"{field}: `{settings.queue_arn}` is not a queue of the instance {environment.instance_arn}"
    if isinstance(settings.card_entry, Keypad):
        yield from _elsewhere(
            "contact_flows.card_entry.function_arn", "function", settings.card_entry.function_arn, environment
        )


def _elsewhere(field: str, what: str, arn: str, environment: Environment) -> Iterator[str]:
    _, _, _, region, account, *_ = arn.split(":")
    if region != environment.region:
        yield f"{field}: the {what} is in {region} and the instance in {environment.region}"
    if account != environment.account:
        yield f"{field}: the {what} is in the account {account} and the instance in {environment.account}"
