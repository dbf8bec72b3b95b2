"""What is held of contacts: the register of holds, and the copies in the hold bucket."""

from __future__ import annotations

from dataclasses import dataclass

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.holds.ports import Register
from steward.ids import CaseRef, ContactId
from steward.rights.adapters.bodies import in_memory
from steward.rights.package.contents import REVIEWED, HeldFile


@dataclass(frozen=True)
class RegisteredHoldings:
    """Reads the register of holds and the hold bucket, and changes neither. Whatever asks AWS raises ``AwsError``."""

    register: Register
    bucket: str

    def files(self, contact_id: ContactId, case: CaseRef) -> tuple[HeldFile, ...] | None:
        """Return the held copies of a contact, or none while the hold of that case is not on record yet."""
        file = self.register.file(contact_id)
        if file.hold_of(case) is None:
            return None
        return tuple(
            HeldFile(
                contact_id=contact_id,
                record_class=one.record_class,
                source_key=one.source_key,
                hold_key=one.hold_key,
                hold_version=one.hold_version,
            )
            for one in file.present
            if one.record_class in REVIEWED
        )

    def content(self, file: HeldFile) -> bytes:
        """Return the bytes of a held copy. Raises ``TooLarge`` for more than a copy takes."""
        with translated("s3.GetObject"):
            answer = client("s3").get_object(Bucket=self.bucket, Key=file.hold_key, VersionId=file.hold_version)
        return in_memory(answer, "s3.GetObject")
