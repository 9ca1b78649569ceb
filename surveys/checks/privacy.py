"""Rules of privacy: what must not be kept, what the law names, what may be declined.

What identifies is banned from research files by the French reference methodologies (MR-001, MR-003
and MR-004 of the CNIL): name, full birth date, contact details, national and hospital numbers,
precise location. It is known here by words of its name and label, in French and English, so a good
question may be suspected and a bad one missed: an error can be accepted with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from surveys.checks.form import Form
from surveys.expressions import calls
from surveys.instrument import Question
from surveys.kinds import KINDS
from surveys.kinds.date import is_month
from surveys.language import _, marked
from surveys.problems import Problem

_ON_FORM = frozenset({"regex", "string-length"})


@dataclass(frozen=True, slots=True)
class Identity:
    """One thing that says who somebody is: the words it is asked with, and what kind of answer.

    `is_scrubbed`: scrubbing finds it in a text, whoever it belongs to. `what` names it to the lead.
    """

    what: str
    storages: frozenset[str]
    names: re.Pattern[str]
    labels: re.Pattern[str]
    is_scrubbed: bool = False


def _identity(
    what: str, storages: str, names: str, labels: str, *, is_scrubbed: bool = False
) -> Identity:
    return Identity(
        what,
        frozenset(storages.split()),
        re.compile(f"(.*_)?({names})(_.*)?", re.IGNORECASE),
        re.compile(rf"\b({labels})", re.IGNORECASE),
        is_scrubbed,
    )


_YOUR = r"(votre|vos|ses?|son|leurs?|your|his|her|their)"
_NUMBER_OF = r"(num[ée]ro|n°|no\.?)"

IDENTITIES: tuple[Identity, ...] = (
    _identity(
        marked("a name"),
        "text",
        "pr[ée]noms?|first_?names?|last_?names?|sur_?names?|full_?names?|family_?names?|"
        "given_?names?|nom_de_famille|noms?_(enquete|patient|repondant|usager)s?",
        rf"{_YOUR} (pr[ée])?noms?\b|pr[ée]noms?\b|nom de (famille|naissance|jeune fille)|"
        r"nom et pr[ée]nom|(vous |il |elle )?(s'|vous )?appelez[- ]vous|"
        rf"{_YOUR} ((first|last|full|family|given|maiden) )?names?\b|"
        r"(first|last|full|family|given|maiden) name\b|surname\b",
    ),
    _identity(
        marked("a date of birth"),
        "date dateTime text",
        "ddn|dob|date_?de_?naissance|date_?naissance|birth_?date|birthday|date_of_birth",
        r"date(s)? de naissance|né(e|\(e\)|·e|\.e)? le\b|jour de naissance|date of birth|"
        r"birth ?date|birthday|born on\b",
        is_scrubbed=True,
    ),
    _identity(
        marked("a telephone number"),
        "text integer decimal",
        "t[ée]l([ée]phone)?|phone|phone_?number|mobile|portable|gsm",
        rf"{_NUMBER_OF} (de )?(t[ée]l|portable|mobile)|{_YOUR} (t[ée]l[ée]phone|portable)\b|"
        r"(tele)?phone number|(mobile|cell) number",
        is_scrubbed=True,
    ),
    _identity(
        marked("an e-mail address"),
        "text",
        "e?_?mail|courriel|email_?address",
        r"e-?mail\b|courriel\b|m[ée]l\b|adresse (mail|[ée]lectronique)",
        is_scrubbed=True,
    ),
    _identity(
        marked("an address"),
        "text",
        "adresse|address|street_?address|home_?address|rue_et_numero",
        rf"{_YOUR} adresse\b(?! (e-?mail|mail|[ée]lectronique))|"
        r"adresse (postale|compl[èe]te|exacte|du domicile|de r[ée]sidence)|"
        r"l'adresse (de|du|où)\b|(home|street|postal|full|exact|mailing) address|"
        rf"{_YOUR} address\b",
    ),
    _identity(
        marked("a national identification number"),
        "text integer decimal",
        "nir|num(ero)?_?(secu|ss|securite_sociale)|insee|nss|ssn|social_security(_number)?",
        rf"{_NUMBER_OF} (de |d')?(s[ée]cu|assur)|NIR\b|social security number|"
        r"national (insurance|identity|id) number",
        is_scrubbed=True,
    ),
    _identity(
        marked("a number of a medical record"),
        "text integer decimal",
        "ipp|num(ero)?_?(de_)?dossier|medical_?record(_?number)?|mrn",
        rf"IPP\b|{_NUMBER_OF} de dossier|identifiant permanent|(medical|hospital) record number|"
        r"(hospital|patient) number",
    ),
    _identity(
        marked("a precise location"),
        "text integer decimal",
        "gps|latitude|longitude|geo_?loc(alisation|ation)?|coordonnees_gps",
        r"GPS\b|latitude\b|longitude\b|g[ée]olocalisation\b|geolocation\b",
    ),
)


def identities(form: Form) -> Iterator[Problem]:
    """Nothing that says who somebody is stays as it was given."""
    for entry, question in form.questions:
        if not KINDS[question.kind].is_asked or _is_declared(question):
            continue
        found = _identity_of(question)
        if found is None:
            continue
        what = found.what
        if _is_scrubbed_before_it_is_judged(question, found):
            yield Problem(
                question.place_of("constraint"),
                entry.name,
                _("judges {what} that scrubbing has taken out: no answer is good").format(
                    what=_(what)
                ),
                _("write keep: never or keep: link"),
                "identity",
            )
        elif not _is_reduced(question, found):
            yield Problem(
                question.place_of("keep"),
                entry.name,
                _("asks for {what}, and keeps it").format(what=_(what)),
                _("write keep: never or keep: link, or accept it: {accept}").format(
                    accept="accept: {identity: …}"
                ),
                "identity",
            )


# Each label of `IDENTITIES` holds one of these: hardly any question does, and plain words are found
# many times faster. The names likewise, in one search.
_STEMS = re.compile(
    "nom|name|appelez|naissance|birth|born|né|phone|tél|tel|portable|mobile|cell|mail|courriel|mél|"
    "mel|adress|address|sécu|secu|assur|nir|security|insurance|identi|id number|dossier|ipp|record|"
    "patient|hospital|gps|latitude|longitude|localisation|location"
)
_SOME_NAME = re.compile("|".join(f"({one.names.pattern})" for one in IDENTITIES), re.IGNORECASE)


def _identity_of(question: Question) -> Identity | None:
    storage = KINDS[question.kind].storage
    labels = [
        label for label in question.label.by_language.values() if _STEMS.search(label.lower())
    ]
    if not labels and not _SOME_NAME.fullmatch(question.name):
        return None
    for identity in IDENTITIES:
        if storage in identity.storages and (
            identity.names.fullmatch(question.name) or any(map(identity.labels.search, labels))
        ):
            return identity
    return None


def _is_reduced(question: Question, identity: Identity) -> bool:
    """Whether what is kept no longer says who it is."""
    rule = question.keep.rule
    if rule == "date":
        return question.keep.unit != "week"
    if rule == "scrub":
        return identity.is_scrubbed
    return rule != "as_given" or is_month(question)


def _is_scrubbed_before_it_is_judged(question: Question, identity: Identity) -> bool:
    """Whether a constraint on the form of an answer sees what scrubbing leaves of it."""
    if question.keep.rule != "scrub" or not identity.is_scrubbed or question.constraint is None:
        return False
    return not _ON_FORM.isdisjoint(call.function for call in calls(question.constraint.tree))


def _is_declared(question: Question) -> bool:
    return question.identifying == "direct"


def direct(form: Form) -> Iterator[Problem]:
    """What the file says identifies somebody directly does not stay as it was given."""
    for entry, question in form.questions:
        if _is_declared(question) and question.keep.rule == "as_given":
            yield Problem(
                question.place_of("identifying"),
                entry.name,
                _("identifies directly, and is kept as given"),
                _("write keep: never or keep: link, or accept it: {accept}").format(
                    accept="accept: {direct: …}"
                ),
                "direct",
            )


_OFFENCE = re.compile(
    r"\b(infractions?|d[ée]lits?|condamn\w+|casier judiciaire|garde [àa] vue|incarc\w+|emprison\w+|"
    r"(en|de) prison|d[ée]tenue?s?\b|mis(e)? en examen|activit[ée]s? ill[ée]gales?|trafic de|"
    r"vendu de la drogue|offen[cs]es?|convict\w+|criminal record|police custody|arrested|"
    r"imprison\w*|(in|to) (prison|jail)|illegal activit\w+|shoplift\w+|sold drugs|drug dealing)",
    re.IGNORECASE,
)


def offences(form: Form) -> Iterator[Problem]:
    """Offences and convictions are asked only where the file says on what ground.

    They fall under article 10 of the GDPR, and article 46 of the French act on data protection.
    """
    for entry, question in form.questions:
        if not KINDS[question.kind].is_asked or question.keep.rule == "never":
            continue
        if any(_OFFENCE.search(label) for label in question.label.by_language.values()):
            yield Problem(
                question.place,
                entry.name,
                _("asks about offences or convictions: article 10 of the GDPR applies"),
                _("leave it out, or give the legal ground: {accept}").format(
                    accept="accept: {offence: …}"
                ),
                "offence",
                "warning",
            )


def sensitive(form: Form) -> Iterator[Problem]:
    """Who is asked something sensitive may refuse."""
    for entry, question in form.questions:
        if question.sensitive and "refused" not in question.nonresponse:
            if not KINDS[question.kind].is_asked:
                continue
            yield Problem(
                question.place_of("nonresponse"),
                entry.name,
                _("is sensitive, and cannot be refused"),
                _("add refused to its “nonresponse”"),
                "sensitive",
                "warning",
            )
