"""What synthesis refuses to deploy."""

from __future__ import annotations


class RefusalError(Exception):
    """Synthesis was refused; the text is one clear sentence for each reason, a line each."""
