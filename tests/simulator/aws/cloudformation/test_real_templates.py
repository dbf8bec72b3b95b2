"""The engine knows everything that the real templates use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.synthesis import cached_synthesis
from simulator.aws.account.start import embedded_aws

POLICY = Path(__file__).parents[4] / "policies" / "barnet.toml"


def test_two_quiet_nights_of_the_default_policy_run_its_schedules_and_fail_nowhere() -> None:
    with embedded_aws(cached_synthesis(POLICY), datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) as world:
        world.run_until(world.clock.now() + timedelta(days=2))
        assert world.calls["maintain_holds"]["invocations"] == 2
        assert world.calls["place_hold"]["invocations"] == 0
        assert world.dead_letters() == []
        assert world.undelivered == []
        assert {"call_recording", "chat_transcript", "contact_record", "legal_hold"} <= set(world.names.buckets)
