"""Whatever a flow passes, no text holds a host, an address or a number that the policy does not allow.

What judges is an oracle of its own: it knows nothing of how values are cleaned, normalises in another way (everything
but letters, digits and a few signs goes) and looks for what was hidden rather than for what links look like.
"""

from __future__ import annotations

import random
import re
import string
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steward.messaging.numbers import Number, NumberRefusedError, read_number
from steward.messaging.texts import Rules, ValueRefusedError, compose
from steward.policy.messaging import Template

ALLOWED = "www.barnet.gov.uk"
RULES = Rules(longest_value=120, link_hosts=frozenset({ALLOWED}), home="GB")
FIXED = "Barnet Council: you asked about "
TEMPLATES = {
    "plain": Template(purpose="p", text={"en": FIXED + "{value}|"}),
    "welsh": Template(purpose="p", text={"en": FIXED + "ŵ {value}|"}),
    "link": Template(purpose="p", links=("value",), text={"en": FIXED + "{value}|"}),
}

HOSTS = ["evil.com", "pay-council.co.uk", "xn--80ak6aa92e.com", "bit.ly", "evil.london", "gov.uk.evil.net", "evil.org"]
IPS = ["192.0.2.7", "203.0.113.250"]
IPV6 = ["2001:db8::7", "[2001:db8:0:0:0:0:0:7]", "fe80::1"]
NUMBERS = [
    "02083592000",
    "07400123456",
    "09098790000",
    "+442083592000",
    "00447400123456",
    "01632960001",
    "447400123456",
]
WORDS = ["Council Tax", "see", "call", "Monday", "now", "your bins", "ref 12", "or", ""]

INVISIBLE = [
    *("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u200e", "\U000e0020", "\u3164", "\u2800"),
    *("\u202e", "\u202d", "\u2066", "\u2069", "\u061c", "\ufe0f", "\u17b4", "\u180e", "\u115f", "\uffa0", "\U000e0101"),
]
MARKS = ["\u0300", "\u0336", "\u0338", "\u20e3", "\u20dd", "\u0489", "\u05b0", "\u0301\u0336"]
"""Combining marks: struck through, enclosed, a Hebrew point."""
SEPARATORS = [" ", "-", ".", "/", " - ", "\u00a0", "\u2009", "\u2013", ") ", "_", ", ", "\u00b7"]
LOOK_ALIKE = {"a": "\u0430", "e": "\u0435", "o": "\u043e", "c": "\u0441", "p": "\u0440", "i": "\u0456", "l": "\u217c"}


OTHER_LOOK_ALIKE = {
    "a": "\u0251",
    "e": "\u212e",
    "o": "\u03bf",
    "c": "\u03f2",
    "i": "\u0131",
    "l": "\u04cf",
    "v": "\u03bd",
}
WORDS_OF_DIGITS = {
    "0": ("zero", "oh", "nought"),
    "1": ("one",),
    "2": ("two",),
    "3": ("three",),
    "4": ("four",),
    "5": ("five",),
    "6": ("six",),
    "7": ("seven",),
    "8": ("eight",),
    "9": ("nine",),
}
DIGIT_ONES = [0x0660, 0x06F0, 0x0966, 0xFF10, 0x1D7CE, 0x1D7D8, 0x1FBF0, 0x104A0]
"""Where the digits of other scripts and other styles begin."""


def marked(text: str) -> str:
    return "".join(one + (MARKS[place % len(MARKS)] if one.isalnum() else "") for place, one in enumerate(text))


def in_circles(text: str) -> str:
    return "".join(chr(0x24D0 + ord(one) - ord("a")) if one in string.ascii_lowercase else one for one in text)


def superscript(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"))


def keycaps(text: str) -> str:
    return "".join(f"{one}\ufe0f\u20e3" if one.isdigit() else one for one in text)


def in_words(text: str) -> str:
    words = [WORDS_OF_DIGITS[one][0] if one.isdigit() else one for one in text]
    return " ".join(words)


def partly_in_words(text: str) -> str:
    """Every other digit as a word, and a pair as a double."""
    words = [WORDS_OF_DIGITS[one][-1] if place % 2 else one for place, one in enumerate(text) if one.isdigit()]
    return "-".join(words)


def doubled(text: str) -> str:
    return re.sub(r"(\d)\1", lambda pair: f" double {WORDS_OF_DIGITS[pair[1]][0]} ", text)


def of_other_scripts(text: str) -> str:
    return "".join(
        chr(DIGIT_ONES[place % len(DIGIT_ONES)] + int(one)) if one.isdigit() else one for place, one in enumerate(text)
    )


def full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def mathematical(text: str) -> str:
    letters = dict(zip(string.ascii_lowercase, map(chr, range(0x1D41A, 0x1D434)), strict=True))
    digits = dict(zip(string.digits, map(chr, range(0x1D7CE, 0x1D7D8)), strict=True))
    return "".join((letters | digits).get(one, one) for one in text)


def dots(dot: str) -> Callable[[str], str]:
    return lambda text: text.replace(".", dot)


SPELLINGS: list[Callable[[str], str]] = [
    str,
    str.upper,
    str.title,
    full_width,
    mathematical,
    lambda text: "".join(LOOK_ALIKE.get(one, one) for one in text),
    dots("\u2024"),
    dots("\uff0e"),
    dots("\u3002"),
    dots(" . "),
    dots(" dot "),
    dots("(dot)"),
    dots("[.]"),
    dots(" DOT "),
    lambda text: f"https://{text}/pay",
    lambda text: f"hxxp://{text}",
    lambda text: f"joe@{text}",
    lambda text: f"//{text}",
    lambda text: "".join(OTHER_LOOK_ALIKE.get(one, one) for one in text),
    marked,
    in_circles,
    dots("\uff61"),
    dots("\u06d4"),
    dots(" d0t "),
    dots("{dot}"),
    dots("\u2024\u200b"),
    dots(" full stop "),
    dots(" pwynt "),
    lambda text: f"h t t p s : / / {text}",
    lambda text: f"hXXps[:]//{text}",
    lambda text: f"\u202e{text[::-1]}\u202c",
    " ".join,
]


def smuggled(chance: random.Random) -> str:
    """Return a host, an address or a number, spelt so that it is not seen, among harmless words."""
    if chance.random() < 0.5:
        text = chance.choice(HOSTS + IPS + IPV6)
        for spelling in chance.sample(SPELLINGS, chance.choice([1, 1, 2])):
            text = spelling(text)
    else:
        text = chance.choice(NUMBERS)
        if chance.random() < 0.6:
            between = chance.choice(SEPARATORS)
            text = "".join(one + (between if chance.random() < 0.6 else "") for one in text).rstrip()
        text = chance.choice(DIGITS)(text)
        text = chance.choice(["", "", "tel:", "tel: ", "sms:", "Call: "]) + text
    if chance.random() < 0.5:
        place = chance.randrange(len(text) + 1)
        text = text[:place] + chance.choice(INVISIBLE) * chance.choice([1, 3]) + text[place:]
    return f"{chance.choice(WORDS)} {text} {chance.choice(WORDS)}"


def arabic(text: str) -> str:
    return "".join(chr(0x0660 + int(one)) if one.isdigit() else one for one in text)


DIGITS: list[Callable[[str], str]] = [
    *(str, full_width, mathematical, arabic, of_other_scripts, superscript),
    *(keycaps, marked, in_words, partly_in_words, doubled),
]

_DOMAIN = re.compile(r"\.(?:com|net|org|uk|ly|london|info|biz|example)(?![a-z])")


def seen_by_the_oracle(text: str) -> str:
    """Return what is wrong with a value as it stands in a text; nothing if nothing is."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(one))
    latin = "".join({ord(b): a for a, b in LOOK_ALIKE.items()}.get(ord(one), one) for one in bare)
    spelt = re.sub(r"\W*\b(?:dot|d0t|pwynt|full stop)\b\W*", ".", latin)
    tight = re.sub(r"[^a-z0-9.@:/+]", "", spelt)
    for what in (
        "evil",
        "live.moc",
        "paycouncilco",
        "paycouncil.co",
        "xn80ak",
        "bit.ly",
        "joe",
        "hxxp",
        "http",
        "2001:db8",
        "fe80:",
    ):
        if what in tight:
            return f"{what} of what was smuggled in"
    if _DOMAIN.search(tight):
        return "a host"
    figures = "".join(str(unicodedata.digit(one, one)) for one in latin)
    words = {word: digit for digit, names in WORDS_OF_DIGITS.items() for word in names}
    heard = re.sub(r"double\W+(\w+)", r"\1 \1", figures)
    heard = " ".join(words.get(token, token) for token in re.findall(r"[a-z]+|[0-9+]", heard))
    digits = re.sub(r"[^0-9a-z+]", "", heard)
    if re.search(r"(?:0|\+|44)\d{9,}", digits):
        return "a number"
    if any(address.replace(".", "") in digits for address in IPS):
        return "an address"
    return ""


def said(template: str, value: str) -> str | None:
    """Return what stands in the text for that value, or None if it is refused."""
    chosen = TEMPLATES[template]
    try:
        body = compose(chosen, "en", {"value": value}, RULES).body
    except ValueRefusedError:
        return None
    start = chosen.text["en"].partition("{")[0]
    assert body.startswith(start)
    return body[len(start) : -1]


def judge(seed: int) -> bool:
    """Put one smuggled value into every template; tell whether any text went out at all."""
    value = smuggled(random.Random(seed))  # noqa: S311 - repeatable, not secret
    went_out = False
    for template in ("plain", "welsh"):
        text = said(template, value)
        if text is not None:
            went_out = True
            assert seen_by_the_oracle(text) == "", (seed, template, value, text)
    assert said("link", value.strip()) is None, (seed, value)
    return went_out


def number(seed: int) -> bool:
    """Read one spelling of a number or of none; tell whether it was taken for a number."""
    chance = random.Random(seed)  # noqa: S311
    text = chance.choice(["07400123456", "+447400123456", "02083592000"])
    between = chance.choice(["", "", " ", "-", ".", ") "])
    text = "".join(one + (between if chance.random() < 0.3 else "") for one in text).strip()
    if chance.random() < 0.7:
        place = chance.randrange(len(text) + 1)
        text = text[:place] + chance.choice([*"aOlxX#*,;/@:", " ext 7", " or 07400123457", "\u0660"]) + text[place:]
    try:
        found: Number = read_number(text, "GB")
    except NumberRefusedError:
        return False
    # independently: what was read is what the digits say, and there was nothing but digits and what is set between them
    assert re.fullmatch(r"\+?[0-9 ().\-]+", text), (seed, text)
    digits = re.sub(r"\D", "", text)
    assert found.e164 in {f"+{digits}", f"+44{digits.removeprefix('0')}"}, (seed, text)
    return True


def run(count: int) -> None:
    went_out = sum(judge(seed) for seed in range(count))
    read = sum(number(seed) for seed in range(count))
    # what is judged is worth judging: many texts went out without what was smuggled in, many numbers were read
    assert went_out > count // 10
    assert count // 10 < read < count


def test_no_value_smuggles_a_host_an_address_or_a_number_into_a_text() -> None:
    run(600)


@pytest.mark.prove
def test_none_of_twenty_thousand_values_does() -> None:
    run(20_000)


@given(
    st.text(
        alphabet=st.sampled_from("evil.com0123456789 -./@:+()\u200b\uff0e\u2024\uff10\u0660dt\u0430 "),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_text_of_such_characters_does(value: str) -> None:
    for template in ("plain", "welsh"):
        text = said(template, value)
        if text is not None:
            tight = re.sub(r"[^a-z0-9.@+]", "", text.casefold())
            assert "evil.com" not in tight
            assert not re.search(r"(?<!\d)(?:\+|0)\d{9,}", re.sub(r"[^0-9a-z+]", "", text.casefold())), text


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("see evil.com", "evil of what was smuggled in"),
        ("bit dot ly", "bit.ly of what was smuggled in"),
        ("a.org", "a host"),
        ("0 2 0 8-3592 000", "a number"),
        ("192 0 2 7", "an address"),
        ("oh seven 4 double zero one-two-three four five six", "a number"),
        ("Council Tax, Monday 2 May", ""),
    ],
)
def test_the_oracle_sees_what_it_has_to(text: str, wrong: str) -> None:
    assert seen_by_the_oracle(text) == wrong
