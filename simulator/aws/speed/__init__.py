"""The same answers from moto and botocore, sooner.

A simulation makes thousands of requests, and most of the work for each is looking up again what was looked up for the
last. Nothing here changes what a request says or what is answered: botocore still validates, serialises, retries and
parses, and moto still decides.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from simulator.aws.speed import asking, deciding
from simulator.aws.speed.dispatcher import RequestDispatcher


@contextmanager
def speedups() -> Iterator[RequestDispatcher]:
    """Let botocore and moto remember, until the world ends; return the dispatcher that carries every request."""
    with ExitStack() as patches:
        for patch in (*asking.patches(), *deciding.patches()):
            patches.enter_context(patch)
        patches.enter_context(rare_collections())
        dispatcher = RequestDispatcher()
        patches.enter_context(dispatcher.installed())
        yield dispatcher


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cyclic garbage less often: what botocore and moto know of AWS is a million objects that never go."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


__all__ = ["RequestDispatcher", "speedups"]
