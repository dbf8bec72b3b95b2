"""What Connect says of a contact's chain: what it does not list is not known, and not nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from steward.clock import SystemClock
from steward.failures import AwsError, InvalidRequest, NotFound, Throttled
from steward.holds.adapters.connect import ConnectContacts, Pace
from steward.ids import ContactId

ONE, OTHER = ContactId("one"), ContactId("other")


class Connect(ConnectContacts):
    """An instance that knows some contacts, and may refuse to list chains (API reference, ListAssociatedContacts)."""

    def __init__(self, *, knows: bool, problem: AwsError | None = None) -> None:
        super().__init__("arn:aws:connect:eu-west-2:111122223333:instance/i-1", Pace(SystemClock()))
        self.script = knows, problem

    def _call(self, operation: str, method: str, **parameters: Any) -> Any:  # noqa: ANN401 - the operation's own
        del method, parameters
        if not self.script[0]:
            raise NotFound(f"connect.{operation}", "ResourceNotFoundException")
        return {"Contact": {"Id": ONE}}

    def _pages(self, *_: object, **__: object) -> Iterator[dict[str, Any]]:
        if self.script[1] is not None:
            raise self.script[1]
        yield {"ContactId": ONE}
        yield {"ContactId": OTHER}


REFUSED = InvalidRequest("connect.ListAssociatedContacts", "InvalidRequestException")
GONE = NotFound("connect.ListAssociatedContacts", "ResourceNotFoundException")


def test_a_chain_that_is_listed_is_everybody_else_in_it() -> None:
    assert Connect(knows=True).chain(ONE) == (OTHER,)


@pytest.mark.parametrize("problem", [REFUSED, GONE])
def test_the_chain_of_a_contact_that_connect_knows_and_does_not_list_is_not_known(problem: AwsError) -> None:
    assert Connect(knows=True, problem=problem).chain(ONE) is None
    assert Connect(knows=True, problem=problem).associated(ONE) == (), "a flag holds what it can"


@pytest.mark.parametrize("problem", [REFUSED, GONE])
def test_a_contact_that_connect_does_not_know_has_nobody_in_its_chain(problem: AwsError) -> None:
    assert Connect(knows=False, problem=problem).chain(ONE) == ()


def test_what_may_pass_is_neither() -> None:
    with pytest.raises(Throttled):
        Connect(knows=True, problem=Throttled("connect.ListAssociatedContacts", "TooManyRequests")).chain(ONE)
