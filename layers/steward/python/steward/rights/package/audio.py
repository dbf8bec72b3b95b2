"""Taking parts out of a recording: silence in their place, in a new file. Pure.

Only linear PCM is edited, which is what the standard library reads; anything else is withheld as a whole, never passed.
Amazon Connect puts the adviser on the right channel, and the customer with everybody conferenced on the left
(Amazon Connect administrator guide, "About recording behavior").
"""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from typing import Final

from steward.rights.requests import Cut

_CHANNELS: Final = {"left": 0, "right": 1}


class CannotEdit(Exception):
    """The file cannot be edited here, or not so; the text says why and quotes nothing."""


def silenced(recording: bytes, cuts: Sequence[Cut]) -> bytes:
    """Return the recording with silence in those parts.

    Raises CannotEdit for what is no linear PCM, and for a cut after its end.
    """
    try:
        with wave.open(io.BytesIO(recording)) as source:
            shape = source.getparams()
            frames = bytearray(source.readframes(shape.nframes))
    except (wave.Error, EOFError):
        raise CannotEdit("the recording is not linear PCM") from None
    frame = shape.nchannels * shape.sampwidth
    length = len(frames) // frame
    # Samples of one byte are unsigned, and their silence is in the middle.
    silence = b"\x80" if shape.sampwidth == 1 else b"\x00"
    for cut in cuts:
        first, last = (int(ms * shape.framerate / 1000) for ms in (cut.from_ms, cut.to_ms))
        if first >= length:
            raise CannotEdit("a cut begins after the end of the recording")
        last = min(last + 1, length)
        if cut.channel == "all" or shape.nchannels == 1:
            frames[first * frame : last * frame] = silence * ((last - first) * frame)
            continue
        offset = _CHANNELS[cut.channel] * shape.sampwidth
        for number in range(first, last):
            at = number * frame + offset
            frames[at : at + shape.sampwidth] = silence * shape.sampwidth
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setparams(shape)
        target.writeframes(bytes(frames))
    return out.getvalue()
