"""What somebody makes of flows that take card payments is told to supervisors, and so is its end."""

from __future__ import annotations

from tests.end_to_end.configuration.conftest import Live


def test_an_edit_of_a_module_is_without_effect_until_its_alias_moves_and_that_is_told_to_supervisors(
    live: Live,
) -> None:
    module = live.flow("-payment")
    module.publish(live.edited(str(module.published)))

    [(name, found)] = live.findings().items()
    assert name == "PaymentModule/content" or name.endswith("PaymentModule/content")
    assert found["harm"] == "high"
    assert live.mails("SupervisorsTopic") == []

    [alias] = module.aliases.values()
    alias.version = module.freeze()
    moved = {name: one for name, one in live.findings().items() if name.endswith("/version in force")}
    assert [one["harm"] for one in moved.values()] == ["cards"]
    assert len(live.mails("SupervisorsTopic")) == 1


def test_an_edit_of_the_payment_flow_is_told_and_that_all_is_well_only_when_every_such_flow_was_read_and_is(
    live: Live,
) -> None:
    flow, module = live.flow("payment-guide"), live.flow("-payment")
    written, [alias] = str(flow.published), module.aliases.values()
    before = alias.version
    flow.publish(live.edited(written))
    alias.version = module.freeze()
    found = live.findings()
    assert {(name.rpartition("/")[2], one["harm"]) for name, one in found.items()} == {
        ("content", "cards"),
        ("version in force", "cards"),
    }
    [mail] = live.mails("SupervisorsTopic")
    assert "Take no card payments" in mail
    assert "NextAction" in mail
    flow.publish(written)
    assert len(live.findings()) == 1
    assert len(live.mails("SupervisorsTopic")) == 1
    alias.version = before
    live.world.faults.add(service="connect", operation="DescribeContactFlow", error="AccessDeniedException", times=1000)
    assert live.findings() == {}
    assert len(live.mails("SupervisorsTopic")) == 1
    live.world.faults.clear()
    assert live.findings() == {}
    [_, well] = live.mails("SupervisorsTopic")
    assert "may be taken as before" in well
