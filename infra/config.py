"""The one place of configuration: ``environments.toml`` of a council's own folder (``infra.council_folder``).

Without such a folder it is the context key ``steward:environments`` in this repository's ``cdk.json``. Each entry is an
environment by name; ``-c environment=NAME`` chooses one (``local`` without it). The keys of an entry are the fields of
:class:`Environment`; docs/deploying.md explains each.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from infra.accepting import AcceptedDifference, problems_of_accepted
from infra.contact_flows.settings import ContactFlowSettings, Keypad
from infra.council_folder import CONTEXT_KEY, ROOT, council_folder
from infra.existing import ExistingAssociation, ExistingBucket, problems_of_existing
from infra.refusal import RefusalError
from infra.wrong_entry import explained
from steward import limits
from steward.clock import SystemClock, london_date
from steward.ids import RecordClass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from steward.clock import Clock

__all__ = [
    "CONTEXT_KEY",
    "EMAIL_KEYS",
    "ROOT",
    "Deployment",
    "Environment",
    "ExistingAssociation",
    "ExistingBucket",
    "assembly_of",
    "cdk_context",
    "choose",
]

DEFAULT_ENVIRONMENT = "local"
DEFAULT_QUALIFIER = "hnb659fds"
"""The qualifier of ``cdk bootstrap`` without options."""

EMAIL_KEYS = ("complaints_email", "data_protection_email", "information_email", "supervisors_email", "operations_email")
"""The keys that say who is told by e-mail."""


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
    existing_associations: dict[RecordClass, ExistingAssociation] = {}
    """Where the instance stores other classes today, which steward moves to places of its own."""
    origination_identity: str | None = None
    """The registered sender of text messages: a phone number, sender id or pool, by id or ARN."""
    case_system_principal: str | None = None
    """The role or user, by ARN, of the council's case-management system: the only one that may put "Hold Released"."""
    identity_center: bool = False
    """Whether people come in by permission sets of IAM Identity Center, named ``ENVIRONMENT-ROLE``."""
    saml_provider_arn: Annotated[str, Meta(pattern=r"^arn:aws:iam::[0-9]{12}:saml-provider/[\w+=,.@-]+$")] | None = None
    """The identity provider in IAM whose people may enter the roles of staff directly."""
    read_trail: bool = False
    """Whether CloudTrail keeps who reads held copies and requests (``infra.stores.trail``), which is billed by the
    event; ``report_access`` then reports every night. Needs the policy's sections ``access`` and ``subject_rights``."""
    request_guide: bool = False
    """Whether agents get a guide for requests that callers make about their own data (docs/requests-in-a-call.md).
    Needs the policy's section ``subject_rights``."""
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
    accepted_differences: dict[str, AcceptedDifference] = {}
    """Findings of the nightly comparison that are as they should be for a while, by their ids (docs/drift.md)."""
    contact_flows: ContactFlowSettings | None = None
    """What the contact flows lead to (docs/contact-flows.md); without it no inbound flow is deployed."""

    def permission_sets(self, name: str) -> dict[str, str]:
        """Return the variable by which functions know the permission sets of that environment: empty, it has none."""
        return {"PERMISSION_SETS": f"{name}-" if self.identity_center else ""}

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
        content = json.loads(limits.read(path, limits.CONTEXT))
        limits.check_depth(content, limits.CONTEXT)
    except OSError as error:
        raise RefusalError(f"{path.name}: cannot be read ({error.strerror})") from error
    except json.JSONDecodeError as error:
        raise RefusalError(f"{path.name}, line {error.lineno}: not JSON ({error.msg})") from error
    except limits.OverLimit as error:
        raise RefusalError(f"{path.name}: {error}") from error
    except (ValueError, RecursionError) as error:
        # No text, a number of thousands of digits, or lists within lists without end.
        raise RefusalError(f"{path.name}: is nothing that a person wrote") from error
    context = content.get("context") if isinstance(content, dict) else None
    if not isinstance(context, dict):
        raise RefusalError(f"{path.name}: has no object `context`")
    folder = council_folder()
    return {**context, CONTEXT_KEY: folder.environments()} if folder.is_own else context


def choose(context: dict[str, Any], name: str = DEFAULT_ENVIRONMENT, *, clock: Clock | None = None) -> Deployment:
    """Return the environment of that name; raise :class:`RefusalError` with one line that names the wrong field.

    The clock says how far ahead a day is; without one it is the machine's.
    """
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
    try:
        environment = msgspec.convert(environments[name], Environment)
    except msgspec.ValidationError as error:
        raise RefusalError(folder.located(name, explained(error, Environment, environments[name]))) from error
    found = [
        *_problems(environment),
        *problems_of_accepted(environment.accepted_differences, london_date((clock or SystemClock()).now())),
    ]
    problems = [folder.located(name, problem) for problem in found]
    if problems:
        raise RefusalError("\n".join(problems))
    return Deployment(name=name, environment=environment, folder=folder.path)


_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_INSTANCE = re.compile(rf"arn:aws:connect:[a-z]{{2}}(?:-[a-z]+)+-[0-9]:[0-9]{{12}}:instance/{_UUID}")
_KEY = re.compile(r"arn:aws:kms:[a-z]{2}(?:-[a-z]+)+-[0-9]:[0-9]{12}:key/[0-9A-Za-z-]+")
_STREAM = re.compile(r"arn:aws:kinesis:[a-z]{2}(?:-[a-z]+)+-[0-9]:[0-9]{12}:stream/[A-Za-z0-9_.-]+")
_PRINCIPAL = re.compile(r"arn:aws:iam::[0-9]{12}:(?:role|user)/[A-Za-z0-9+=,.@_/-]+")
_ROLE = re.compile(r"arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+")
_QUALIFIER = re.compile(r"[A-Za-z0-9-]{1,10}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ADDRESS = re.compile(r"https://[a-z0-9.-]+")


def _problems(environment: Environment) -> Iterator[str]:
    if not environment.instance_arn:
        yield "instance_arn: is empty; write the ARN of the Amazon Connect instance"
        return
    if not _INSTANCE.fullmatch(environment.instance_arn):
        yield f"instance_arn: `{environment.instance_arn}` is not the ARN of an Amazon Connect instance"
        return
    for field in EMAIL_KEYS:
        value = getattr(environment, field)
        if value is not None and not _EMAIL.fullmatch(value):
            yield f"{field}: `{value}` is not an e-mail address"
    principal = environment.case_system_principal
    if principal is not None and not _PRINCIPAL.fullmatch(principal):
        yield f"case_system_principal: `{principal}` is not the ARN of a role or user"
    if not _QUALIFIER.fullmatch(environment.bootstrap_qualifier):
        yield "bootstrap_qualifier: must be 1 to 10 letters, digits and hyphens"
    yield from _deployer_problems(environment)
    if environment.saml_provider_arn is not None:
        # A role trusts providers of its own account alone.
        yield from _other_account("saml_provider_arn", "provider", environment.saml_provider_arn, environment)
    address = environment.access_url
    if address is not None and _ADDRESS.fullmatch(address.rstrip("/")) and address.endswith("/"):
        yield f"access_url: `{address}` ends with a slash; write `{address.rstrip('/')}`"
    elif address is not None and not _ADDRESS.fullmatch(address):
        yield f"access_url: `{address}` is not an address such as https://council.my.connect.aws"
    yield from _key_problems("contact_record_key_arn", environment.contact_record_key_arn, environment)
    yield from _existing_problems(environment)
    yield from _flow_problems(environment)


def _deployer_problems(environment: Environment) -> Iterator[str]:
    deployer = environment.deployment_role_arn
    if deployer is None:
        return
    if not _ROLE.fullmatch(deployer):
        yield f"deployment_role_arn: `{deployer}` is not the ARN of a role"
        return
    yield from _other_account("deployment_role_arn", "role", deployer, environment)


def _existing_problems(environment: Environment) -> Iterator[str]:
    yield from problems_of_existing(environment.existing_buckets, environment.existing_associations)
    for record_class, bucket in environment.existing_buckets.items():
        field = f"existing_buckets.{record_class}"
        yield from _key_problems(f"{field}.key_arn", bucket.key_arn, environment)
        for index, arn in enumerate(bucket.previous_key_arns):
            yield from _key_problems(f"{field}.previous_key_arns[{index}]", arn, environment)
    for record_class, association in environment.existing_associations.items():
        if association.stream_arn is None:
            continue
        field = f"existing_associations.{record_class}.stream_arn"
        if not _STREAM.fullmatch(association.stream_arn):
            yield f"{field}: `{association.stream_arn}` is not the ARN of a Kinesis stream"
            continue
        yield from _elsewhere(field, "stream", association.stream_arn, environment)


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
    if settings.test_cases and settings.card_entry is None:
        yield "contact_flows.test_cases: they test the payment module, which is not deployed without card_entry"
    if isinstance(settings.card_entry, Keypad):
        yield from _elsewhere(
            "contact_flows.card_entry.function_arn", "function", settings.card_entry.function_arn, environment
        )


def _elsewhere(field: str, what: str, arn: str, environment: Environment) -> Iterator[str]:
    region = arn.split(":")[3]
    if region != environment.region:
        yield f"{field}: the {what} is in {region} and the instance in {environment.region}"
    yield from _other_account(field, what, arn, environment)


def _other_account(field: str, what: str, arn: str, environment: Environment) -> Iterator[str]:
    account = arn.split(":")[4]
    if account != environment.account:
        yield f"{field}: the {what} is in the account {account} and the instance in {environment.account}"
