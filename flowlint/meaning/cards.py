"""Which steps ask for the data of a payment card or a bank account: by what they say, by what becomes of the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from flowlint.document import Action, Flow
from flowlint.meaning.switches import is_transfer_out
from flowlint.meaning.text import STORED_INPUT, prompt_of, sentences, strings_in, words_of

_OTHER_CARDS = (
    r"(?:library|loyalty|gift|membership|travel|bus|oyster|id|identity|staff|blue badge|reader(?:'s)?|student"
    r"|residents?(?:'s?)?|concession(?:ary)?|freedom|leisure|parking)"
)
_OTHER_DATES = r"(?:permit|licen[cs]e|passport|badge|tenancy|mot|insurance|lease|contract|reference)"

ENGLISH = (
    r"\b(?:card|visa|mastercard)(?:'s)? (?:number|no\b|details|holder)",
    r"(?:the )?long (?:card )?number",
    r"number (?:on|across|from) the front(?! of (?:your|the|a|this) (?:letter|bill|form|notice|permit|badge|reminder))",
    r"\b(?:16|sixteen)[- ]?digits?\b(?! (?:account|reference|customer|council tax))",
    r"\b(?:last |the )?(?:3|4|three|four)[- ]?(?:digits?|numbers?)\b.{0,30}\b(?:back|front|reverse|signature)",
    r"\bdigits? on the (?:back|front|reverse)",
    r"\bexpir(?:y|ation)\b",
    r"\bcard security number",
    r"\bsecurity code(?! (?:that )?(?:we|you were|sent|texted|emailed))",
    r"\bc[vs][vc]2?\b",
    r"card verification",
    r"\bsort code\b",
    r"\bbank account (?:number|details)",
)
WELSH = (
    r"\brh?if\w*(?: hir)?(?: eich| y| dy)? (?:cerdyn|gerdyn|ngherdyn|cherdyn)",
    r"\brh?if hir\b",
    r"manylion (?:eich |y )?(?:cerdyn|gerdyn)",
    r"dyddiad dod i ben",
    r"\bcod diogelwch\b",
    r"\b(?:un digid ar bymtheg|16 digid)\b",
    r"\b(?:tri|pedwar) (?:digid|rhif).{0,30}\b(?:cefn|gefn|blaen|flaen)",
    r"\bcod didoli\b",
)
NOT_OURS = re.compile(
    rf"\b{_OTHER_CARDS} (?:card|pass)(?: (?:number|no))?\b|\b{_OTHER_DATES}(?:'s)? expir\w*(?: date)?", re.IGNORECASE
)
NEGATED = re.compile(r"\b(?:do not|don't|never|before|without|peidiwch|cyn|heb)\b", re.IGNORECASE)
BARE_CARD = re.compile(r"\b(?:card|cerdyn|gerdyn)\b", re.IGNORECASE)

NAMED = frozenset({"payment", "payments", "card", "cards", "cvv", "cvc", "taliad", "cerdyn", "pan"})
TAKEN = frozenset({"take", "collect", "capture", "submit", "enter", "make", "process", "charge", "pay", "get", "store"})
AFTERWARDS = frozenset(
    {"failed", "failure", "success", "successful", "done", "finished", "confirmation", "confirmed", "receipt", "result"}
    | {"menu", "status", "options", "thanks", "refused", "error", "declined", "complete", "completed", "history", "due"}
    | {"amount", "reference", "balance", "choice", "library", "check"}
)
"""Words that make a name one of what comes before or after a card is taken."""

CARD_KEYS = re.compile(
    r"card_?-?\s?(?:no|num|number|pan|data|details)?$|^card|\bcvv|\bcvc|cvv2?$|\bpan$|expiry|securitycode",
    re.IGNORECASE,
)
"""Names of attributes that hold card data."""


class Cards:
    """Tells the steps at which card data is taken; ``words`` and the names in ``actions`` are the council's own."""

    def __init__(self, words: Iterable[str] = (), actions: Iterable[str] = (), not_actions: Iterable[str] = ()) -> None:
        own = (re.escape(word) for word in words)
        self._asks = re.compile("|".join((*ENGLISH, *WELSH, *own)), re.IGNORECASE)
        self._actions, self._not_actions = tuple(actions), tuple(not_actions)
        self._known: dict[tuple[int, str], bool] = {}

    def is_entry(self, flow: Flow, action: Action) -> bool:
        """Say whether card data is taken at this action of this flow. A message that is only spoken never is one."""
        key = (id(flow), action.id)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._is_entry(flow, action)
        return known

    def _is_entry(self, flow: Flow, action: Action) -> bool:
        names = (action.id, action.name)
        if _is_one_of(names, self._not_actions) or _is_one_of(names, self._actions):
            return not _is_one_of(names, self._not_actions)
        match action.type:
            case "GetParticipantInput":
                return stores_input(action) and (self._says(action) or _is_named(names) or _tells(flow, action))
            case "ConnectParticipantWithLexBot":
                return self._says(action) or _is_named(names)
            case "ShowView":
                return self._asks_in_view(action) or _is_named(names)
            case "InvokeLambdaFunction":
                return _takes(action, names)
            case _:
                return is_transfer_out(action) and _is_named(names)

    def asks(self, text: str) -> bool:
        """Say whether words ask for card data."""
        return self._asks.search(NOT_OURS.sub(" ", text)) is not None

    def _says(self, action: Action) -> bool:
        text = prompt_of(action)
        if self.asks(text):
            return True
        return action.type == "GetParticipantInput" and BARE_CARD.search(NOT_OURS.sub(" ", text)) is not None

    def _asks_in_view(self, action: Action) -> bool:
        return any(not NEGATED.search(sentence) and self.asks(sentence) for sentence in sentences(prompt_of(action)))


def _is_one_of(names: Iterable[str], patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names if name)


def stores_input(action: Action) -> bool:
    """Say whether an input keeps what is keyed in; a menu takes one digit and keeps nothing."""
    return str(action.parameters.get("StoreInput", "False")).strip().lower() == "true"


def is_encrypted(action: Action) -> bool:
    """Say whether what is keyed in is encrypted with a named key: exports differ in how deep they keep it."""
    waiting: list[object] = [action.parameters]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, Mapping):
            continue
        for name, value in found.items():
            if str(name).lower().endswith("encryption") and isinstance(value, Mapping):
                return bool(value.get("EncryptionKeyId")) and bool(value.get("Key"))
        waiting.extend(found.values())
    return False


def is_card_key(name: str) -> bool:
    """Say whether the name of an attribute tells that it holds card data."""
    return CARD_KEYS.search(name.replace(" ", "_")) is not None


def _is_named(names: Iterable[str]) -> bool:
    return any(told & NAMED and not told & AFTERWARDS for told in (set(words_of(name)) for name in names))


def _takes(action: Action, names: Iterable[str]) -> bool:
    """Say whether a function is handed what was keyed in, or a name says so, as card data that no input told of."""
    if any(told & NAMED and told & TAKEN and not told & AFTERWARDS for told in (set(words_of(name)) for name in names)):
        return True
    return any(is_card_key(key) for key in _keys_of_stored_input(action))


def _tells(flow: Flow, action: Action) -> bool:
    """Say whether the next action treats the answer as card data, which a recorded prompt does not tell."""
    after = flow.actions.get(action.next or "")
    if after is None:
        return False
    if any(is_card_key(key) for key in _keys_of_stored_input(after)):
        return True
    handed = after.parameters.get("LambdaInvocationAttributes")
    if not isinstance(handed, Mapping) or not any(STORED_INPUT.search(text) for text in strings_in(handed)):
        return False
    return any(is_card_key(str(value)) for value in handed.values() if not str(value).startswith("$"))


def _keys_of_stored_input(action: Action) -> Iterable[str]:
    for holder in ("LambdaInvocationAttributes", "Attributes", "FlowAttributes"):
        values = action.parameters.get(holder)
        if isinstance(values, Mapping):
            yield from (
                str(key)
                for key, value in values.items()
                if any(STORED_INPUT.search(text) for text in strings_in(value))
            )
