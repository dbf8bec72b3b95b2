"""What is told in a process of its own, while something else is shown."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.scenarios.errors import ScenarioError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Given = TypeVar("Given")
Told = TypeVar("Told")


@contextmanager
def beside(tell: Callable[[Given], Told], stories: Sequence[Given]) -> Iterator[Iterator[Told]]:
    """Begin to tell the stories, one after the other; yield what came of each, as soon as it is there.

    Whoever asks for one that could not be told gets what ``tell`` raised, or ``ScenarioError`` if its process ended. On
    the way out nothing is left running.
    """
    context = get_context("spawn")
    listening, speaking = context.Pipe(duplex=False)
    process = context.Process(target=_tell_all, args=(speaking, tell, stories), daemon=True)
    # Ctrl-C is for whoever shows the stories: what is ignored here stays ignored in a process that is started.
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.start()
    finally:
        signal.signal(signal.SIGINT, interrupt)
    speaking.close()
    try:
        yield (_heard(listening) for _ in stories)
    finally:
        process.terminate()
        process.join()
        listening.close()


def _tell_all(speaking: Connection, tell: Callable[[Given], Told], stories: Sequence[Given]) -> None:
    for one in stories:
        try:
            speaking.send((tell(one), None))
        except Exception as error:  # noqa: BLE001 - it is raised where the story is asked for
            speaking.send((None, error))


def _heard(listening: Connection) -> Any:  # noqa: ANN401 - whatever was told
    try:
        told, error = listening.recv()
    except EOFError:
        raise ScenarioError("the process that told this story has ended") from None
    if error is not None:
        raise error
    return told
