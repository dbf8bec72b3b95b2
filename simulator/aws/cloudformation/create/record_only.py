"""Resources with nothing to run: they become records, so that ``Ref`` and ``Fn::GetAtt`` answer as AWS documents.

Source: the "Return values" section of each type's page in the CloudFormation template reference. In the table,
``{name}`` is the name the template gives (or a generated one), ``{id}`` an invented identifier, ``{instance}`` the
instance's ARN.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.aws.cloudformation.declaration import Identity

if TYPE_CHECKING:
    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import DeployContext, Resource, ResourceChanger, ResourceProvider


@dataclass(frozen=True)
class _Form:
    name_property: str
    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


def _connect(part: str, attribute: str) -> _Form:
    arn = f"{{instance}}/{part}/{{id}}"
    return _Form("Name", arn, {attribute: arn})


_SMS: Final = "arn:aws:sms-voice:{region}:{account}"
_POLICY_ARN: Final = "arn:aws:iam::{account}:policy/{name}"
_ROLE_ARN: Final = "arn:aws:iam::{account}:role/{name}"
_ALARM: Final = _Form("AlarmName", "{name}", {"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}"})


def _sms(kind: str, name_property: str, id_attribute: str) -> _Form:
    mark = "{name}" if name_property else "{id}"
    attributes = {"Arn": f"{_SMS}:{kind}/{mark}", id_attribute: mark}
    return _Form(name_property, mark, attributes)


_FORMS: Final[Mapping[str, _Form]] = {
    "AWS::CDK::Metadata": _Form("", "{id}"),
    "AWS::IAM::Role": _Form("RoleName", "{name}", {"Arn": _ROLE_ARN, "RoleId": "AROA{id}"}),
    "AWS::IAM::Policy": _Form("PolicyName", "{name}", {"Id": "{id}"}),
    "AWS::IAM::ManagedPolicy": _Form("ManagedPolicyName", _POLICY_ARN, {"PolicyArn": _POLICY_ARN}),
    "AWS::Logs::LogGroup": _Form(
        "LogGroupName", "{name}", {"Arn": "arn:aws:logs:{region}:{account}:log-group:{name}:*"}
    ),
    "AWS::Logs::LogStream": _Form("LogStreamName", "{name}"),
    "AWS::Logs::MetricFilter": _Form("FilterName", "{name}"),
    "AWS::Logs::ResourcePolicy": _Form("PolicyName", "{name}"),
    "AWS::CloudWatch::Alarm": _ALARM,
    "AWS::CloudWatch::CompositeAlarm": _ALARM,
    "AWS::CloudWatch::Dashboard": _Form("DashboardName", "{name}"),
    "AWS::Events::Archive": _Form("ArchiveName", "{name}", {"Arn": "arn:aws:events:{region}:{account}:archive/{name}"}),
    "AWS::Events::EventBusPolicy": _Form("StatementId", "{name}"),
    "AWS::Connect::IntegrationAssociation": _Form("", "{id}", {"IntegrationAssociationId": "{id}"}),
    "AWS::Connect::ContactFlow": _connect("contact-flow", "ContactFlowArn"),
    "AWS::Connect::ContactFlowVersion": _connect("contact-flow-version", "ContactFlowVersionARN"),
    "AWS::Connect::ContactFlowModule": _connect("flow-module", "ContactFlowModuleArn"),
    # The module's ARN stands before the number, and the alias's id is its own.
    "AWS::Connect::ContactFlowModuleVersion": _Form(
        "", "{instance}/flow-module-version/{id}", {"ContactFlowModuleVersionARN": "{id}", "Version": "1"}
    ),
    "AWS::Connect::ContactFlowModuleAlias": _Form(
        "", "{instance}/flow-module-alias/{id}", {"ContactFlowModuleAliasARN": "{id}", "AliasId": "{id}"}
    ),
    "AWS::Connect::EvaluationForm": _connect("evaluation-form", "EvaluationFormArn"),
    "AWS::Connect::Rule": _connect("rule", "RuleArn"),
    "AWS::Connect::View": _connect("view", "ViewArn"),
    "AWS::Connect::ViewVersion": _connect("view-version", "ViewVersionArn"),
    "AWS::Connect::Queue": _connect("queue", "QueueArn"),
    "AWS::Connect::HoursOfOperation": _connect("operating-hours", "HoursOfOperationArn"),
    "AWS::Connect::QuickConnect": _connect("transfer-destination", "QuickConnectArn"),
    "AWS::Connect::Prompt": _connect("prompt", "PromptArn"),
    "AWS::Connect::TestCase": _connect("test-case", "TestCaseArn"),
    "AWS::Connect::SecurityProfile": _connect("security-profile", "SecurityProfileArn"),
    "AWS::SMSVOICE::ConfigurationSet": _sms("configuration-set", "ConfigurationSetName", "ConfigurationSetName"),
    "AWS::SMSVOICE::OptOutList": _sms("opt-out-list", "OptOutListName", "OptOutListName"),
    "AWS::SMSVOICE::ProtectConfiguration": _sms("protect-configuration", "", "ProtectConfigurationId"),
    "AWS::SMSVOICE::PhoneNumber": _sms("phone-number", "", "PhoneNumberId"),
    "AWS::SMSVOICE::Pool": _sms("pool", "", "PoolId"),
    "AWS::SMSVOICE::SenderId": _sms("sender-id", "SenderId", "SenderId"),
    "AWS::SMSVOICE::ResourcePolicy": _Form("", "{id}"),
    "AWS::Budgets::Budget": _Form("", "{id}"),
    "AWS::CloudTrail::Trail": _Form(
        "TrailName", "{name}", {"Arn": "arn:aws:cloudtrail:{region}:{account}:trail/{name}"}
    ),
}


def _record(site: DeployContext, declared: Declaration) -> Identity:
    form = _FORMS[declared.type]
    instance = str(declared.properties.get("InstanceArn", site.arn("connect", "instance/none")))
    values = {
        "name": declared.name(form.name_property, longest=128),
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{declared.stack}/{declared.logical_id}")),
        "account": site.account,
        "region": site.region,
        "instance": instance,
    }
    return Identity(
        form.ref.format_map(values), {name: text.format_map(values) for name, text in form.attributes.items()}
    )


def _changed_record(_: DeployContext, before: Resource, __: Declaration) -> Identity:
    return before.identity


CREATORS: dict[str, ResourceProvider] = dict.fromkeys(_FORMS, _record)

CHANGERS: dict[str, ResourceChanger] = dict.fromkeys(_FORMS, _changed_record)
