"""Why something could not be read."""

from __future__ import annotations


class UnreadableFlowError(Exception):
    """It cannot be read as a contact flow; the message is one line that names file and line or field."""


class OldFormatError(Exception):
    """It is an export of the designer's first format: ``modules`` with ``branches``, not the flow language."""
