"""An original of several gigabytes neither blocks a copy nor is lost in it: it is left out, and that is said.

Erasing one reads nothing of it: versions are deleted by their ids (Amazon S3 API reference, "DeleteObjects").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from steward.archive import Entry
from steward.decisions.people import StaffRole
from steward.decisions.subjects import Subject
from steward.ids import ContactId, RecordClass
from steward.rights.adapters import holdings
from steward.rights.adapters.holdings import RegisteredHoldings
from steward.rights.disclosing.adapters import originals
from steward.rights.disclosing.adapters.originals import KeptOriginals
from steward.rights.disclosing.preparing import prepared
from steward.rights.disclosing.register import Chosen, Disclosure, DisclosureId, Grant, Listed, Telling
from steward.rights.erasure.adapters import versions
from steward.rights.erasure.adapters.versions import S3Objects
from steward.rights.package import assembling
from steward.rights.package.contents import LARGEST_FILE, LARGEST_PACKAGE, HeldFile, TooLarge, Withheld, released
from steward.rights.package.words import words
from steward.rights.requests import Item, ItemVerdict, RequestId
from tests.support.rights.council import Council

AT = datetime(2027, 1, 5, 9, tzinfo=UTC)
SAR = RequestId("SAR-1")
OFFICER = str(StaffRole.INFORMATION_OFFICER)
SIX_GB = 6 * 1024**3
ONE = ContactId("one")
LARGE = Listed(contact_id=ONE, record_class=RecordClass.SCREEN_RECORDING, source_key="a/one.mp4", bucket="b", key="k")
SMALL = Listed(contact_id=ONE, record_class=RecordClass.CALL_RECORDING, source_key="a/one.wav", bucket="b", key="s")
HELD = HeldFile(
    contact_id=ONE,
    record_class=RecordClass.SCREEN_RECORDING,
    source_key="a/one.mp4",
    hold_key="held/one",
    hold_version="1",
)


class Storage:
    """S3 with one object of that length; ``asked`` are the calls, and ``read`` what was read of a body."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.asked: list[str] = []
        self.read_: list[str] = []

    def get_object(self, **_: object) -> dict[str, Any]:
        self.asked.append("get_object")
        return {"ContentLength": self.length, "Body": self}

    def read(self) -> bytes:
        self.read_.append("all")
        return b"some"

    def close(self) -> None:
        self.read_.append("closed")

    def get_paginator(self, operation: str) -> Storage:
        self.asked.append(operation)
        return self

    def paginate(self, **_: object) -> list[dict[str, Any]]:
        return [{"Versions": [{"Key": "k", "VersionId": "1", "Size": self.length}]}]

    def delete_objects(self, **_: object) -> dict[str, Any]:
        self.asked.append("delete_objects")
        return {}


def of_a_disclosure(monkeypatch: pytest.MonkeyPatch, storage: Storage) -> bytes:
    monkeypatch.setattr(originals, "client", lambda _: storage)
    nothing: Any = None
    return KeptOriginals(
        clock=nothing, stores=nothing, contacts=nothing, sources=nothing, register=nothing, hold_bucket="holds"
    ).content(LARGE)


def of_a_request(monkeypatch: pytest.MonkeyPatch, storage: Storage) -> bytes:
    monkeypatch.setattr(holdings, "client", lambda _: storage)
    nothing: Any = None
    return RegisteredHoldings(nothing, "holds").content(HELD)


@pytest.mark.parametrize("content", [of_a_disclosure, of_a_request])
def test_nothing_is_read_of_a_file_that_would_not_fit_into_memory(
    content: Callable[[pytest.MonkeyPatch, Storage], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = Storage(SIX_GB)
    with pytest.raises(TooLarge):
        content(monkeypatch, storage)
    assert storage.read_ == ["closed"]
    assert content(monkeypatch, Storage(LARGEST_FILE)) == b"some"


class Originals:
    def files(self, contact_id: ContactId, first_day: date | None, last_day: date | None) -> tuple[Listed, ...]:
        del contact_id, first_day, last_day
        return LARGE, SMALL

    def content(self, file: Listed) -> bytes:
        if file is LARGE:
            raise TooLarge
        return b"heard"


class Shelf:
    def __init__(self) -> None:
        self.kept: list[Entry] = []

    def keep_package(self, key: str, entries: Iterable[Entry]) -> None:
        del key
        self.kept = list(entries)


def test_a_disclosure_has_every_other_file_and_says_which_is_to_be_given_in_another_way() -> None:
    shelf: Any = Shelf()
    disclosure = Disclosure(
        id=DisclosureId("D-1"), kind="court_order", contact_ids=(ONE,), asked_at=AT, listed=(LARGE, SMALL)
    )
    files = (Chosen(file="a/one.mp4"), Chosen(file="a/one.wav"))
    grant = Grant(files=files, expires_on=AT.date(), telling=Telling(tell=True), by="dora", at=AT)
    found = prepared(disclosure, grant, Originals(), shelf, AT)  # type: ignore[arg-type]
    assert [one.source_key for one in found.files] == ["a/one.wav"]
    assert found.left_out == ("a/one.mp4: is too large for the copy, and has to be given in another way",)
    assert [one.name for one in shelf.kept] == ["02_call_recording.wav", "manifest.json"]
    assert json.loads(shelf.kept[-1].content)["files"][0]["bytes"] == 5


@pytest.mark.parametrize("verdict", [ItemVerdict.WHOLE, ItemVerdict.EDITED])
def test_a_package_says_of_it_in_both_languages_that_it_is_not_kept_back(verdict: ItemVerdict) -> None:
    def read(file: HeldFile) -> bytes:
        raise TooLarge(file.source_key)

    found = released("contacts/01", HELD, Item(file="a/one.mp4", verdict=verdict), read)
    left = Withheld(what="one.mp4", record_class=RecordClass.SCREEN_RECORDING, ground="too_large")
    assert found == ((), (left,))
    assert all(words(language)["too_large"] for language in ("en", "cy"))


def test_files_that_are_more_together_than_a_package_takes_are_left_out_with_a_sentence_that_names_the_sum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """AWS Lambda developer guide, "Configure Lambda function memory": what takes more than there is ends the run."""
    council = Council()
    for number, (one, files) in enumerate({"hers": ("a.pdf", "b.pdf"), "hers-too": ("c.pdf", "s")}.items()):
        council.call_comes_in(one, datetime(2026, 12, 5 + number, 10, tzinfo=UTC), files=files)
    monkeypatch.setattr(assembling, "LARGEST_PACKAGE", 2 * len("content of a.pdf") + len("content of s"))
    council.ask()
    council.settle()
    for number, one in enumerate(("hers", "hers-too")):
        council.decide(Subject.MATCH, OFFICER, "mary", "approve", f"m-{number}", contact_id=one, verdict="confirmed")
    council.settle()
    council.assemble(SAR)
    council.settle()
    for one in ("a.pdf", "b.pdf", "c.pdf", "s"):
        council.decide(Subject.ITEM, OFFICER, "rob", "approve", f"i-{one}", file=one, verdict="whole")
    council.settle()
    [entries] = [one for one in council.packages.values() if one]
    names = {entry.name.rpartition("/")[2]: entry.content.decode() for entry in entries}
    assert {"a.pdf", "b.pdf", "s"} <= set(names)
    assert "c.pdf" not in names
    assert "more than the 600 MB that one copy takes" in names["index.html"]
    assert LARGEST_PACKAGE == 600_000_000
    assert all("600 MB" in words(language)["too_large_together"] for language in ("en", "cy"))


def test_nothing_is_read_of_what_is_withheld_anyway() -> None:
    def read(file: HeldFile) -> bytes:
        raise AssertionError(file)

    item = Item(file="a/one.mp4", verdict=ItemVerdict.WITHHELD, ground="another_person")
    assert released("contacts/01", HELD, item, read)[1][0].ground == "another_person"


def test_erasing_it_takes_two_calls_and_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = Storage(SIX_GB)
    monkeypatch.setattr(versions, "client", lambda _: storage)
    objects = S3Objects("recordings")
    objects.remove(objects.versions("k"))
    assert (storage.asked, storage.read_) == (["list_object_versions", "delete_objects"], [])
