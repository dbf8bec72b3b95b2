"""Finding the objects of a search, also below a folder that nobody told us.

Connect's key layouts vary between instances and over the years: the folder above the date may be ``connect/<alias>/``,
a prefix of the council's own, or none. Where it is not the expected one, the folders are walked, within a bound.
"""

from __future__ import annotations

import re
from collections import deque

from steward.holds.discovery import Search
from steward.holds.ports import Sources

MOST_FOLDERS = 12
"""So many folders are looked into at most; ``connect/<alias>/<class>/`` is the fourth."""

_NOT_ABOVE_A_DATE = re.compile(r"(?:^|/)(?:\d{4}|contact_[^/]*|Analysis)/$")


def found(sources: Sources, search: Search, *, everywhere: bool) -> tuple[str, ...]:
    """Return the keys that a search finds, sorted; ``everywhere`` walks the folders if the known ones have none."""
    keys = set[str]()
    for prefix in search.prefixes:
        keys.update(key for key in sources.find(search.bucket, prefix) if search.fits(key))
        if keys and search.single:
            break
    if everywhere and not keys:
        keys = _walked(sources, search)
    return tuple(sorted(keys))


def _walked(sources: Sources, search: Search) -> set[str]:
    folders, keys = deque([""]), set[str]()
    for _ in range(MOST_FOLDERS):
        if not folders or keys:
            break
        folder = folders.popleft()
        below = sources.folders(search.bucket, folder)
        for ending in search.endings:
            first, slash, _ = ending.partition("/")
            if not slash or f"{folder}{first}/" in below:
                keys.update(key for key in sources.find(search.bucket, folder + ending) if search.fits(key))
        folders.extend(one for one in below if not _NOT_ABOVE_A_DATE.search(one))
    return keys
