"""The six documents: one structure in two languages, every mark listed, nothing claimed, each item once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, replace

import pytest

from export.papers.kept import of_a_record
from export.papers.papers import Source, counted, papers
from export.papers.parts import (
    Block,
    Bullets,
    Code,
    Document,
    Grid,
    Heading,
    Language,
    Line,
    Mark,
    lines_of,
    marks,
)
from export.papers.register import Sampled
from export.papers.speaking import Speaker, plain
from export.study import Study
from interviewer.record import Record
from surveys.codebook import variables
from surveys.instrument import Instrument

SOURCE = Source("2026-11-23", "0.1.0", "ab" * 32)
LANGUAGES: tuple[Language, ...] = ("fr", "en")
NewStudy = Callable[..., Study]
FORM = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    """Each language of the documents."""
    found: Language = request.param
    return found


def texts(document: Document) -> list[str]:
    """Return what is read in a document, line by line."""
    return [plain(line) for block in document.blocks for line in lines_of(block)]


def whole(document: Document) -> str:
    """Return all that is read in a document."""
    return "\n".join([document.title, document.subtitle, *texts(document)])


def named(study: Study, start: str, language: Language = "fr") -> Document:
    """Return the document whose name begins so."""
    return next(one for one in papers(study, language, SOURCE) if one.name.startswith(start))


# --- all of them ----------------------------------------------------------------------------------


def test_there_are_six_each_with_a_name_of_its_own(assore: Study, language: Language) -> None:
    """Numbered in the order they are read."""
    found = papers(assore, language, SOURCE)
    assert len(found) == 6
    assert [one.name[:2] for one in found] == ["1-", "2-", "3-", "4-", "5-", "6-"]
    assert len({one.title for one in found}) == 6
    assert {one.language for one in found} == {language}


def shape(block: Block) -> tuple[object, ...]:
    """Return what a block is made of, whatever it says."""
    spans = Counter(
        type(span).__name__
        for line in lines_of(block)
        for span in line
        if not isinstance(span, str)
    )
    return type(block).__name__, len(lines_of(block)), sorted(spans.items())


def test_both_languages_say_the_same_in_the_same_order(assore: Study, completed: Study) -> None:
    """The same blocks, with as many lines, marks and names in each."""
    for study in (assore, completed):
        french, english = (papers(study, language, SOURCE) for language in LANGUAGES)
        for one, other in zip(french, english, strict=True):
            assert [shape(block) for block in one.blocks] == [
                shape(block) for block in other.blocks
            ]
            assert counted(one) == counted(other)


def test_each_says_what_made_it(assore: Study, language: Language) -> None:
    """When, which version, from which study.yaml and which questionnaires."""
    for document in papers(assore, language, SOURCE):
        read = whole(document)
        assert "Souspli 0.1.0" in read
        assert (
            "23\u00a0novembre\u00a02026" if language == "fr" else "23\u00a0November\u00a02026"
        ) in read
        assert SOURCE.study_hash in read
        for found in assore.instruments:
            assert found.instrument.digest in read


def test_every_mark_is_listed_at_the_top(assore: Study, language: Language) -> None:
    """Under its section, and counted; the counts are those the verb prints."""
    for document in papers(assore, language, SOURCE):
        found = list(marks(document.blocks))
        for kind, count in zip(("complete", "check"), counted(document), strict=True):
            wanted = [(section, mark.what) for section, mark in found if mark.kind == kind]
            assert len(wanted) == count
            assert bool(count) == any(f"({count})" in text for text in headings(document)[:2])
            listed = rows_at_the_top(document)
            for section, what in wanted:
                assert section
                assert what in listed.get(section, ""), (document.name, section, what)


def headings(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Heading)]


def rows_at_the_top(document: Document) -> dict[str, str]:
    """Return what is listed before the first section, by section."""
    found: dict[str, str] = {}
    for block in document.blocks:
        if (
            isinstance(block, Grid)
            and not block.columns
            and any(isinstance(span, Mark) for line in lines_of(block) for span in line)
        ):
            break
        if isinstance(block, Grid) and not block.columns:
            for section, what in block.rows:
                found[plain(section)] = found.get(plain(section), "") + " " + plain(what)
    return found


def test_what_study_yaml_says_is_marked_no_more(
    assore: Study, completed: Study, language: Language
) -> None:
    """And stands in the documents."""
    before = " ".join(
        mark.what for one in papers(assore, language, SOURCE) for _s, mark in marks(one.blocks)
    )
    after = " ".join(
        mark.what for one in papers(completed, language, SOURCE) for _s, mark in marks(one.blocks)
    )
    assert "study.yaml" in before
    assert "study.yaml" not in after
    read = "".join(whole(one) for one in papers(completed, language, SOURCE))
    for said in ("Centre hospitalier Exemple", "dpo@exemple.fr", "01 99 00 00 00", "CEEI 22-001"):
        assert said in read


def test_a_text_in_the_other_language_alone_is_still_to_complete(completed: Study) -> None:
    """Nobody's French is passed off as English."""
    study = replace(completed, papers=replace(completed.papers, purpose={"fr": "Savoir"}))
    assert "(study.yaml: papers.purpose)" in " ".join(
        mark.what for _s, mark in marks(named(study, "5", "en").blocks)
    )
    assert "Savoir" in whole(named(study, "5", "fr"))


# --- what they must not say -------------------------------------------------------------------------


def sentences(document: Document) -> Iterator[str]:
    for text in texts(document):
        yield from re.split(r"(?<=[.?!])\s", text)


def test_nothing_is_claimed(assore: Study, language: Language) -> None:
    """No document says that a law is kept; data are called anonymous only where it says when they are not."""
    conditions = ("ne sont pas anonymes", "qu'après", "not anonymous", "only after")
    for document in papers(assore, language, SOURCE):
        read = whole(document).casefold()
        assert "conform" not in read
        assert "complian" not in read
        assert "comply with" not in read
        for sentence in sentences(document):
            if re.search(r"(?<!pseud)anonym", sentence.casefold()):
                assert any(one in sentence for one in conditions), sentence


def test_every_reference_to_law_is_to_be_checked(assore: Study, language: Language) -> None:
    """An article, a code or the authority stands in a mark, never in plain words."""
    told = re.compile(r"\barticles? \d|RGPD|GDPR|CNIL|Code pénal", re.IGNORECASE)
    for document in papers(assore, language, SOURCE):
        listed = set(rows_at_the_top(document).values())
        for block in document.blocks:
            for line in lines_of(block):
                loose = "".join(span for span in line if isinstance(span, str))
                assert not told.search(loose) or any(plain(line) in one for one in listed), loose


def test_french_is_typeset_as_french(assore: Study, completed: Study) -> None:
    """No-break spaces before double punctuation and inside guillemets; straight apostrophes."""
    wrong = re.compile(r" [;?!%»](?=\s|$)| :(?=\s|$)|«(?!\u00a0)|(?<!\u00a0)»|[’“”]|\.\.\.")
    for study in (assore, completed):
        for document in papers(study, "fr", SOURCE):
            assert [text for text in texts(document) if wrong.search(text)] == []


def test_english_has_no_french_in_it(assore: Study) -> None:
    """Nor French spacing; names of people and places aside."""
    for document in papers(assore, "en", SOURCE):
        wrong = re.compile(r"[\u00a0 ][;?!:%»](?=\s|$)|«|\b(le|les|des|une|pour|avec)\b")
        assert [
            text for text in texts(document) if wrong.search(text.replace("place de Fontenoy", ""))
        ] == []


def test_no_sentence_is_doubled_or_left_open(completed: Study, language: Language) -> None:
    """What study.yaml says ends in a full stop or not; the document has one."""
    for document in papers(completed, language, SOURCE):
        for text in texts(document):
            assert not re.search(r"\.\.|\s,|  |\{|\}|, ,|\. \.", text), text


# --- what is collected ------------------------------------------------------------------------------


def items(document: Document, instrument: Instrument) -> list[tuple[Line, ...]]:
    """Return the rows of the tables of items that stand under a questionnaire."""
    found: list[tuple[Line, ...]] = []
    is_under = False
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 2:
            title = " ".join(instrument.text(instrument.title, document.language).split())
            is_under = "Questionnaire" in block.text and title in block.text
        if is_under and isinstance(block, Grid):
            found += block.rows
    return found


def name_of(row: tuple[Line, ...]) -> str:
    (name,) = [span.text for span in row[0] if isinstance(span, Code)]
    return name


def test_every_item_of_every_questionnaire_stands_once_with_its_form(
    assore: Study, language: Language
) -> None:
    """In the order of the questionnaire, with who can open it and how it is marked."""
    document = named(assore, "2", language)
    who = {
        "never": ("personne", "nobody"),
        "link": ("dépositaire", "custodian"),
    }
    for found in assore.instruments:
        rows = items(document, found.instrument)
        asked = variables(found.instrument)
        assert [name_of(row) for row in rows] == [one.name for one in asked]
        for row, one in zip(rows, asked, strict=True):
            _item, form, opener, flags = (plain(cell) for cell in row)
            rule = one.question.keep.rule
            assert form
            wanted = who.get(rule, ("étude, séquestre", "study, escrow"))
            assert opener == wanted[language == "en"]
            assert ("sensible" in flags or "sensitive" in flags) == one.question.sensitive
            assert bool(flags) == bool(one.question.sensitive or one.question.identifying)
        left_out = {one.name for one in found.instrument.questions()} - {one.name for one in asked}
        assert {one.kind for one in found.instrument.questions() if one.name in left_out} <= {
            "note"
        }


KEPT = """
souspli: 1
form: {id: t, version: "1", title: T}
choices:
  list: [{name: a, code: 1, label: A}, {name: b, code: 2, label: B}]
survey:
  - {type: integer, name: given, label: A}
  - {type: select_one, choices: list, name: chosen, label: A}
  - {type: select_multiple, choices: list, name: several, label: A}
  - {type: integer, name: banded, label: A, keep: {bands: [18, 30]}}
  - {type: text, name: cut, label: A, keep: {prefix: 2}}
  - {type: integer, name: rounded, label: A, keep: {round: 10}}
  - {type: date, name: day, label: A, keep: as_given}
  - {type: date, name: month, label: A, keep: {date: month}}
  - {type: date, name: year, label: A, keep: {date: year}}
  - {type: select_one, choices: list, name: grouped, label: A, keep: {codes: {a: c, b: c}}}
  - {type: integer, name: topped, label: A, keep: {top: 9}}
  - {type: integer, name: bottomed, label: A, keep: {bottom: 1}}
  - {type: text, name: words, label: A}
  - {type: text, name: raw, label: A, keep: as_given}
  - {type: text, name: nick, label: "Who?", keep: never}
  - {type: text, name: card, label: "${nick}, the card?", keep: link}
  - {type: calculate, name: sum, calculation: "${given} + 1"}
  - {type: today, name: today}
  - {type: note, name: note, label: A}
  - type: repeat
    name: children
    label: Children
    questions:
      - {type: integer, name: child, label: A}
"""
FORMS = {
    "given": "number, as given",
    "chosen": "choice, as given",
    "several": "several choices, as given",
    "banded": "in bands: under 18; 18 to under 30; 30 or more",
    "cut": "first 2 characters",
    "rounded": "rounded to the nearest 10",
    "day": "date, as given",
    "month": "the month",
    "year": "the year",
    "grouped": "answers grouped before",
    "topped": "9 means 9 or more",
    "bottomed": "1 means 1 or less",
    "words": "words, scrubbed",
    "raw": "words as typed, not scrubbed",
    "nick": "nothing: serves in the interview",
    "card": "sealed apart, for the custodian",
    "sum": "worked out, as it is",
    "today": "the week",
    "child": "number, as given; at each repeat",
}


def test_each_rule_has_its_words(new_study: NewStudy) -> None:
    """One item of each rule; what a note says is not collected."""
    study = new_study(KEPT)
    rows = items(named(study, "2", "en"), study.instruments[0].instrument)
    assert {name_of(row): plain(row[1]) for row in rows} == FORMS


def test_what_is_piped_into_a_label_is_left_out(new_study: NewStudy) -> None:
    """A label that names the person shows a gap instead."""
    study = new_study(KEPT)
    row = next(
        row
        for row in items(named(study, "2", "en"), study.instruments[0].instrument)
        if name_of(row) == "card"
    )
    assert plain(row[0]) == "[…], the card? card"


def test_every_field_of_a_record_is_told(language: Language) -> None:
    """Each once; a field added to the record is missed here."""
    told = [name for names, _line in of_a_record(Speaker(language)) for name in names]
    assert sorted(told) == sorted(field.name for field in fields(Record))


# --- the truth of each --------------------------------------------------------------------------------


def test_without_links_there_is_no_card_and_no_code(new_study: NewStudy) -> None:
    """No document promises a withdrawal by a code that nobody has."""
    study = new_study(FORM)
    for document in papers(study, "en", SOURCE):
        read = whole(document)
        assert "link.age" not in read
        assert "The interviewer gives you a card" not in read
    assert "There is no card and no withdrawal code." in whole(named(study, "5", "en"))
    assert "no participant's card and no withdrawal code" in whole(named(study, "4", "en"))


def test_with_links_the_code_goes_to_the_custodian_alone(completed: Study) -> None:
    """Not to the study lead, and until the link is destroyed."""
    read = whole(named(completed, "5"))
    assert "Donnez ce code à\u00a0: Service des liens, 01 99 00 00 00." in read
    assert "Faites-le avant le 31\u00a0décembre\u00a02027." in read


def test_without_escrow_the_documents_say_so(assore: Study) -> None:
    """And name no escrow holder elsewhere."""
    study = replace(assore, recipients={**assore.recipients, "escrow": ()})
    assert "There is no escrow holder" in whole(named(study, "2", "en"))
    assert "There is no escrow key." in whole(named(study, "4", "en"))
    assert "if the study's key is lost, all is lost" in whole(named(study, "6", "en"))
    assert "escrow" not in whole(named(study, "3", "en"))
    assert "spare key" not in whole(named(study, "5", "en"))


def test_one_key_for_both_is_said(assore: Study) -> None:
    """An escrow holder who is custodian with the same key opens answers and link."""
    study = replace(
        assore, recipients={**assore.recipients, "escrow": assore.recipients["custodian"]}
    )
    assert "There is no separation between the two." in whole(named(study, "3", "en"))
    rows = items(named(study, "2", "en"), study.instruments[0].instrument)
    assert {plain(row[2]) for row in rows} == {
        "study, escrow, custodian",
        "nobody",
        "escrow, custodian",
    }
    assert "sealed to different keys" in whole(named(assore, "1", "en"))
    assert "sealed to different keys" not in whole(named(study, "1", "en"))
    assert "is not the key to the answers" not in whole(named(study, "5", "en"))


def test_without_a_custodian_there_is_no_crosswalk(new_study: NewStudy) -> None:
    """Nothing is said to be sealed to somebody who is not there."""
    study = new_study(FORM)
    study = replace(study, recipients={**study.recipients, "custodian": ()})
    assert "crosswalk.age" not in whole(named(study, "2", "en"))
    assert "nothing is sealed to a custodian: there is none" in whole(named(study, "3", "en"))
    assert "this study has no custodian" in whole(named(study, "4", "en"))


def test_a_practice_study_says_so_in_each(assore: Study, language: Language) -> None:
    """All of it is simulated."""
    for document in papers(replace(assore, is_practice=True), language, SOURCE):
        assert ("simulé" if language == "fr" else "simulated") in whole(document)
        assert ("ENTRAÎNEMENT" if language == "fr" else "PRACTICE") in whole(document)
    assert "PRACTICE" not in "".join(whole(one) for one in papers(assore, "en", SOURCE))


def test_thresholds_and_rules_are_the_study_s(assore: Study) -> None:
    """The numbers are read, not recited."""
    study = replace(
        assore,
        cell_threshold=20,
        rules=replace(assore.rules, idle_minutes=7, open_drafts=1),
        bucket=65536,
    )
    assert "never about fewer than 20 people" in whole(named(study, "5", "en"))
    assert "fewer than 20 respondents" in whole(named(study, "3", "en"))
    assert "65,536 bytes" in whole(named(study, "3", "en"))
    assert "after 7 minutes" in whole(named(study, "1", "en"))
    assert "most 1 interviews under way" in whole(named(study, "6", "en"))


# --- the sheet ------------------------------------------------------------------------------------------


def test_the_sheet_is_in_short_sentences(completed: Study, language: Language) -> None:
    """Twelve words on average, no more than thirty; the list of subjects aside."""
    document = named(completed, "5", language)
    start = next(n for n, block in enumerate(document.blocks) if type(block).__name__ == "NewPage")
    read = [
        sentence
        for block in document.blocks[start:]
        if not isinstance(block, Heading)
        for line in lines_of(block)
        for sentence in re.split(r"(?<=[.?!;])\s|:\s", plain(line))
    ]
    lengths = [len(re.findall(r"[\w'’-]+", sentence)) for sentence in read]
    assert sum(lengths) / len(lengths) <= 12
    assert sorted(lengths)[-2] <= 30


def test_the_sheet_says_what_it_must(completed: Study, language: Language) -> None:
    """Free, without effect on housing; what cannot be undone, until when; rights; the authority."""
    read = whole(named(completed, "5", language))
    wanted = {
        "fr": (
            "ni votre hébergement",
            "chiffres déjà publiés",
            "31\u00a0décembre\u00a02027",
            "CNIL",
            "effacer",
        ),
        "en": (
            "not your housing",
            "figures already published",
            "31\u00a0December\u00a02027",
            "CNIL",
            "erased",
        ),
    }
    for words in wanted[language]:
        assert words in read


def test_what_a_questionnaire_asks_that_identifies_is_not_denied(new_study: NewStudy) -> None:
    """“It does not ask your name” stands only where no item identifies."""
    study = new_study(
        FORM.replace("label: A}", "label: A, identifying: direct, accept: {direct: test}}")
    )
    assert "does not ask your name" not in whole(named(study, "5", "en"))
    assert "does not ask your name" in whole(named(new_like(study), "5", "en"))


def new_like(study: Study) -> Study:
    """Return a study without its questionnaires."""
    return replace(study, instruments=())


def test_professionals_are_told_nothing_of_housing(assore: Study) -> None:
    """A study of professionals alone has a sheet for them."""
    study = replace(
        assore, instruments=tuple(one for one in assore.instruments if one.unit == "professional")
    )
    read = whole(named(study, "5", "en"))
    assert "housing, not" not in read
    assert "Perceived effects" in read


def test_the_sheet_names_what_the_person_is_asked_and_nothing_else(
    completed: Study, language: Language
) -> None:
    """Neither how the interview is held nor what the interviewer notes once it is over."""
    read = whole(named(completed, "5", language))
    wanted = {
        "fr": ("Profil, Parcours de logement, Crack,", "Votre avis. Certaines", "Cadre", "Clôture"),
        "en": ("Profile, Housing pathway, Crack,", "Your opinion. Some", "Setting", "Closing"),
    }
    first, last, *others = wanted[language]
    assert first in read
    assert last in read
    assert not [one for one in others if one in read]


SECTION = """\
  - type: group
    name: {name}
    label: {label}
    questions: [{{type: integer, name: {name}_1, label: A}}]
"""


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["Work", "Home"], "Work, Home. "),
        (["Work", "Work"], "Work. "),
        (["''"], "[TO COMPLETE: what the questions are about]. "),
        ([f"{'long ' * 10}{number}" for number in range(9)], "[TO COMPLETE: what the questions"),
    ],
)
def test_titles_that_do_not_serve_are_left_to_a_person(
    new_study: NewStudy, labels: list[str], told: str
) -> None:
    """None, or more than a page has room for."""
    sections = (SECTION.format(name=f"s{at}", label=one) for at, one in enumerate(labels))
    form = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n' + "".join(sections)
    assert told in whole(named(new_study(form), "5", "en"))


def test_how_many_are_asked_is_what_was_drawn_never_what_could_be(
    assore: Study, language: Language
) -> None:
    """The questionnaire's population is no sample; before the draw a person completes it."""
    words = {
        "fr": ("[À COMPLÉTER\u00a0: nombre de personnes", "107 tirées au sort, 20 autres"),
        "en": ("[TO COMPLETE: number of people who", "107 drawn by lot, 20 more in reserve"),
    }[language]
    assert words[0] in whole(named(assore, "1", language))
    drawn = replace(SOURCE, sampled=Sampled(107, 20))
    read = whole(papers(assore, language, drawn)[0])
    assert words[1] in read
    assert words[0] not in read
    assert "reserve" not in whole(papers(assore, "en", replace(drawn, sampled=Sampled(107, 0)))[0])
    assert not re.search(r"\b536\b", read)


def test_lists_keep_their_kind(assore: Study) -> None:
    """Steps are numbered: what is done first stands first."""
    steps = [
        one for one in named(assore, "4").blocks if isinstance(one, Bullets) and one.is_numbered
    ]
    assert len(steps) == 3
