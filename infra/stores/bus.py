"""The own bus, and who may put events on it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from steward.names import DISCLOSURE_DECIDED, RIGHTS_JUDGEMENTS, RIGHTS_SOURCE

ARCHIVE_DAYS = 30
"""How far back the case-management system's events can be replayed."""

SOURCES = ["steward.complaints", RIGHTS_SOURCE]
TELL_OF_RIGHTS = (
    "information-officer",
    "disclosure-officer",
    "applications-officer",
    "decide",
    "assemble-package",
    "erase-person",
    "find-person",
    "report-access",
    "watch-requests",
)
"""The roles, by name, that put events about people's rights: staff, and functions of steward."""
TELLS_OF_CALLS = "start-request"
"""The role of the guide's function, which tells of requests that callers made."""
RELEASED = "Hold Released"


class OwnBus(Construct):
    """Events of the case-management system and of complaints officers, and of nobody else.

    Refused by denials, because an Allow restricts nobody in the same account. Only the principal that the environment
    names may ask for a release here: whom it names is its word, and people ask by a signed call instead.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, prefix: str, case_system: str | None, guide: bool = False
    ) -> None:
        """``case_system`` is the ARN of the role or user of the council's system, if it has one.

        ``guide``: whether agents record requests of callers (``infra.guides``).
        """
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(
            self, "Bus", event_bus_name=prefix, description="Complaints, from the case-management system"
        )
        self.bus.archive(
            "Archive",
            event_pattern=events.EventPattern(source=["steward.complaints"]),
            retention=cdk.Duration.days(ARCHIVE_DAYS),
        )
        system = [case_system] if case_system else []
        roles = f"arn:aws:iam::{cdk.Stack.of(self).account}:role/{prefix}"
        complaints = {"StringEquals": {"events:source": "steward.complaints"}}
        officers = [f"{roles}-complaints-officer", *system]
        self._deny("OnlyTheseTellOfCases", {**complaints, "ArnNotEquals": {"aws:PrincipalArn": officers}})
        about_people = [f"{roles}-{name}" for name in (*TELL_OF_RIGHTS, *([TELLS_OF_CALLS] if guide else []))]
        rights = {"StringEquals": {"events:source": RIGHTS_SOURCE}}
        self._deny("OnlyTheseTellOfRights", {**rights, "ArnNotEquals": {"aws:PrincipalArn": [*about_people, *system]}})
        decide = f"{roles}-decide"
        judgements = [one for one in RIGHTS_JUDGEMENTS if one != DISCLOSURE_DECIDED]
        judged = {"StringEquals": {"events:detail-type": judgements}}
        self._deny("OnlyDecideTellsOfJudgements", {**judged, "ArnNotEquals": {"aws:PrincipalArn": [decide, *system]}})
        # What two people of the council decided about a disclosure is no other system's to say.
        disclosed = {"StringEquals": {"events:detail-type": DISCLOSURE_DECIDED}}
        self._deny("OnlyDecideTellsOfDisclosures", {**disclosed, "ArnNotEquals": {"aws:PrincipalArn": [decide]}})
        self._deny("OnlyOurSources", {"StringNotEquals": {"events:source": SOURCES}})
        asked: dict[str, object] = {"StringEquals": {"events:detail-type": RELEASED}}
        if system:
            asked["ArnNotEquals"] = {"aws:PrincipalArn": system}
        self._deny("OnlyTheCaseSystemAsksForReleases", asked)
        if case_system:
            self._state("TheCaseSystemTells", iam.Effect.ALLOW, iam.ArnPrincipal(case_system), None)

    def _deny(self, sid: str, conditions: dict[str, object]) -> None:
        self._state(sid, iam.Effect.DENY, iam.AnyPrincipal(), conditions)

    def _state(
        self, sid: str, effect: iam.Effect, principal: iam.IPrincipal, conditions: dict[str, object] | None
    ) -> None:
        statement = iam.PolicyStatement(
            sid=sid,
            effect=effect,
            principals=[principal],
            actions=["events:PutEvents"],
            resources=[self.bus.event_bus_arn],
            conditions=conditions,
        )
        events.CfnEventBusPolicy(
            self,
            sid,
            statement_id=sid,
            event_bus_name=self.bus.event_bus_name,
            statement=statement.to_statement_json(),
        )
