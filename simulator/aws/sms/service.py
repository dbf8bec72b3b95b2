"""The service's state and rules, after its API reference and user guide."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import phonenumbers

from simulator.aws.sms.deliveries import Accepted
from simulator.aws.sms.errors import SmsError, conflict, invalid, missing
from simulator.aws.sms.senders import Sender, kind_of
from steward import gsm7

OPT_OUT_KEYWORDS: Final = frozenset(
    "ARRET CANCEL END OPT-OUT OPTOUT QUIT REMOVE STOP TD UNSUBSCRIBE".split()  # noqa: SIM905 - a list to compare
)
"""User guide, "Required opt-out keywords"."""

_OPT_IN_INTERVAL: Final = timedelta(days=30)
_DEFAULT_LIST: Final = "Default"


@dataclass
class OptedOut:
    """An entry of an opt-out list."""

    at: datetime
    by_end_user: bool


@dataclass
class ConfigurationSet:
    """Where the events of texts go, and which protection from fraud applies to them."""

    name: str
    protect_configuration: str = ""


@dataclass
class Settings:
    """What an account may do. A real one is limited until somebody raises the limits; tests set what they need."""

    identities: frozenset[str] | None = None
    """The senders the account has. None: it has every sender that is named, because registering one is manual work."""
    messages_per_second: int = 10
    price_per_part: float = 0.05
    monthly_limit: float = 10_000
    lists_bind_sender_ids: bool = False
    """Whether opt-out lists are applied to sender ids, which AWS's documentation leaves open."""
    opt_in_keywords: frozenset[str] = frozenset()
    """Keywords with the action "Opt-in". A number has none until somebody adds it (user guide, "Keyword actions")."""
    verified: frozenset[str] | None = None
    """In the sandbox, the only numbers that may be sent to; None outside it."""


@dataclass
class SmsService:
    """One region of one account."""

    account: str
    region: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    settings: Settings = field(default_factory=Settings)
    opt_out_lists: dict[str, dict[str, OptedOut]] = field(default_factory=lambda: {_DEFAULT_LIST: {}})
    configuration_sets: dict[str, ConfigurationSet] = field(default_factory=dict)
    protections: dict[str, dict[str, str]] = field(default_factory=dict)
    messages: list[Accepted] = field(default_factory=list)
    accepted: Callable[[Accepted], None] = lambda _: None
    """Told of each message as it is accepted."""
    _spent: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _opted_in: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _recent: list[datetime] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Do a checked request; raise SmsError for what the service would refuse.

        Raises NotImplementedError for an operation that steward does not use and that is not emulated.
        """
        handler = _OPERATIONS.get(operation)
        if handler is None:
            raise NotImplementedError(f"the emulated SMS service does not know {operation}")
        return handler(self, request)

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of one of the service's resources."""
        return f"arn:aws:sms-voice:{self.region}:{self.account}:{kind}/{name}"

    def opt_outs_of(self, sender: Sender) -> Iterable[dict[str, OptedOut]]:
        """Return the lists that bind a sender.

        A sender id has none, unless the settings say so: ``SenderIdInformation`` names no opt-out list. Numbers and
        pools are taken to be associated with every list of the account, as docs/text-messages.md tells operations to.
        """
        bound = sender.can_be_answered or self.settings.lists_bind_sender_ids
        return self.opt_out_lists.values() if bound else ()

    def reply(self, number: str, text: str, sender: str) -> None:
        """Let a person answer a message; raise ValueError if the sender cannot be answered.

        A message that begins with an opt-out keyword puts the number on the list of the sender: the account's own where
        it has made one, as docs/text-messages.md tells operations to associate it. START takes the number off only
        where the account has made it a keyword for opting in; HELP, and anything else, changes no list (user guide,
        "Keywords").
        """
        kind = kind_of(sender)
        if kind is None or not kind.can_be_answered:
            raise ValueError(f"nobody can answer {sender!r}: it is no telephone number or pool")
        keyword = next(iter(text.upper().split()), "").rstrip(".!?,")
        own = [entries for name, entries in self.opt_out_lists.items() if name != _DEFAULT_LIST]
        for entries in own or self.opt_out_lists.values():
            if keyword in OPT_OUT_KEYWORDS:
                entries.setdefault(number, OptedOut(self.now(), by_end_user=True))
            elif keyword in self.settings.opt_in_keywords:
                entries.pop(number, None)

    def _send(self, request: dict[str, Any]) -> dict[str, Any]:
        self._throttle()
        to = f"+{request['DestinationPhoneNumber'].lstrip('+')}"
        sender = self._sender(request.get("OriginationIdentity", ""))
        country = _country(to)
        self._check_protection(request, country)
        if any(to in entries for entries in self.opt_outs_of(sender)):
            raise conflict("DESTINATION_PHONE_NUMBER_OPTED_OUT")
        if self.settings.verified is not None and to not in self.settings.verified:
            raise conflict("DESTINATION_PHONE_NUMBER_NOT_VERIFIED")
        parts = gsm7.parts(request["MessageBody"])
        price = round(parts * self.settings.price_per_part, 5)
        if "MaxPrice" in request and price > float(request["MaxPrice"]):
            raise invalid("PRICE_OVER_THRESHOLD")
        if self.spent() + price > self.settings.monthly_limit:
            raise SmsError("ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")
        message = Accepted(
            message_id=str(uuid5(NAMESPACE_URL, f"{self.account}/{self.region}/{next(self._numbers)}")),
            at=self.now(),
            to=to,
            body=request["MessageBody"],
            sender=request["OriginationIdentity"],
            country=country,
            message_type=request.get("MessageType", "TRANSACTIONAL"),
            parts=parts,
            price=price,
            context=request.get("Context", {}),
        )
        if not request.get("DryRun"):
            self.messages.append(message)
            self._spent[self._month()] += price
            self.accepted(message)
        return {"MessageId": message.message_id}

    def spent(self) -> float:
        """Return what this calendar month's messages cost so far, in US dollars."""
        return self._spent[self._month()]

    def _month(self) -> str:
        return self.now().strftime("%Y-%m")

    def _throttle(self) -> None:
        now = self.now()
        self._recent = [moment for moment in self._recent if now - moment < timedelta(seconds=1)]
        if len(self._recent) >= self.settings.messages_per_second:
            raise SmsError("ThrottlingException")
        self._recent.append(now)

    def _sender(self, identity: str) -> Sender:
        kind = kind_of(identity)
        owned = self.settings.identities
        if kind is None or (owned is not None and identity not in owned):
            if identity.startswith("arn:") or kind in {Sender.PHONE_NUMBER, Sender.POOL}:
                raise missing(kind.value if kind else "phone-number", identity)
            raise conflict("NO_ORIGINATION_IDENTITIES_FOUND")
        return kind

    def _check_protection(self, request: dict[str, Any], country: str) -> None:
        protection = request.get("ProtectConfigurationId", "")
        if "ConfigurationSetName" in request:
            protection = protection or self._configuration_set(request["ConfigurationSetName"]).protect_configuration
        rules = self.protections.get(_plain(protection), {})
        if rules.get(country, "ALLOW") == "BLOCK":
            raise conflict("DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION")

    def _configuration_set(self, name: str) -> ConfigurationSet:
        try:
            return self.configuration_sets[_plain(name)]
        except KeyError:
            raise missing("configuration-set", name) from None

    def _list(self, name: str) -> dict[str, OptedOut]:
        try:
            return self.opt_out_lists[_plain(name)]
        except KeyError:
            raise missing("opt-out-list", name) from None

    def _put_opted_out(self, request: dict[str, Any]) -> dict[str, Any]:
        number = request["OptedOutNumber"]
        entry = self._list(request["OptOutListName"]).setdefault(number, OptedOut(self.now(), by_end_user=False))
        return self._opted_out(request["OptOutListName"]) | _entry(number, entry)

    def _delete_opted_out(self, request: dict[str, Any]) -> dict[str, Any]:
        entries, number = self._list(request["OptOutListName"]), request["OptedOutNumber"]
        if number not in entries:
            raise missing("opted-out-number", number)
        last = self._opted_in.get((_plain(request["OptOutListName"]), number))
        if last is not None and self.now() - last < _OPT_IN_INTERVAL:
            raise conflict("RESOURCE_DELETION_NOT_ALLOWED")
        self._opted_in[_plain(request["OptOutListName"]), number] = self.now()
        return self._opted_out(request["OptOutListName"]) | _entry(number, entries.pop(number))

    def _describe_opted_out(self, request: dict[str, Any]) -> dict[str, Any]:
        entries = self._list(request["OptOutListName"])
        wanted = request.get("OptedOutNumbers")
        if wanted and any(number not in entries for number in wanted):
            raise missing("opted-out-number", next(number for number in wanted if number not in entries))
        found = [_entry(number, entries[number]) for number in wanted or entries]
        return self._opted_out(request["OptOutListName"]) | {"OptedOutNumbers": found}

    def _create_list(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["OptOutListName"]
        if name in self.opt_out_lists:
            raise conflict("RESOURCE_ALREADY_EXISTS")
        self.opt_out_lists[name] = {}
        return self._opted_out(name) | {"CreatedTimestamp": self.now().timestamp()}

    def _create_configuration_set(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["ConfigurationSetName"]
        if name in self.configuration_sets:
            raise conflict("RESOURCE_ALREADY_EXISTS")
        self.configuration_sets[name] = ConfigurationSet(name)
        return {"ConfigurationSetArn": self.arn("configuration-set", name), "ConfigurationSetName": name}

    def _create_protection(self, request: dict[str, Any]) -> dict[str, Any]:
        del request
        name = f"protect-{uuid5(NAMESPACE_URL, f'{self.account}/protect/{len(self.protections)}').hex}"
        self.protections[name] = {}
        return {
            "ProtectConfigurationArn": self.arn("protect-configuration", name),
            "ProtectConfigurationId": name,
            "AccountDefault": False,
            "DeletionProtectionEnabled": False,
            "CreatedTimestamp": self.now().timestamp(),
        }

    def _update_protection(self, request: dict[str, Any]) -> dict[str, Any]:
        name = _plain(request["ProtectConfigurationId"])
        if name not in self.protections:
            raise missing("protect-configuration", name)
        updates = request["CountryRuleSetUpdates"]
        self.protections[name] |= {country: rule["ProtectStatus"] for country, rule in updates.items()}
        return {
            "ProtectConfigurationArn": self.arn("protect-configuration", name),
            "ProtectConfigurationId": name,
            "NumberCapability": request["NumberCapability"],
            "CountryRuleSet": updates,
        }

    def _associate_protection(self, request: dict[str, Any]) -> dict[str, Any]:
        name = _plain(request["ProtectConfigurationId"])
        if name not in self.protections:
            raise missing("protect-configuration", name)
        target = self._configuration_set(request["ConfigurationSetName"])
        target.protect_configuration = name
        return {
            "ConfigurationSetArn": self.arn("configuration-set", target.name),
            "ConfigurationSetName": target.name,
            "ProtectConfigurationArn": self.arn("protect-configuration", name),
            "ProtectConfigurationId": name,
        }

    def _opted_out(self, name: str) -> dict[str, Any]:
        return {"OptOutListArn": self.arn("opt-out-list", _plain(name)), "OptOutListName": _plain(name)}


_OPERATIONS: Final[dict[str, Callable[[SmsService, dict[str, Any]], dict[str, Any]]]] = {
    "SendTextMessage": SmsService._send,  # noqa: SLF001 - its own table
    "PutOptedOutNumber": SmsService._put_opted_out,  # noqa: SLF001
    "DeleteOptedOutNumber": SmsService._delete_opted_out,  # noqa: SLF001
    "DescribeOptedOutNumbers": SmsService._describe_opted_out,  # noqa: SLF001
    "CreateOptOutList": SmsService._create_list,  # noqa: SLF001
    "CreateConfigurationSet": SmsService._create_configuration_set,  # noqa: SLF001
    "CreateProtectConfiguration": SmsService._create_protection,  # noqa: SLF001
    "UpdateProtectConfigurationCountryRuleSet": SmsService._update_protection,  # noqa: SLF001
    "AssociateProtectConfiguration": SmsService._associate_protection,  # noqa: SLF001
}


def _country(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        raise invalid("CANNOT_PARSE", "DestinationPhoneNumber") from None
    region = phonenumbers.region_code_for_number(parsed)
    if region is None:
        raise invalid("CANNOT_PARSE", "DestinationPhoneNumber")
    return str(region)


def _entry(number: str, entry: OptedOut) -> dict[str, Any]:
    return {
        "OptedOutNumber": number,
        "OptedOutTimestamp": entry.at.timestamp(),
        "EndUserOptedOut": entry.by_end_user,
    }


def _plain(name: str) -> str:
    """Return the name or id within an ARN, or as it is."""
    return name.rpartition("/")[2]
