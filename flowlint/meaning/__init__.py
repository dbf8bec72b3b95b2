"""What an action means for recording and payments, whoever wrote the flow and whatever the names in it."""

from flowlint.meaning.switches import Switch, logging_set_by, recording_set_by

__all__ = ["Switch", "logging_set_by", "recording_set_by"]
