"""The words of a package's pages, in English and Welsh. Pure.

Where a notice is given in Welsh, the pages come in both languages (Welsh Language (Wales) Measure 2011, standards on
correspondence). What a record itself says stays in the language in which it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("en", "cy")

Words = Mapping[str, str]

_EN: Final[Words] = {
    "lang": "en",
    "index": "index.html",
    "about": "about.html",
    "searches": "searches.html",
    "other": "Darllenwch hyn yn Gymraeg",
    "title": "Your data: {council}",
    "intro": (
        "This is the copy of your data that you asked {council} for on {received} (reference {reference}). "
        "It was put together on {made}."
    ),
    "contents": "In this copy",
    "to_about": "Why we have your data, who may receive it, and your rights",
    "to_searches": "Where we looked",
    "to_table": "The list below as a file for a spreadsheet",
    "held": "Your contacts with us",
    "count_none": "We looked, and found no contact with you.",
    "count": "We found {count} of your contacts with us.",
    "VOICE": "Telephone call",
    "CHAT": "Chat",
    "EMAIL": "E-mail",
    "contact": "Contact",
    "reference": "Reference of the contact",
    "began_as": "How it began",
    "INBOUND": "You contacted us",
    "OUTBOUND": "We contacted you",
    "CALLBACK": "We called you back",
    "TRANSFER": "You were passed on within the council",
    "QUEUE_TRANSFER": "You were passed on within the council",
    "API": "It was begun on a web page or by another system",
    "ended": "Ended",
    "team": "Team",
    "number": "Your number or address",
    "noted": "Noted during the contact: {name}",
    "disputed": "What you told us is wrong or missing",
    "files": "Files",
    "listen": "Listen to {name}",
    "texts": "Text messages to you",
    "consents": "What you decided about text messages",
    "payments": "Payments: when the recording was paused",
    "when": "When",
    "what": "What",
    "who": "Who",
    "purpose": "Purpose",
    "language": "Language",
    "state": "State",
    "said": "Text",
    "decision": "Decision",
    "wording": "Wording",
    "given": "agreed",
    "withdrawn": "no longer agreed",
    "paused": "Paused",
    "resumed": "Resumed",
    "left_out": "What we had to leave out",
    "part_of": "Part of: {what}",
    "gone": "Any recording: it was no longer kept when you asked.",
    "about_title": "About your data: {council}",
    "why": "Why we have it",
    "why_text": "To carry out the council's public tasks, and to answer you.",
    "source": "Where it comes from",
    "source_text": "From you, when you were in touch with us, and from our telephone system.",
    "kinds": "What kinds of data, and how long they are kept",
    "periods": "How long each kind of record is kept",
    "kind": "Kind of record",
    "kept": "Kept for",
    "months": "{count} months",
    "longer": (
        "What is needed for a complaint, a legal claim, a threat to our staff or your own request is kept for longer, "
        "until that is done."
    ),
    "recipients": "Who may receive it",
    "recipients_none": "Nobody outside the council.",
    "received": "Who has received something of it",
    "received_none": "Nobody outside the council whom we may name here.",
    "machines": "Decisions by machines",
    "machines_text": "None is made about you from these records.",
    "place": "Where it is kept",
    "place_text": "In the United Kingdom, in the data centres of Amazon Web Services in London.",
    "rights": "Your rights",
    "rights_text": (
        "You can ask us to correct your data, to erase it or to restrict its use, and you can object to its use."
    ),
    "unsatisfied": "If you are not satisfied",
    "searches_title": "Where we looked",
    "unlisted": "We do not know whether other contacts belong to {contact}: the telephone system does not say.",
    "looked_by": "We looked for you by: {kinds}. {count} files with records of contacts were read, in {looks} looks.",
    "by_month": "Records of contacts, by month",
    "month": "Month",
    "outcome": "Outcome",
    "looked_through": "looked through",
    "errors": "records that could not be filed",
    "elsewhere": "For each contact",
    "elsewhere_text": (
        "Recordings, transcripts, messages, attachments and reviews; text messages and decisions about them; payments; "
        "copies that are held for a complaint or another case; contacts that belong together."
    ),
    "phone": "telephone number",
    "email": "e-mail address",
    "contact_kind": "reference of a contact",
    "case": "reference of a case",
    "call_recording": "Recording of a call",
    "screen_recording": "Recording of an adviser's screen",
    "chat_transcript": "Transcript of a chat",
    "email_message": "E-mail",
    "attachment": "Attachment",
    "evaluation": "Review of an adviser's work",
    "contact_record": "Record of a contact",
    "sms_log": "List of text messages",
    "consent_evidence": "What you decided about text messages (evidence)",
    "application_information": "Information about an application",
    "another_person": "It is about another person, who did not agree.",
    "crime_or_taxation": "Giving it would be likely to prejudice the prevention or detection of crime, or a tax.",
    "legal_privilege": "It is confidential between a lawyer and the council.",
    "health_or_social_work": "The law keeps this part of health, education or social-work data back.",
    "serious_harm": "Giving it would be likely to cause serious harm to somebody.",
    "cannot_be_edited": "It also has another person's information, which cannot be taken out of this kind of file.",
    "too_large": "It is too large for this copy. It is not kept back: ask us, and you get it in another way.",
    "too_large_together": (
        "With it the files would be more than the 600 MB that one copy takes. It is not kept back: ask us, and you get "
        "it in another way."
    ),
    "not_about_the_person": "It is not about you.",
}

_CY: Final[Words] = {
    "lang": "cy",
    "index": "mynegai.html",
    "about": "amdanoch.html",
    "searches": "chwiliadau.html",
    "other": "Read this in English",
    "title": "Eich data: {council}",
    "intro": (
        "Dyma'r copi o'ch data y gofynnoch i {council} amdano ar {received} (cyfeirnod {reference}). "
        "Cafodd ei lunio ar {made}."
    ),
    "contents": "Yn y copi hwn",
    "to_about": "Pam mae eich data gennym, pwy all ei dderbyn, a'ch hawliau",
    "to_searches": "Ble y buom yn chwilio",
    "to_table": "Y rhestr isod fel ffeil ar gyfer taenlen",
    "held": "Eich cysylltiadau â ni",
    "count_none": "Buom yn chwilio, ac ni chawsom hyd i unrhyw gysylltiad gyda chi.",
    "count": "Nifer eich cysylltiadau â ni y cawsom hyd iddynt: {count}.",
    "VOICE": "Galwad ffôn",
    "CHAT": "Sgwrs ar y we",
    "EMAIL": "E-bost",
    "contact": "Cysylltiad",
    "reference": "Cyfeirnod y cysylltiad",
    "began_as": "Sut y dechreuodd",
    "INBOUND": "Chi gysylltodd â ni",
    "OUTBOUND": "Ni gysylltodd â chi",
    "CALLBACK": "Fe wnaethom eich ffonio'n ôl",
    "TRANSFER": "Cawsoch eich trosglwyddo o fewn y cyngor",
    "QUEUE_TRANSFER": "Cawsoch eich trosglwyddo o fewn y cyngor",
    "API": "Dechreuodd ar dudalen we neu drwy system arall",
    "ended": "Diwedd",
    "team": "Tîm",
    "number": "Eich rhif neu gyfeiriad",
    "noted": "Nodwyd yn ystod y cysylltiad: {name}",
    "disputed": "Yr hyn a ddywedoch wrthym sy'n anghywir neu ar goll",
    "files": "Ffeiliau",
    "listen": "Gwrando ar {name}",
    "texts": "Negeseuon testun atoch chi",
    "consents": "Eich penderfyniadau am negeseuon testun",
    "payments": "Taliadau: pryd y cafodd y recordio ei oedi",
    "when": "Pryd",
    "what": "Beth",
    "who": "Pwy",
    "purpose": "Diben",
    "language": "Iaith",
    "state": "Cyflwr",
    "said": "Testun",
    "decision": "Penderfyniad",
    "wording": "Geiriad",
    "given": "cytuno",
    "withdrawn": "ddim yn cytuno mwyach",
    "paused": "Oedi",
    "resumed": "Ailddechrau",
    "left_out": "Yr hyn y bu'n rhaid ei hepgor",
    "part_of": "Rhan o: {what}",
    "gone": "Unrhyw recordiad: nid oedd yn cael ei gadw mwyach pan ofynnoch.",
    "about_title": "Am eich data: {council}",
    "why": "Pam mae gennym",
    "why_text": "Er mwyn cyflawni tasgau cyhoeddus y cyngor, a'ch ateb chi.",
    "source": "O ble y daw",
    "source_text": "Gennych chi, pan oeddech mewn cysylltiad â ni, ac o'n system ffôn.",
    "kinds": "Pa fathau o ddata, ac am ba hyd y cânt eu cadw",
    "periods": "Am ba hyd y cedwir pob math o gofnod",
    "kind": "Math o gofnod",
    "kept": "Cedwir am",
    "months": "{count} mis",
    "longer": (
        "Mae'r hyn sydd ei angen ar gyfer cwyn, hawliad cyfreithiol, bygythiad i'n staff neu eich cais eich hun "
        "yn cael ei gadw'n hirach, nes bod hynny wedi dod i ben."
    ),
    "recipients": "Pwy all ei dderbyn",
    "recipients_none": "Neb y tu allan i'r cyngor.",
    "received": "Pwy sydd wedi derbyn rhywbeth ohono",
    "received_none": "Neb y tu allan i'r cyngor y cawn ei enwi yma.",
    "machines": "Penderfyniadau gan beiriannau",
    "machines_text": "Ni wneir yr un amdanoch chi ar sail y cofnodion hyn.",
    "place": "Ble y cedwir y data",
    "place_text": "Yn y Deyrnas Unedig, yng nghanolfannau data Amazon Web Services yn Llundain.",
    "rights": "Eich hawliau",
    "rights_text": (
        "Gallwch ofyn i ni gywiro eich data, ei ddileu neu gyfyngu ar ei ddefnydd, a gallwch wrthwynebu ei ddefnyddio."
    ),
    "unsatisfied": "Os nad ydych yn fodlon",
    "searches_title": "Ble y buom yn chwilio",
    "unlisted": "Ni wyddom a oes cysylltiadau eraill yn perthyn i {contact}: nid yw'r system ffôn yn dweud.",
    "looked_by": (
        "Buom yn chwilio amdanoch yn ôl: {kinds}. Darllenwyd {count} o ffeiliau â chofnodion cysylltiadau, "
        "mewn {looks} chwiliad."
    ),
    "by_month": "Cofnodion cysylltiadau, fesul mis",
    "month": "Mis",
    "outcome": "Canlyniad",
    "looked_through": "wedi'i chwilio",
    "errors": "cofnodion na ellid eu ffeilio",
    "elsewhere": "Ar gyfer pob cysylltiad",
    "elsewhere_text": (
        "Recordiadau, trawsgrifiadau, negeseuon, atodiadau ac adolygiadau; negeseuon testun a phenderfyniadau "
        "amdanynt; taliadau; copïau a gedwir ar gyfer cwyn neu achos arall; cysylltiadau sy'n perthyn i'w gilydd."
    ),
    "phone": "rhif ffôn",
    "email": "cyfeiriad e-bost",
    "contact_kind": "cyfeirnod cysylltiad",
    "case": "cyfeirnod achos",
    "call_recording": "Recordiad o alwad",
    "screen_recording": "Recordiad o sgrin cynghorydd",
    "chat_transcript": "Trawsgrifiad o sgwrs",
    "email_message": "E-bost",
    "attachment": "Atodiad",
    "evaluation": "Adolygiad o waith cynghorydd",
    "contact_record": "Cofnod o gysylltiad",
    "sms_log": "Rhestr o negeseuon testun",
    "consent_evidence": "Eich penderfyniadau am negeseuon testun (tystiolaeth)",
    "application_information": "Gwybodaeth am gais",
    "another_person": "Mae'n ymwneud â rhywun arall, na roddodd ganiatâd.",
    "crime_or_taxation": "Byddai ei roi'n debygol o amharu ar atal neu ddatrys troseddau, neu ar dreth.",
    "legal_privilege": "Mae'n gyfrinachol rhwng cyfreithiwr a'r cyngor.",
    "health_or_social_work": "Mae'r gyfraith yn dal y rhan hon o ddata iechyd, addysg neu waith cymdeithasol yn ôl.",
    "serious_harm": "Byddai ei roi'n debygol o achosi niwed difrifol i rywun.",
    "cannot_be_edited": "Mae hefyd yn cynnwys gwybodaeth am rywun arall, na ellir ei thynnu o'r math hwn o ffeil.",
    "too_large": (
        "Mae'n rhy fawr i'r copi hwn. Nid yw'n cael ei gadw'n ôl: gofynnwch i ni, a byddwch yn ei gael mewn ffordd "
        "arall."
    ),
    "too_large_together": (
        "Gyda hi byddai'r ffeiliau'n fwy na'r 600 MB y gall un copi ei ddal. Nid yw'n cael ei chadw'n ôl: gofynnwch "
        "i ni, a byddwch yn ei chael mewn ffordd arall."
    ),
    "not_about_the_person": "Nid yw'n ymwneud â chi.",
}

_WORDS: Final[Mapping[str, Words]] = {"en": _EN, "cy": _CY}


def words(language: str) -> Words:
    """Return the words of a language; raise KeyError for one that has none."""
    return _WORDS[language]
