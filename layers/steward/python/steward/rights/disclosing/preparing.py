"""Preparing a copy: the files that were chosen and no others, without what was cut, each with its digest. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from steward.archive import Entry
from steward.failures import NotFound
from steward.ids import Sha256
from steward.rights.disclosing.ports import Originals, Shelf
from steward.rights.disclosing.register import Chosen, Disclosure, Given, Grant, Listed, Prepared
from steward.rights.package.audio import CannotEdit, silenced
from steward.rights.package.contents import TooLarge
from steward.rights.package.transcripts import as_text, turns, without

_WHY: Final[dict[type[Exception], str]] = {
    NotFound: "is no longer kept",
    CannotEdit: "cannot be edited",
    TooLarge: "is too large for the copy, and has to be given in another way",
}


def prepared(disclosure: Disclosure, grant: Grant, originals: Originals, shelf: Shelf, now: datetime) -> Prepared:
    """Write the archive, one file after the other, and return what is in it.

    What was asked for is listed again first: what was held since is taken from its copy. What is gone, cannot be
    edited or is too large is left out and said; of what came since the files were chosen it is said how many there are.
    """
    current = _listed_again(disclosure, originals)
    given, left_out = list[Given](), list[str]()

    def entries() -> Iterator[Entry]:
        for number, chosen in enumerate(grant.files, start=1):
            listed = current.get(chosen.file) or disclosure.chosen(chosen.file)
            try:
                entry = _entry(number, listed, chosen, originals)
            except (NotFound, CannotEdit, TooLarge) as problem:
                left_out.append(f"{chosen.file}: {_WHY[type(problem)]}")
                continue
            given.append(_given(chosen.file, entry))
            yield entry
        yield _manifest(disclosure, given)

    # Under the digest of what was granted: a grant that was decided anew meanwhile has another archive, which this one
    # never replaces.
    key = f"disclosures/{disclosure.id}/{hashlib.sha256(msgspec.json.encode(grant)).hexdigest()}.zip"
    shelf.keep_package(key, entries())
    came_since = sum(disclosure.chosen(one) is None for one in current)
    return Prepared(key=key, files=tuple(given), left_out=tuple(left_out), came_since=came_since, at=now)


def _listed_again(disclosure: Disclosure, originals: Originals) -> dict[str, Listed]:
    return {
        one.source_key: one
        for contact in disclosure.contact_ids
        for one in originals.files(contact, disclosure.first_day, disclosure.last_day)
    }


def _entry(number: int, listed: Listed | None, chosen: Chosen, originals: Originals) -> Entry:
    if listed is None:
        raise NotFound("s3.GetObject", "NoSuchKey")
    content = originals.content(listed)
    _, dot, ending = listed.source_key.rpartition("/")[2].rpartition(".")
    name = f"{number:02}_{listed.record_class}"
    if not chosen.cuts:
        return Entry(name=f"{name}{dot}{ending if dot else ''}", content=content)
    if ending == "wav":
        return Entry(name=f"{name}_edited.wav", content=silenced(content, chosen.cuts))
    if ending == "json":
        return Entry(name=f"{name}_edited.txt", content=as_text(without(turns(content), chosen.cuts)).encode())
    raise CannotEdit("this kind of file cannot be edited")


def _given(source_key: str, entry: Entry) -> Given:
    digest = Sha256(hashlib.sha256(entry.content).hexdigest())
    return Given(source_key=source_key, name=entry.name, sha256=digest, bytes=len(entry.content))


def _manifest(disclosure: Disclosure, files: list[Given]) -> Entry:
    listed: dict[str, Any] = {
        "disclosure": disclosure.id,
        "form_sha256": disclosure.form_sha256,
        "files": [{"name": one.name, "sha256": one.sha256, "bytes": one.bytes} for one in files],
    }
    return Entry(name="manifest.json", content=json.dumps(listed, indent=1).encode())
