"""What the commands that check a signature are asked alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def council_keys(means: str = "what another key signed is wrong") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option ``--key``, which may be given several times; ``means`` says what becomes of other keys."""
    return click.option(
        "--key",
        "keys",
        type=click.Path(path_type=Path),
        multiple=True,
        help=f"The council's public key, in PEM: {means}.",
    )
