"""From a council's name to the short names that its files need."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection

LONGEST_SLUG = 30
"""Characters: what a policy's ``council.slug`` may have."""

_GENERIC = frozenset(
    {"and", "borough", "city", "council", "county", "district", "london", "metropolitan", "of", "royal"}
)
"""What many councils' names have in common (with "the", which is left out first)."""


def slug_of(council: str) -> str:
    """Return the council's name in small letters and hyphens, without what many have in common: ``ash``.

    Empty for a name without a letter.
    """
    plain = unicodedata.normalize("NFKD", council).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z]+", plain.replace("'", "")) if word != "the"]
    telling = [word for word in words if word not in _GENERIC] or words
    slug = "-".join(word for word in words if word in telling or word == "and").strip("-").removeprefix("and-")
    while len(slug) > LONGEST_SLUG:
        slug = slug.rpartition("-")[0] or slug[:LONGEST_SLUG]
    return slug.removesuffix("-and")


def prefix_of(slug: str, taken: Collection[str]) -> str:
    """Return three capital letters of a slug, in their order, that no other notice has: ``ASH``.

    Empty for a slug of fewer than three letters, and for one whose every choice is taken.
    """
    letters = slug.replace("-", "").upper()
    choices = ("".join(three) for three in itertools.combinations(letters, 3))
    return next((three for three in choices if three not in taken), "")
