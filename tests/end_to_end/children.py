"""Several ends of one story: what comes before is played once, and each end by a child of that process."""

from __future__ import annotations

import os
import pickle
import traceback
import warnings
from collections.abc import Callable
from typing import TypeVar

from simulator.aws.iam.permissions import REFUSED

Answer = TypeVar("Answer")


def in_a_child(act: Callable[[], Answer]) -> Answer:
    """Return what ``act`` returns in a child of this process: whatever it did to the world is known to no other.

    Whatever fails there fails here, with its trace; so does a refusal of IAM.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Threads of the test runner's have no part in the world.
        child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            said = pickle.dumps((act(), ""))
            assert not REFUSED, sorted({str(one) for one in REFUSED})
        except BaseException:  # noqa: BLE001 -- it is raised in the parent
            said = pickle.dumps((None, traceback.format_exc()))
        with os.fdopen(writing, "wb") as out:
            out.write(said)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        answer, wrong = pickle.load(told)  # noqa: S301 -- our own child wrote it
    os.waitpid(child, 0)
    assert not wrong, wrong
    return answer  # type: ignore[no-any-return]
