"""The service's resources in templates, created by its own API.

What ``Ref`` and ``GetAtt`` answer: AWS CloudFormation template reference, ``AWS::SMSVOICE::*``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.cloudformation.declaration import Identity
from simulator.aws.sms.backend import sms_voice_backends
from simulator.aws.sms.model import SERVICE

if TYPE_CHECKING:
    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import DeployContext, ResourceProvider
    from simulator.aws.sms.service import SmsService


def _service(site: DeployContext) -> SmsService:
    return sms_voice_backends[site.account][site.region].service


def _opt_out_list(site: DeployContext, declared: Declaration) -> Identity:
    name = declared.name("OptOutListName")
    made = site.client(SERVICE).create_opt_out_list(OptOutListName=name)
    lists = _service(site).opt_out_lists
    return Identity(name, {"Arn": made["OptOutListArn"]}, lambda: lists.pop(name))


def _protect_configuration(site: DeployContext, declared: Declaration) -> Identity:
    client = site.client(SERVICE)
    made = client.create_protect_configuration()
    for capability, rules in declared.properties.get("CountryRuleSet", {}).items():
        client.update_protect_configuration_country_rule_set(
            ProtectConfigurationId=made["ProtectConfigurationId"],
            NumberCapability=capability,
            CountryRuleSetUpdates={rule["CountryCode"]: {"ProtectStatus": rule["ProtectStatus"]} for rule in rules},
        )
    identity, arn = made["ProtectConfigurationId"], made["ProtectConfigurationArn"]
    protections = _service(site).protections
    attributes = {"Arn": arn, "ProtectConfigurationId": identity}
    return Identity(identity, attributes, lambda: protections.pop(identity))


def _configuration_set(site: DeployContext, declared: Declaration) -> Identity:
    client = site.client(SERVICE)
    name = declared.name("ConfigurationSetName")
    made = client.create_configuration_set(ConfigurationSetName=name)
    protection = declared.properties.get("ProtectConfigurationId")
    if protection:
        client.associate_protect_configuration(ConfigurationSetName=name, ProtectConfigurationId=protection)
    sets = _service(site).configuration_sets
    return Identity(name, {"Arn": made["ConfigurationSetArn"]}, lambda: sets.pop(name))


CREATORS: dict[str, ResourceProvider] = {
    "AWS::SMSVOICE::OptOutList": _opt_out_list,
    "AWS::SMSVOICE::ProtectConfiguration": _protect_configuration,
    "AWS::SMSVOICE::ConfigurationSet": _configuration_set,
}
