"""Items and records as they are kept, in words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from export.papers.parts import Code, Line
from export.papers.phrases import Opener, opener
from export.papers.speaking import Speaker
from export.study import Study
from surveys.codebook import Variable
from surveys.instrument import PIPED, Instrument, Keep, Question
from surveys.kinds import KINDS, Storage, is_asked

REDUCED = frozenset({"bands", "prefix", "round", "date", "codes", "top", "bottom"})


def item(
    study: Study, instrument: Instrument, variable: Variable, say: Speaker
) -> tuple[Line, ...]:
    """Return a row: the item, the form in which it is kept, who can open it, how it is marked."""
    question = variable.question
    label = PIPED.sub("[…]", " ".join(instrument.text(question.label, say.language).split()))
    named = say("{label} ", "{label} ", label=say.own(label)) if label else ()
    return (
        (*named, Code(question.name)),
        (form(variable, say),),
        (opener(study, say, opens(question.keep)),),
        (", ".join(flags(question, say)),),
    )


def opens(keep: Keep) -> Opener:
    """Return whose key opens what is kept."""
    if keep.rule == "never":
        return "nobody"
    return "link" if keep.rule == "link" else "answers"


def form(variable: Variable, say: Speaker) -> str:
    """Return the form in which an item is kept; the repeats it stands in say how often."""
    told = _form(variable.question, say)
    if variable.repeats:
        told += say.word(" ; à chaque répétition", "; at each repeat")
    return told


def _form(question: Question, say: Speaker) -> str:
    keep = question.keep
    if keep.rule == "as_given" and question.kind == "text":
        return say.word("mots tels que tapés, non nettoyés", "words as typed, not scrubbed")
    if keep.rule == "as_given":
        return _plain(question, say)
    if keep.rule == "bands":
        return say.word("par tranches : ", "in bands: ") + say.word(" ; ", "; ").join(
            _bands(keep, say)
        )
    if keep.rule == "date":
        return _dates(say)[keep.unit]
    return _forms(keep.number, say)[keep.rule]


def _plain(question: Question, say: Speaker) -> str:
    """Return the form of what is kept as it is given."""
    if not is_asked(question):
        return say.word("calcul, tel quel", "worked out, as it is")
    forms: Mapping[Storage, str] = {
        "one": say.word("choix, tel quel", "choice, as given"),
        "several": say.word("choix multiples, tels quels", "several choices, as given"),
        "integer": say.word("nombre, tel quel", "number, as given"),
        "decimal": say.word("nombre, tel quel", "number, as given"),
        "date": say.word("date, telle quelle", "date, as given"),
        "time": say.word("heure, telle quelle", "time, as given"),
        "dateTime": say.word("date et heure, telles quelles", "date and time, as given"),
    }
    return forms.get(KINDS[question.kind].storage, say.word("telle quelle", "as given"))


def _forms(n: str, say: Speaker) -> Mapping[str, str]:
    return {
        "never": say.word("rien : sert pendant l'entretien", "nothing: serves in the interview"),
        "link": say.word("scellée à part, pour le dépositaire", "sealed apart, for the custodian"),
        "scrub": say.word("mots nettoyés", "words, scrubbed"),
        "prefix": say.word(f"{n} premiers caractères", f"first {n} characters"),
        "round": say.word(f"arrondie à {n} près", f"rounded to the nearest {n}"),
        "top": say.word(f"{n} signifie {n} ou plus", f"{n} means {n} or more"),
        "bottom": say.word(f"{n} signifie {n} ou moins", f"{n} means {n} or less"),
        "codes": say.word("réponses regroupées avant", "answers grouped before"),
    }


def _bands(keep: Keep, say: Speaker) -> list[str]:
    first, last = keep.bands[0], keep.bands[-1]
    return [
        say.word(f"moins de {first}", f"under {first}"),
        *(
            say.word(f"{low} à moins de {high}", f"{low} to under {high}")
            for low, high in pairwise(keep.bands)
        ),
        say.word(f"{last} ou plus", f"{last} or more"),
    ]


def _dates(say: Speaker) -> Mapping[str, str]:
    return {
        "": say.word("le jour", "the day"),
        "week": say.word("la semaine", "the week"),
        "month": say.word("le mois", "the month"),
        "quarter": say.word("le trimestre", "the quarter"),
        "year": say.word("l'année", "the year"),
    }


def flags(question: Question, say: Speaker) -> list[str]:
    """Return how the questionnaire marks an item."""
    identifying = {
        "": "",
        "direct": say.word("identifie", "identifies"),
        "quasi": say.word("aide à reconnaître", "helps to recognise"),
    }[question.identifying]
    sensitive = say.word("sensible", "sensitive") if question.sensitive else ""
    return [told for told in (sensitive, identifying) if told]


def of_a_record(say: Speaker) -> list[tuple[tuple[str, ...], Line]]:
    """Return (fields, what they hold) of a sealed record, all of them, besides its answers."""
    return [
        (
            ("id",),
            say("un numéro tiré au hasard, de 128 bits", "a number drawn at random, of 128 bits"),
        ),
        (
            ("study", "kit", "instrument", "instrument_version", "instrument_hash"),
            say(
                "l'étude, le kit et le questionnaire employés",
                "the study, the kit and the questionnaire used",
            ),
        ),
        (
            ("device", "sequence"),
            say(
                "le nom de l'ordinateur, et le rang de l'entretien parmi les siens",
                "the laptop's name, and the rank of the interview among its own",
            ),
        ),
        (
            ("kind", "unit"),
            say(
                "entretien, simple issue ou correction ; à propos d'une personne, d'un professionnel ou "
                "d'un lieu",
                "interview, mere outcome or correction; about a person, a professional or a place",
            ),
        ),
        (
            ("case",),
            say(
                "le code de cas : fait au hasard lors du tirage, jamais l'identifiant de la liste",
                "the case code: made at random at the draw, never the identifier of the list",
            ),
        ),
        (("interviewer",), say("le code de l'enquêteur", "the interviewer's code")),
        (
            ("outcome", "status"),
            say(
                "ce qu'il en est advenu : complet, partiel, refus, absence…",
                "what came of it: complete, partial, refused, absent…",
            ),
        ),
        (
            ("week", "minutes"),
            say(
                "la semaine, sans le jour ; la durée, arrondie à cinq minutes",
                "the week, without the day; the duration, rounded to five minutes",
            ),
        ),
        (
            ("language", "mode"),
            say("la langue et le mode de l'entretien", "language and mode of the interview"),
        ),
        (
            ("is_practice", "is_simulated"),
            say(
                "si c'est un entraînement, si c'est simulé", "whether it is practice, or simulated"
            ),
        ),
        (
            ("attempts",),
            say(
                "les visites faites avant, vingt au plus : le jour, la partie du jour, l'issue",
                "the visits made before, twenty at most: the day, the part of day, the outcome",
            ),
        ),
        (
            ("answers", "statuses"),
            say(
                "les réponses, sous la forme dite plus haut ; pourquoi il en manque",
                "the answers, in the form said above; why one is missing",
            ),
        ),
        (
            ("comments", "reasons", "notes"),
            say(
                "les remarques de l'enquêteur, nettoyées comme les mots des personnes",
                "the interviewer's remarks, scrubbed like people's words",
            ),
        ),
        (
            ("paradata",),
            say(
                "par question, les secondes passées, arrondies à cinq, et le nombre de changements",
                "by question, the seconds it took, rounded to five, and how often it was changed",
            ),
        ),
        (
            ("amends",),
            say(
                "d'une correction, l'enregistrement corrigé",
                "of a correction, the record it corrects",
            ),
        ),
    ]
