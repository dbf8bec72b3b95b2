"""What a person's shell says of AWS, which the embedded one leaves aside.

Whoever works with an account has a profile set, and whoever works with another emulation an endpoint. moto makes
sessions as it is imported, so this comes before anything that imports it.
"""

from __future__ import annotations

import os

PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
IGNORE_ENDPOINTS = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
"""https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html"""


def leave_aside() -> None:
    """Forget profile and endpoint for the rest of this process. For commands that touch no account."""
    for name in PROFILES:
        os.environ.pop(name, None)
    os.environ.update(IGNORE_ENDPOINTS)
