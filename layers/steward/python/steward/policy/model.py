"""The typed model of a policy file. Its shape is the file's shape; unknown keys are errors.

The structs carry msgspec's constraints, so that one definition validates the TOML file at synthesis (through the JSON
schema that msgspec derives from it) and decodes the compiled JSON in a function within microseconds.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from steward.ids import RecordClass
from steward.policy.channels import Channels
from steward.policy.disclosure import Disclosure
from steward.policy.duties import Access, Statement, SubjectRights
from steward.policy.holds import Holds
from steward.policy.messaging import Messaging
from steward.policy.payments import Payments
from steward.policy.recording import Recording, Text
from steward.policy.retention import Clauses, Period

Acknowledged = Annotated[str, Meta(pattern=r"^[a-z_]+: [0-9]+ to [0-9]+$")]
"""``CLASS: OLD to NEW``, in months; the class is a record class or a reason of a hold."""


class Council(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose notice this is."""

    name: Text
    slug: Annotated[str, Meta(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=30)]
    clause_prefix: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    policy_version: Text
    """Changes with every change of the file; holds record the version under which they were placed."""
    complaints_contact: Text | None = None


class Region(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where data may be."""

    allowed: Annotated[tuple[Text, ...], Meta(min_length=1)]
    clauses: Clauses = ()


class Storage(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Record classes that this council does not store at all."""

    not_kept: tuple[RecordClass, ...] = ()


class Policy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One council's policy."""

    council: Council
    acknowledge_shortening: tuple[Acknowledged, ...] = ()
    """Periods that become shorter in a deployed environment and are meant to; docs/deploying.md tells what goes."""
    region: Region
    channels: Channels | None = None
    storage: Storage = Storage()
    retention: dict[RecordClass, Period]
    holds: Holds
    recording: Recording
    payments: Payments | None = None
    messaging: Messaging | None = None
    disclosure: Disclosure | None = None
    subject_rights: SubjectRights | None = None
    access: Access | None = None
    declared: tuple[Statement, ...] = ()
    """Clauses of kind D: what the notice states and no software enforces."""
    not_yet_enforced: tuple[Statement, ...] = ()
    """Clauses of kind E that the deployed system does not enforce, each with the reason."""
