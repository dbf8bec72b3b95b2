"""Where an environment keeps disclosures, as the person who is signed in may see and change them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from cli.request.place import BUCKET, Place, answering, open_place
from steward import limits
from steward.aws.rows import plain
from steward.holds.requests import BadRequest
from steward.names import AGENDA, AGENDA_INDEX, FORMS, PARTITION_KEY
from steward.policy.disclosure import Disclosure as DisclosurePolicy
from steward.rights.disclosing import commands
from steward.rights.disclosing.adapters.table import DISCLOSURES, partition, read_disclosure
from steward.rights.disclosing.register import Disclosure, DisclosureId


@dataclass(frozen=True)
class Disclosures:
    """One environment's disclosures."""

    place: Place

    @property
    def policy(self) -> DisclosurePolicy:
        """The council's list of recipients; raise ``click.ClickException`` where it has none."""
        found = self.place.policy.disclosure
        if found is None or self.place.policy.subject_rights is None:
            raise click.ClickException("the policy has no section disclosure: nothing of disclosures is deployed")
        return found

    def find(self, name: str) -> Disclosure:
        """Return a disclosure; raise ``click.ClickException`` if there is none, or no right to see it."""
        found = self._read(disclosure_id(name))
        if found is None:
            raise click.ClickException(f"there is no disclosure {name} on record in {self.place.environment.name}")
        return found

    def all(self) -> list[Disclosure]:
        """Return every disclosure of which something is still to be seen to, by the moment when it was asked for."""
        with answering("the register"):
            names = [
                DisclosureId(str(plain(row)["id"]))
                for row in self.place.query(
                    IndexName=AGENDA_INDEX,
                    KeyConditionExpression=f"{AGENDA} = :agenda",
                    ExpressionAttributeValues={":agenda": {"S": DISCLOSURES}},
                )
            ]
        found = [one for one in (self._read(name) for name in names) if one is not None]
        return sorted(found, key=lambda one: (one.asked_at, one.id))

    def hand_in(self, disclosure: DisclosureId, form: Path) -> str:
        """Put a form into the store of rights and return its key; raise ``click.ClickException``."""
        try:
            body = limits.read(form, limits.FORM)
        except limits.OverLimit as problem:
            raise click.ClickException(f"{form}: {problem}") from None
        except OSError as problem:
            raise click.ClickException(f"{form}: {problem.strerror}") from None
        # The file's own name may be a person's.
        key = f"{FORMS}{disclosure}{form.suffix.lower() if form.suffix.isascii() else ''}"
        with answering("the store of rights"):
            self.place.environment.client("s3").put_object(Bucket=self.place.named(BUCKET), Key=key, Body=body)
        return key

    def _read(self, name: DisclosureId) -> Disclosure | None:
        with answering("the register"):
            known = read_disclosure(
                self.place.query(
                    KeyConditionExpression=f"{PARTITION_KEY} = :pk",
                    ExpressionAttributeValues={":pk": {"S": partition(name)}},
                    ConsistentRead=True,
                )
            )
        return known.disclosure if known else None


def open_disclosures(environment: str) -> Disclosures:
    """Return the disclosures of the environment of that name; raise ``click.ClickException``."""
    return Disclosures(open_place(environment))


def disclosure_id(name: str) -> DisclosureId:
    """Return a disclosure's reference; raise ``click.ClickException`` for what cannot be one."""
    try:
        return commands.disclosure_id(name, "DISCLOSURE")
    except BadRequest as problem:
        raise click.ClickException(str(problem)) from None
