"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Every test starts without a council's own folder, whatever the person who runs the tests has set.
os.environ.pop("STEWARD_CONFIG", None)

# How long an example takes says something of the machine, which others may be using, and nothing of the code.
settings.register_profile("steward", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steward")
