"""A contact's lines leave an object of records; every other line stays byte for byte."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.ids import ContactId
from steward.rights.erasure.lines import parted
from steward.rights.finding.scanning import UnreadableRecords

HERS = ContactId("c-1")


def line(contact_id: str, **fields: object) -> bytes:
    return json.dumps({"ContactId": contact_id, **fields}, separators=(",", " :  ")).encode()


others = st.builds(
    line, st.sampled_from(["c-2", "c-11", "C-1"]), Attributes=st.text(max_size=8), InitialContactId=st.just("c-1")
)


@given(before=st.lists(others), hers=st.integers(1, 3), after=st.lists(others), ended=st.booleans())
def test_what_is_not_hers_is_left_byte_for_byte_and_in_order(
    before: list[bytes], hers: int, after: list[bytes], *, ended: bool
) -> None:
    lines = [*before, *[line("c-1", CustomerEndpoint={"Address": "+441632960123"})] * hers, *after]
    body = b"\n".join(lines) + (b"\n" if ended else b"")
    found = parted(body, [HERS])
    assert found.taken == {HERS: hers}
    left = b"".join(one + b"\n" for one in [*before, *after])
    assert found.left == left if ended or not after else found.left + b"\n" == left


def test_an_object_of_nothing_but_hers_leaves_nothing() -> None:
    assert parted(line("c-1") + b"\n", [HERS]).left == b""


def test_her_record_is_found_in_the_envelope_of_what_firehose_set_aside() -> None:
    def enveloped(record: bytes) -> bytes:
        return json.dumps({"attemptsMade": 1, "rawData": base64.b64encode(record).decode()}).encode() + b"\n"

    found = parted(enveloped(line("c-2")) + enveloped(line("c-1")), [HERS])
    assert found.left == enveloped(line("c-2"))


@pytest.mark.parametrize("broken", [b'{"ContactId": "c-1"', b'c-1 {"ContactId"}', b'{"rawData": "c-1 is no Base64"}'])
def test_a_line_that_may_be_hers_and_cannot_be_read_is_not_guessed_at(broken: bytes) -> None:
    with pytest.raises(UnreadableRecords):
        parted(line("c-2") + b"\n" + broken + b"\n", [HERS])


def test_a_broken_line_that_cannot_be_hers_stays_as_it_is() -> None:
    body = b"{broken\n" + line("c-1") + b"\n"
    assert parted(body, [HERS]).left == b"{broken\n"
