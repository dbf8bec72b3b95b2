"""How long logs are kept."""

from __future__ import annotations

from aws_cdk import aws_logs as logs

LOG_RETENTION = logs.RetentionDays.THREE_MONTHS
"""Long enough to look into a complaint about the system itself. Logs hold no personal data: no promise is touched."""
