"""Writes ``docs/permissions.md``: who may do what, read from the templates.

``python -m documentation.permissions`` deploys the default environment into the embedded AWS and writes the page.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from documentation.acts import Evaluation, acts, table
from infra.config import ROOT, cdk_context, choose
from infra.ending import alone
from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import embedded_aws
from simulator.aws.iam.coverage import reasons
from simulator.aws.iam.policies.deployed import DeployedPolicies
from simulator.aws.iam.policies.statements import Statement

PAGE: Final = ROOT / "docs" / "permissions.md"
POLICY: Final = ROOT / "policies" / "barnet.toml"

INTRODUCTION: Final = """# Who may do what

This page is generated from the templates by `python -m documentation.permissions`; do not edit it.

- **People** enter a role with a second factor. Its name starts with the environment's, as in
  `local-steward-release-officer`, and its rights are one managed policy, which a council may attach to its own roles or
  permission sets instead. A user's session bears the user's own name, and no role enters another.
- **People with single sign-on** come in without entering a role of a role: by permission sets of Identity Center named
  `NAME-ROLE` that carry the role's managed policy (`identity_center = true`), or from the council's identity provider
  straight into the roles (`saml_provider_arn`). In both the session bears the name that the provider gives it.
- **What a trust does not prove**: AWS sees a second factor of users of the account alone; a session of single sign-on
  carries none (`aws:MultiFactorAuthPresent` is absent), so the provider has to demand it, each time, for these roles.
  That a name is one person's, that nobody has two accounts with the provider, that a leaver's account is closed, and
  who may change a permission set's members: all this is the provider's word. Whoever may make roles in the account
  could make one whose name reads like a permission set's, as they could change a role's trust.
- **Placing, asking for a release and deciding about one** are different roles. Who asks and decides is what their
  signature says, and `decide` compares the people. `release_hold` believes no message: it reads the decisions.
- **The bus** takes events from complaints officers and from the principal that the environment names
  (`case_system_principal`), and "Hold Released" from that principal alone. **Queues** take messages from the roles
  whose rights say so, from AWS's own services for one rule each, and from nobody else. An engineer asks `redrive`
  for kinds, fields and counts of what was set aside, sees no value of it, and lets it be put back unchanged or done
  away with, of which the data protection officer is told. Nothing vouches for a message but where it lies: EventBridge
  and S3, which write most of them, sign nothing, so that who may write there is what is
  closed. **Rows** are written by functions.
- **Break-glass** holds nothing but the right to call one function, which writes the ledger with who and why, and tells
  the data protection officer, before it removes a held copy. That the role is entered, that somebody touches a copy or
  covers an original beside the functions, changes a store or a key, or stops a trail, is told from the account's own
  CloudTrail, which no role here can change. *Not covered*: an account without a trail that is switched on tells
  nothing; objects need data events of these buckets; a role that is entered through another region is seen there alone.
  People with single sign-on break the glass by the permission set `NAME-break-glass`, which carries the role's managed
  policy and a session of one hour, and to which nobody is assigned from day to day. **AWS has no rule of two people**
  for a role or a permission set: that somebody else assigns the person, and takes it back, is the organisation's to
  arrange, by who may change assignments. What steward adds cannot be switched off by either: the reason in the ledger,
  and the officer told before anything goes.
- **Originals that are covered**: only Connect's own role may write into its buckets, so to put something over one
  takes the root user or a changed bucket policy, of which the second is told. The version underneath stays for a day,
  and a flag in that time holds both. A contact that was held before has its verified copy, which nothing of this
  touches. The month's statement names what was written days after the day in its key. *Not covered*: an original of a
  contact that nobody flags, covered within two days (nine, for chats), is found by nothing in an account without data
  events of its bucket; a notice of S3 for every object would tell it, and would cost for each recording of the council.
- **Who deploys code can read what the functions read**, and do what they do; so can whoever may change a role's trust,
  a function's code or its settings. No denial on this page stops a changed function: what stops it is a second person
  who approves each deployment (the pipeline example has one) and as few as possible who may pass the deploying role,
  which `make bootstrap` gives a policy made from the templates instead of AdministratorAccess.
  Invoking `decide` directly, beside its address, takes the right to invoke every function: give it to nobody.
- **Denied to everybody else**: the policies of stores and keys deny what is listed there to every role but those that
  are named, administrators included. The one role that may change a store or a key is the very one with which
  CloudFormation deploys (`deployment_role_arn`), by account, region, qualifier and path. Lifecycle rules are no
  requests and are not subject to it. A process of the council's own that writes objects into a bucket which steward has
  adopted, or removes them, is refused from then on.
- **What the account's root user can still do**: remove a bucket's policy whatever it denies, change a key's policy and
  schedule its deletion (7 days at least), close the account. In an organisation a service control policy can deny even
  that. Connect's own console plays and deletes recordings by Connect's role: who may is said by security profiles.
- **How it is proved**: the embedded AWS refuses what these policies refuse, so that every simulation runs under them;
  a test fails for each right that nothing exercises; and another takes rights, variables and targets out one by one.
  What a service checks beyond its documentation was never tried on a live account.
"""


def page(world: EmbeddedAws) -> str:
    """Return the page for what is deployed."""
    policies = world.permissions.policies
    deployment = choose(cdk_context())
    writer = _Writer(world, policies)
    return "\n".join(
        [
            INTRODUCTION,
            *writer.roles("People", "AWS", "Whoever enters the role has used a second factor."),
            *writer.roles("Functions", "lambda.amazonaws.com", "Each function has a role of its own."),
            *writer.roles("Services", "", "Roles that EventBridge Scheduler and Firehose assume for this account."),
            *table(Evaluation(world, deployment.environment.deployer, deployment.prefix), acts()),
            *writer.resources(),
            *_unexercised(),
        ]
    )


class _Writer:
    """Writes policies with logical ids in place of ARNs."""

    def __init__(self, world: EmbeddedAws, policies: DeployedPolicies) -> None:
        self._policies = policies
        self._account = world.account
        named = [
            (str(resource.identity.attributes.get("Arn", resource.identity.ref)), resource.declaration.logical_id)
            for resource in world.resources
        ]
        own = [(world.instance_arn, "the instance")]
        self._names = sorted([*named, *own], key=lambda one: len(one[0]), reverse=True)

    def roles(self, title: str, service: str, says: str) -> Iterator[str]:
        """Write the roles that are assumed by people (``AWS``), by that service, or by any other service (empty)."""
        yield from (f"## {title}", "", says, "")
        for arn, statements in sorted(self._policies.roles.items(), key=lambda one: self._named(one[0])):
            trusted = {name for statement in self._policies.of_resource(arn) for name in statement.principals}
            kind = "AWS" if any(name.startswith("arn:") for name in trusted) else next(iter(trusted))
            if kind == service or (not service and kind not in {"AWS", "lambda.amazonaws.com"}):
                yield from self._table(self._named(arn), statements)

    def resources(self) -> Iterator[str]:
        """Write what the policies of stores deny."""
        yield from ("## Denied to everybody else", "", "| store | denied | unless |", "|---|---|---|")
        for arn, statements in sorted(self._policies.resources.items(), key=lambda one: self._named(one[0])):
            for statement in statements:
                exempt = [c for c in statement.conditions if c.key == "aws:principalarn"]
                if not statement.allows and exempt:
                    unless = _list(value.partition(":role/")[2] or "the root user" for value in exempt[0].values)
                    yield f"| `{self._named(arn)}` | {_list(statement.actions)} | {unless} |"
        yield from ("", "Every bucket, queue and topic also refuses requests without TLS.", "")

    def _table(self, name: str, statements: Iterable[Statement]) -> Iterator[str]:
        yield from (f"### {name}", "", "| for | actions | on | if |", "|---|---|---|---|")
        for statement in statements:
            conditions = "; ".join(
                f"`{condition.key}` {condition.operator} {_list(condition.values)}"
                for condition in statement.conditions
            )
            resources = _list(self._named(resource) for resource in statement.resources)
            yield f"| {_words(statement.name)} | {_list(statement.actions)} | {resources} | {conditions} |"
        yield ""

    def _named(self, arn: str) -> str:
        for known, name in self._names:
            if arn == known:
                return name
            if arn.startswith(known) and arn[len(known)] in "/:":
                return f"{name}{arn[len(known) :]}"
        return arn.replace(self._account, "ACCOUNT")


def _unexercised() -> Iterator[str]:
    yield from ("## Granted although no test exercises it", "", "| what | why |", "|---|---|")
    yield from (f"| `{part}` | {why} |" for part, why in reasons().items())
    yield ""


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _words(sid: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", sid).capitalize()


def written() -> str:
    """Return the page for the default environment."""
    with embedded_aws(cached_synthesis(POLICY), datetime(2027, 1, 1, tzinfo=UTC)) as world:
        return page(world)


def main(target: Path = PAGE) -> None:
    """Write the page."""
    target.write_text(written(), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(alone(main, __doc__))
