"""Standard output on which nothing that somebody typed can move the cursor, hide a line or turn it round."""

from __future__ import annotations

import re
from io import TextIOBase
from typing import TextIO

from steward.plain import visible

_LINES = re.compile(r"([\n\t]+)")


class Careful(TextIOBase):
    """Writes through to a stream; what is not seen is written as its escape, and lines and tabs stay.

    The commands print no control sequence of their own.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream."""
        return self._stream.encoding or "utf-8"

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What the stream does about what it cannot encode."""
        return self._stream.errors

    def write(self, text: str | bytes) -> int:
        """Write it safely; click hands in the words that a shell completes as bytes."""
        if isinstance(text, bytes):
            return self.write(text.decode())
        self._stream.write("".join(one if _LINES.fullmatch(one) else visible(one) for one in _LINES.split(text)))
        return len(text)

    def writable(self) -> bool:
        """Say so, as click asks."""
        return True

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the stream's own number."""
        return self._stream.fileno()
