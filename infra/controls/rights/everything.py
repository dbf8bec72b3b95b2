"""All controls around people's rights, in the order in which they need each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from infra.controls.rights.applications import ApplicationKeeping
from infra.controls.rights.disclosing import Disclosing
from infra.controls.rights.erasing import Erasing, ErasureOrders
from infra.controls.rights.finding import PersonSearches
from infra.controls.rights.packages import Packages
from infra.controls.rights.requests import SubjectRequests
from infra.controls.rights.watching import RequestWatch

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.holds.path import HoldPath
    from infra.stores.rights import RightsStore


class PeoplesRights(Construct):
    """Requests, the search for a person, and the nightly watch. Deployed where the policy has a section of rights."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        controls: Controls,
        rights: RightsStore,
        hold_path: HoldPath,
        erasures: ErasureOrders,
    ) -> None:
        super().__init__(scope, construct_id)
        finding = PersonSearches(self, "finding", controls=controls, rights=rights, hold_path=hold_path)
        self.packages = Packages(self, "packages", controls=controls, rights=rights)
        SubjectRequests(
            self,
            "requests",
            controls=controls,
            rights=rights,
            hold_path=hold_path,
            finding=finding,
            packages=self.packages,
            erasures=erasures,
        )
        if controls.stores.erasures:
            Erasing(
                self,
                "erasing",
                controls=controls,
                rights=rights,
                ledger=controls.stores.erasures,
                hold_path=hold_path,
                orders=erasures,
            )
        if controls.stores.applications:
            ApplicationKeeping(
                self, "applications", controls=controls, rights=rights, store=controls.stores.applications
            )
        if controls.policy.disclosure:
            Disclosing(self, "disclosing", controls=controls, rights=rights, hold_path=hold_path)
        RequestWatch(
            self,
            "watching",
            controls=controls,
            rights=rights,
            hold_path=hold_path,
            finding=finding,
            packages=self.packages,
            erasures=erasures,
        )
