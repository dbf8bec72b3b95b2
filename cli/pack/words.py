"""The words of the records of processing, in English and Welsh: where a notice is in Welsh, the page is in both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from steward.ids import RecordClass
from steward.rights.package.words import words as of_packages

Words = Mapping[str, str]

_EN: Final[Words] = {
    "file": "records-of-processing.html",
    "consent_evidence": "Evidence of consent to text messages",
    "other": "Darllenwch hyn yn Gymraeg",
    "title": "Records of processing: {council}",
    "intro": (
        "What the contact centre of {council} keeps, from version {version} of its policy. The periods are those that "
        "the deployed system enforces."
    ),
    "table": "One row for each kind of record",
    "kind": "Kind of record",
    "purpose": "Purpose",
    "basis": "Lawful basis",
    "kept": "Kept for",
    "start": "Counted from",
    "store": "Kept in",
    "recipients": "Recipients",
    "security": "Security measures",
    "published": "as published ({clauses})",
    "as_published": "as published",
    "own_choice": "the council's own choice: {why}",
    "leaves": "S3 lets it go {days} days after that day",
    "consent": "Consent (UK GDPR Article 6(1)(a)), asked for with the wordings of the policy",
    "start_object": "the day on which Amazon Connect stored it",
    "start_contact_record": "the end of the month in which the contact began",
    "start_sms_log": "the moment at which the text was sent",
    "start_consent_evidence": "the moment of the decision",
    "start_application_information": "the day on which the application was received",
    "store_bucket": "Amazon S3, a bucket of its own, in {regions}",
    "store_table": "Amazon DynamoDB, a table of its own, in {regions}",
    "aws": "Amazon Web Services, which runs the service",
    "those_below": "those who are listed below",
    "security_object": (
        "The council's own key (AWS KMS); TLS 1.2 or later; closed to the public; Amazon Connect alone writes, and "
        "steward removes early only what two people agreed to; each access logged; no role of staff reads it"
    ),
    "security_contact_record": (
        "The council's own key (AWS KMS); TLS 1.2 or later; closed to the public; written by the delivery stream "
        "and steward's functions alone; each access logged; no role of staff reads it"
    ),
    "security_application_information": (
        "A key of its own (AWS KMS); TLS 1.2 or later; closed to the public; read by the applications officer and the "
        "council's case system alone; each access logged"
    ),
    "security_table": (
        "The council's own key (AWS KMS); written by steward's functions alone; recovery to any moment of 35 days; "
        "telephone numbers as keyed hashes"
    ),
    "recipients_title": "Who may be given a record",
    "recipients_none": "The policy names nobody outside the council.",
    "blank": "To be filled in: {what}",
    "blank_purpose": "purpose ({kind})",
    "blank_basis": "lawful basis ({kind}), and for special categories the condition",
}

_CY: Final[Words] = {
    "file": "cofnodion-prosesu.html",
    "consent_evidence": "Tystiolaeth o gydsyniad i negeseuon testun",
    "other": "Read this in English",
    "title": "Cofnodion prosesu: {council}",
    "intro": (
        "Yr hyn y mae canolfan gyswllt {council} yn ei gadw, yn ôl fersiwn {version} o'i pholisi. Dyma'r cyfnodau y "
        "mae'r system yn eu gorfodi."
    ),
    "table": "Un rhes ar gyfer pob math o gofnod",
    "kind": "Math o gofnod",
    "purpose": "Diben",
    "basis": "Sail gyfreithlon",
    "kept": "Cedwir am",
    "start": "Yn cyfrif o",
    "store": "Cedwir yn",
    "recipients": "Derbynwyr",
    "security": "Mesurau diogelwch",
    "published": "fel y cyhoeddwyd ({clauses})",
    "as_published": "fel y cyhoeddwyd",
    "own_choice": "dewis y cyngor ei hun; ceir y rheswm ar y dudalen Saesneg",
    "leaves": "mae S3 yn ei ddileu {days} diwrnod ar ôl y diwrnod hwnnw",
    "consent": "Cydsyniad (Erthygl 6(1)(a) GDPR y DU), y gofynnir amdano gyda geiriad y polisi",
    "start_object": "y diwrnod y cafodd ei storio gan Amazon Connect",
    "start_contact_record": "diwedd y mis y dechreuodd y cysylltiad",
    "start_sms_log": "yr adeg yr anfonwyd y neges",
    "start_consent_evidence": "adeg y penderfyniad",
    "start_application_information": "y diwrnod y derbyniwyd y cais",
    "store_bucket": "Amazon S3, mewn storfa ar wahân, yn {regions}",
    "store_table": "Amazon DynamoDB, mewn tabl ar wahân, yn {regions}",
    "aws": "Amazon Web Services, sy'n rhedeg y gwasanaeth",
    "those_below": "y rhai a restrir isod",
    "security_object": (
        "Allwedd y cyngor ei hun (AWS KMS); TLS 1.2 neu'n ddiweddarach; ar gau i'r cyhoedd; dim ond Amazon "
        "Connect sy'n ysgrifennu, a dim ond yr hyn y cytunodd dau berson arno y mae steward yn ei ddileu'n gynnar; "
        "cofnodir pob mynediad; nid oes rôl i staff sy'n ei ddarllen"
    ),
    "security_contact_record": (
        "Allwedd y cyngor ei hun (AWS KMS); TLS 1.2 neu'n ddiweddarach; ar gau i'r cyhoedd; dim ond swyddogaethau "
        "steward a'i ffrwd sy'n ysgrifennu; cofnodir pob mynediad; nid oes rôl i staff sy'n ei ddarllen"
    ),
    "security_application_information": (
        "Allwedd ar wahân (AWS KMS); TLS 1.2 neu'n ddiweddarach; ar gau i'r cyhoedd; dim ond y swyddog ceisiadau a "
        "system achosion y cyngor sy'n ei ddarllen; cofnodir pob mynediad"
    ),
    "security_table": (
        "Allwedd y cyngor ei hun (AWS KMS); dim ond swyddogaethau steward sy'n ysgrifennu; gellir adfer unrhyw adeg o "
        "fewn 35 diwrnod; cedwir rhifau ffôn fel gwerthoedd hash"
    ),
    "recipients_title": "Pwy all gael cofnod",
    "recipients_none": "Nid yw'r polisi'n enwi neb y tu allan i'r cyngor.",
    "blank": "I'w lenwi: {what}",
    "blank_purpose": "diben ({kind})",
    "blank_basis": "sail gyfreithlon ({kind}), ac amod ar gyfer categorïau arbennig",
}

_WORDS: Final[Mapping[str, Words]] = {"en": _EN, "cy": _CY}
LANGUAGES: Final = tuple(_WORDS)


def words(language: str) -> Words:
    """Return the words of a language, with the names of the record classes and how months are said."""
    said = of_packages(language)
    shared = {name: said[name] for name in ("months", *map(str, RecordClass))}
    return {**shared, **_WORDS[language]}
