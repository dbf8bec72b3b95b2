from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from steward.retention import adapters
from steward.retention.adapters import read_switch
from steward.retention.switch import MalformedSwitch, SwitchUnread


def test_a_parameter_that_is_no_switch_is_named_with_its_problem() -> None:
    error = MalformedSwitch("/local/disposal", "limit: is missing")

    assert (error.operation, error.code) == ("ssm.GetParameter", "MalformedSwitch")
    assert str(error) == "the parameter /local/disposal is no disposal switch: limit: is missing"


def test_a_switch_that_aws_does_not_give_names_the_call_and_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def get_parameter(self, *, Name: str) -> None:  # noqa: N803 -- AWS's word
            assert Name == "/local/disposal"
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "no"}}, "GetParameter")

    monkeypatch.setattr(adapters, "client", lambda service: Refusing() if service == "ssm" else None)

    with pytest.raises(SwitchUnread) as caught:
        read_switch("/local/disposal")
    assert (caught.value.operation, caught.value.code) == ("ssm.GetParameter", "ThrottlingException")
