"""The stack of the SMS service's own resources: deployed last, and able to fail alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_smsvoice as smsvoice

from infra.parts.naming import NamedStack
from infra.parts.removal import RETAINED
from infra.sms.countries import COUNTRIES
from infra.sms.names import SmsNames

if TYPE_CHECKING:
    from constructs import Construct

    from infra.config import Deployment
    from steward.policy.messaging import Messaging


class SmsStack(NamedStack):
    """Which countries may be texted, and the list of those who said stop."""

    def __init__(self, scope: Construct, *, deployment: Deployment, messaging: Messaging) -> None:
        environment = deployment.environment
        super().__init__(
            scope,
            f"{deployment.prefix}-sms",
            description="steward: what the SMS service may send, and whom it may not text",
            env=cdk.Environment(account=environment.account, region=environment.region),
            termination_protection=environment.protected,
        )
        names = SmsNames.of(deployment)
        opt_outs = smsvoice.CfnOptOutList(self, "OptOutList", opt_out_list_name=names.opt_out_list)
        opt_outs.apply_removal_policy(RETAINED)
        rule = smsvoice.CfnProtectConfiguration.CountryRuleProperty
        # A protect configuration allows every country that it does not name (CreateProtectConfiguration).
        protection = smsvoice.CfnProtectConfiguration(
            self,
            "ProtectConfiguration",
            country_rule_set=smsvoice.CfnProtectConfiguration.CountryRuleSetProperty(
                sms=[
                    rule(country_code=country, protect_status="BLOCK")
                    for country in COUNTRIES
                    if country not in messaging.countries
                ]
            ),
        )
        smsvoice.CfnConfigurationSet(
            self,
            "ConfigurationSet",
            configuration_set_name=names.configuration_set,
            protect_configuration_id=protection.attr_protect_configuration_id,
        )
