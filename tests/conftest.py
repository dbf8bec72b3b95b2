"""Every test starts without a council's own folder, whatever the person who runs the tests has set."""

from __future__ import annotations

import os

os.environ.pop("STEWARD_CONFIG", None)
