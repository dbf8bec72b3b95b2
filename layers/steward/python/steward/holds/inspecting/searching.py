"""Finding the objects of a search, also below a folder that nobody told us.

Connect's key layouts vary between instances and over the years: the folder above the date may be ``connect/<alias>/``,
a prefix of the council's own, or none. Where it is not the expected one, the folders are walked, within a bound.
"""

from __future__ import annotations

import re
from collections import deque

from steward.holds.discovery import Search
from steward.holds.ports import Sources, StoredVersion

MOST_FOLDERS = 12
"""So many folders are looked into at most; ``connect/<alias>/<class>/`` is the fourth."""

_NOT_ABOVE_A_DATE = re.compile(r"(?:^|/)(?:\d{4}|contact_[^/]*|Analysis)/$")


def found(sources: Sources, search: Search, *, everywhere: bool) -> tuple[StoredVersion, ...]:
    """Return the versions that a search finds, each once, by key and the newest first.

    ``everywhere`` walks the folders if the known ones have none.
    """
    versions: list[StoredVersion] = []
    for prefix in search.prefixes:
        versions += (one for one in sources.find(search.bucket, prefix) if search.fits(one.key))
        if versions and search.single:
            break
    if everywhere and not versions:
        versions = _walked(sources, search)
    return tuple(sorted(dict.fromkeys(versions), key=lambda one: one.key))


def _walked(sources: Sources, search: Search) -> list[StoredVersion]:
    folders, versions = deque([""]), list[StoredVersion]()
    for _ in range(MOST_FOLDERS):
        if not folders or versions:
            break
        folder = folders.popleft()
        below = sources.folders(search.bucket, folder)
        for ending in search.endings:
            first, slash, _ = ending.partition("/")
            if not slash or f"{folder}{first}/" in below:
                below_ending = sources.find(search.bucket, folder + ending)
                versions += (one for one in below_ending if search.fits(one.key))
        folders.extend(one for one in below if not _NOT_ABOVE_A_DATE.search(one))
    return versions
