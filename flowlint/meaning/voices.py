"""The voices of Amazon Polly, and the languages that they speak.

https://docs.aws.amazon.com/polly/latest/dg/available-voices.html, compared on 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Mapping

_BY_LANGUAGE = {
    "ar": "Zeina Hala Zayd",
    "ca-ES": "Arlet",
    "cmn-CN": "Zhiyu",
    "cs-CZ": "Jitka",
    "cy-GB": "Gwyneth",
    "da-DK": "Naja Mads Sofie",
    "de-AT": "Hannah",
    "de-CH": "Sabrina",
    "de-DE": "Marlene Vicki Hans Daniel",
    "en-AU": "Nicole Olivia Russell",
    "en-GB": "Amy Emma Brian Arthur",
    "en-GB-WLS": "Geraint",
    "en-IE": "Niamh",
    "en-IN": "Aditi Raveena Kajal",
    "en-NZ": "Aria",
    "en-SG": "Jasmine",
    "en-US": "Ivy Joanna Kendra Kimberly Salli Joey Justin Kevin Matthew Ruth Stephen Gregory Danielle Patrick",
    "en-ZA": "Ayanda",
    "es-ES": "Conchita Lucia Enrique Sergio Alba Raul",
    "es-MX": "Mia Andres",
    "es-US": "Lupe Penelope Miguel Pedro",
    "fi-FI": "Suvi",
    "fr-BE": "Isabelle",
    "fr-CA": "Chantal Gabrielle Liam",
    "fr-FR": "Celine Lea Mathieu Remi",
    "hi-IN": "Aditi Kajal",
    "is-IS": "Dora Karl",
    "it-IT": "Carla Bianca Giorgio Adriano Beatrice Lorenzo",
    "ja-JP": "Mizuki Takumi Kazuha Tomoko",
    "ko-KR": "Seoyeon Jihye",
    "nb-NO": "Liv Ida",
    "nl-BE": "Lisa",
    "nl-NL": "Laura Lotte Ruben",
    "pl-PL": "Ewa Maja Jacek Jan Ola",
    "pt-BR": "Camila Vitoria Ricardo Thiago",
    "pt-PT": "Ines Cristiano",
    "ro-RO": "Carmen",
    "ru-RU": "Tatyana Maxim",
    "sv-SE": "Astrid Elin",
    "tr-TR": "Filiz Burcu",
    "yue-CN": "Hiujin",
}

STANDARD_ONLY = frozenset(
    {
        "Gwyneth",
        "Geraint",
        "Nicole",
        "Russell",
        "Raveena",
        "Dora",
        "Karl",
        "Carmen",
        "Tatyana",
        "Maxim",
        "Filiz",
        "Astrid",
    }
)
"""Voices without a neural form."""


def voices() -> Mapping[str, tuple[str, ...]]:
    """Return the languages of each voice, by its name."""
    found: dict[str, tuple[str, ...]] = {}
    for language, names in _BY_LANGUAGE.items():
        for name in names.split():
            found[name] = (*found.get(name, ()), language)
    return found


VOICES = voices()


def primary(language: str) -> str:
    """Return the language without its region: ``cy`` of ``cy-GB``."""
    return language.strip().split("-")[0].lower()


def languages_of(voice: str) -> frozenset[str]:
    """Return the languages that a voice speaks, without regions; none if the voice is not known."""
    return frozenset(primary(language) for language in VOICES.get(voice.strip(), ()))
