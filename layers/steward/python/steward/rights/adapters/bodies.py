"""The bytes of originals that go into a copy for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from steward.aws.errors import translated
from steward.rights.package.contents import LARGEST_FILE, TooLarge


def in_memory(answer: Mapping[str, Any], operation: str) -> bytes:
    """Return the body of S3's answer to GetObject. Raises ``TooLarge``, with nothing read, for one that is too long."""
    with closing(answer["Body"]) as stream:
        if answer["ContentLength"] > LARGEST_FILE:
            raise TooLarge("the file is larger than a copy takes")
        with translated(operation):
            body: bytes = stream.read()
    return body
