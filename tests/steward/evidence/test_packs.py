"""What is signed of a pack: its manifest's digest, and whose, of which policy and when; once, however often asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from cli.evidence.signatures import signed_with
from steward.evidence.packs import BadPackRequest, Packs, manifest_of
from steward.evidence.signatures import Signer
from steward.evidence.statement.ports import Shelf
from steward.failures import Contended, Unavailable
from tests.support.evidence.desk import NotYetSeen, RefusesToSign
from tests.support.evidence.inventories import MadeUpShelf
from tests.support.signing import DeskSigner

MANIFEST, OTHER = "ab" * 32, "cd" * 32
SIGNER = DeskSigner()


@dataclass
class Ticks:
    """A clock that is a minute on each time that it is looked at."""

    looked: list[datetime] = field(default_factory=list)

    def now(self) -> datetime:
        self.looked.append(datetime(2027, 3, 2, 9, len(self.looked), tzinfo=UTC))
        return self.looked[-1]

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nothing waits {seconds} seconds")


def packs(shelf: Shelf, signer: Signer = SIGNER) -> Packs:
    return Packs(clock=Ticks(), council="Barnet", environment="live", policy_version="2.0", signer=signer, shelf=shelf)


def test_an_envelope_says_whose_pack_was_signed_when_and_bears_the_signature() -> None:
    shelf = MadeUpShelf()
    sealed = packs(shelf).sign(MANIFEST)

    said: dict[str, Any] = json.loads(sealed.envelope)
    assert signed_with(said)
    del said["signature"]
    assert said == {
        "format": "steward-pack-envelope/1",
        "council": "Barnet",
        "environment": "live",
        "made_at": "2027-03-02T09:00:00+00:00",
        "policy_version": "2.0",
        "manifest": {"name": "manifest.json", "sha256": MANIFEST},
    }
    assert shelf.kept == {f"packs/{MANIFEST}/envelope.json": sealed.envelope}
    assert sealed.new


def test_who_asks_twice_gets_the_first_envelope_and_another_pack_has_one_of_its_own() -> None:
    shelf = MadeUpShelf()
    asked = packs(shelf)
    first, second, other = asked.sign(MANIFEST), asked.sign(MANIFEST), asked.sign(OTHER)

    assert (second.envelope, second.new) == (first.envelope, False)
    assert other.envelope != first.envelope
    assert len(shelf.kept) == 2


def test_a_key_that_does_not_sign_leaves_nothing_in_the_store() -> None:
    shelf = MadeUpShelf()
    with pytest.raises(Unavailable, match=r"kms\.Sign answered DisabledException"):
        packs(shelf, RefusesToSign()).sign(MANIFEST)
    assert shelf.kept == {}


class Quicker(MadeUpShelf):
    """A store in which another run puts its envelope between this one's look and its own."""

    def seal(self, key: str, body: bytes, **_: object) -> bool:
        del body
        self.kept[key] = b"the other's"
        return False


def test_of_two_runs_at_once_both_answer_with_what_is_stored() -> None:
    sealed = packs(Quicker()).sign(MANIFEST)
    assert (sealed.envelope, sealed.new) == (b"the other's", False)


def test_an_envelope_that_is_there_and_cannot_be_read_is_no_answer() -> None:
    shelf = NotYetSeen({f"packs/{MANIFEST}/envelope.json": b"the other's"})
    with pytest.raises(Contended):
        packs(shelf).sign(MANIFEST)


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"sign_pack": None},
        {"sign_pack": ["ab" * 32]},
        {"sign_pack": "ab" * 31},
        {"sign_pack": "AB" * 32},
        {"sign_pack": "zz" * 32},
        {"sign_pack": f"{MANIFEST}\n"},
        {"sign_pack": MANIFEST, "on_demand": True},
    ],
    ids=["none", "null", "list", "short", "capitals", "no digits", "a line's end", "with something else"],
)
def test_a_request_is_one_digest_and_nothing_else(request_: dict[object, object]) -> None:
    with pytest.raises(BadPackRequest, match=r"^sign_pack has to be the SHA-256 digest of a manifest"):
        manifest_of(request_)
    assert manifest_of({"sign_pack": MANIFEST}) == MANIFEST
