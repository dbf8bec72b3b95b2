"""Failure 2 of the list: a search that runs out of time goes on where it was, and nothing is read or entered twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from steward.rights.requests import RequestId
from tests.support.rights.council import Council

REQUEST = RequestId("SAR-1")


def test_02_a_search_that_runs_out_of_time_goes_on_with_the_next_object_and_enters_nothing_twice() -> None:
    council = Council()
    for number in range(7):
        council.call_comes_in(f"c-{number}", council.at - timedelta(hours=number))
    assert council.ask() == ""
    council.searching.begin(REQUEST)
    search = council.stored[REQUEST][0].search
    assert search
    parts = 0
    for partition in search.partitions:
        # Each invocation has time for one object.
        while not council.scan(REQUEST, search.look, partition).done:
            council.searching.scan(REQUEST, search.look, partition, time_left=lambda: False)
            parts += 1
    assert parts >= 7
    assert set(Counter(council.read).values()) == {1}
    assert len(council.read) == 7
    matches = [one.contact_id for one in council.stored[REQUEST][0].matches]
    assert sorted(matches) == [f"c-{number}" for number in range(7)]
    ended = council.stored[REQUEST][0].search
    assert ended
    assert ended.complete
    assert ended.objects == 7
