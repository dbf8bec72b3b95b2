"""A council in memory: what its people and its nights do, with messages that come at least once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from steward.clock import london_date
from steward.decisions.calls import Call
from steward.decisions.people import Person
from steward.decisions.subjects import Subject
from steward.holds.requests import BadRequest
from steward.ids import ContactId
from steward.policy.load import load_policy
from steward.retention.contact_records import Month
from steward.retention.disposal import DisposalSwitch, Mode
from steward.rights.clearing import Clearing
from steward.rights.clock.deadlines import Promise
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.commands import command
from steward.rights.correcting import Correcting
from steward.rights.finding.belonging import Belonging
from steward.rights.finding.messages import SearchMessages
from steward.rights.finding.searching import Searching
from steward.rights.handing_over import Answer, HandingOver
from steward.rights.handling import Handling
from steward.rights.judging import Judging
from steward.rights.package.assembling import Assembling, NotYet
from steward.rights.ports import VersionConflict
from steward.rights.requests import RequestId
from steward.rights.restricting import Restricting
from steward.rights.watching import Watching
from tests.support.rights.memory import DiedError, Holdings, Links, Memory, Records, Registers, SearchWork, Shelf

POLICY = load_policy(Path("policies/barnet.toml"))
PROMISE = Promise(days=30)
PHONE = "+441632960123"
PLANTED = (PHONE[1:], "Lovelace", "Invented Lane")


class Council(Memory):
    """People's rights with every port in memory."""

    # The parts --------------------------------------------------------------------------------------------------------

    @property
    def handling(self) -> Handling:
        return Handling(clock=self, promise=PROMISE, holidays=ENGLAND_AND_WALES, requests=self, work=self, notices=self)

    @property
    def searching(self) -> Searching:
        return Searching(
            clock=self,
            search_months=24,
            held_for_months=6,
            requests=self,
            scans=self,
            records=Records(self),
            store=self,
            belonging=Belonging(chains=self, registers=Registers(self), kept=self),
            work=SearchWork(self),
            outside=self,
            notices=self,
            count=lambda *_: None,
        )

    @property
    def correcting(self) -> Correcting:
        return Correcting(
            clock=self, requests=self, kept=self, attributes=self, disclosed=self, told=self, notices=self
        )

    @property
    def restricting(self) -> Restricting:
        return Restricting(requests=self, kept=self, numbers=Registers(self), texts=self, disclosed=self, told=self)

    @property
    def assembling(self) -> Assembling:
        return Assembling(
            clock=self,
            policy=POLICY,
            requests=self,
            holdings=Holdings(self),
            shelf=Shelf(self),
            disclosed=self,
            outside=self,
        )

    # What people and the night do -------------------------------------------------------------------------------------

    def tell(self, kind: str, event_id: str, /, **detail: object) -> str:
        """Report something; return what was wrong with it, or nothing."""
        try:
            self.handling.take(event_id, command(kind, {"request": "SAR-1", **detail}, self.at))
        except BadRequest as refusal:
            return str(refusal)
        return ""

    def decide(self, subject: Subject, role: str, name: str, decision: str, call_id: str, **fields: object) -> str:
        """Make a signed call; return ``decided``, or why not."""
        judging = Judging(clock=self, book=self, requests=self, events=self)
        call = Call(
            call_id=call_id,
            by=Person(role=role, name=name),
            subject=subject,
            id="SAR-1",
            decision=decision,
            why="",
            unknown_fields=tuple(fields),
        )
        answer = judging.take(call, fields)
        return answer.reason or str(answer.status)

    def link(self, why: str = "") -> Answer:
        """Ask for a link to the package."""
        give = HandingOver(clock=self, requests=self, links=Links(self)).give
        return give({"request": "SAR-1", "why": why}, Person(role="information-officer", name="mary"))

    def night(self) -> None:
        """Let the nightly run see to everything."""
        Watching(
            clock=self,
            promise=PROMISE,
            holidays=ENGLAND_AND_WALES,
            council="Barnet",
            package_days=30,
            kept_months=6,
            requests=self,
            work=self,
            outside=self,
            notices=self,
            pages=self,
            clearing=Clearing(removing=self, switch=lambda: DisposalSwitch(mode=Mode.ON, limit=1000)),
        ).run(lambda: True)

    def settle(self, *, twice: bool = False) -> None:
        """Work through the queue; each message may come twice, and comes again after a death."""
        rounds = Counter[tuple[str, str]]()
        while self.queue:
            kind, body = self.queue[0]
            try:
                for _ in range(2 if twice else 1):
                    self._work(kind, body, last=rounds[kind, body] > 3)
            except (DiedError, NotYet, VersionConflict):
                rounds[kind, body] += 1
                if rounds[kind, body] > 4:
                    self.queue.popleft()
                continue
            self.queue.popleft()

    def _work(self, kind: str, body: str, *, last: bool) -> None:
        match kind:
            case "search":
                with suppress(BadRequest):
                    messages = SearchMessages(
                        searching=self.searching, restricting=self.restricting, correcting=self.correcting
                    )
                    messages.handle(body, last=last, time_left=lambda: True)
            case "assemble":
                with suppress(BadRequest):
                    self.assembling.assemble(RequestId(body))
            case "event":
                stated = json.loads(body)
                self.tell(stated["kind"], stated["id"], **stated["detail"])

    # What happens outside ---------------------------------------------------------------------------------------------

    def call_comes_in(self, contact_id: str, began: datetime, address: str = PHONE, files: Sequence[str] = ()) -> None:
        """Let a contact end: its record is exported, and what it left is stored."""
        record = {
            "ContactId": contact_id,
            "Channel": "VOICE",
            "InitiationTimestamp": began.isoformat(),
            "LastUpdateTimestamp": self.at.isoformat(),
            "CustomerEndpoint": {"Address": address},
            "Attributes": {"name": "Ada Lovelace", "address": "14 Invented Lane"},
        }
        day = london_date(began)
        key = f"{Month(day.year, day.month)}/{len(self.exported):04}"
        self.exported[key] = [json.dumps(record).encode()]
        self.written[key] = self.at
        self.files[ContactId(contact_id)] = tuple(files)

    def ask(self) -> str:
        """Let the person ask for their data."""
        key = "intake/SAR-1.json"
        self.objects[key] = json.dumps([{"type": "phone", "value": PHONE}]).encode()
        self.written.setdefault(key, self.at)
        return self.tell(
            "Subject Request Received",
            "e-received",
            right="access",
            received_on=london_date(self.at).isoformat(),
            channel="letter",
            intake_key=key,
            identity="confirmed",
            requested_by="olive",
        )
