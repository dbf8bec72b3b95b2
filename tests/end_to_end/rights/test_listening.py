"""Who may listen in Connect's website, compared every night under the policy of a council that promises it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from infra.synthesis import cached_synthesis
from simulator.aws.cloudwatch import Watching
from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.stories import moment

START = moment("2027-01-05T09:00:00")


def test_a_profile_that_lets_people_listen_and_is_not_named_is_told_and_alarmed_the_next_morning() -> None:
    with quiet_world(cached_synthesis(Path("policies/somerset.toml")), START) as world:
        watching = Watching(world)
        world.run_until(START + timedelta(days=1))
        assert "A security profile lets people listen" not in [one.subject for one in world.notifications]

        world.connect.profiles.permissions["Agent"] += ("ListenCallRecordings",)
        world.run_until(START + timedelta(days=2))
        [told] = [one for one in world.notifications if one.subject == "A security profile lets people listen"]
        assert "- Agent: ListenCallRecordings" in told.message
        assert "ProfileMayListenAlarm" in watching.raised(START)
