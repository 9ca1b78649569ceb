"""The interface speaks French: every message has it, nothing a person reads escapes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog, Message

import souspli
from surveys import language
from surveys.kinds import KINDS, WhyNot
from surveys.language import _
from surveys.load import load
from tests import messages

ROOT = Path(__file__).resolve().parent.parent
UPDATE = "run `make messages`, translate what it prints, run it again"
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{[^{}]*\}|%\([a-z_]+\)[a-z]|%[a-z%]")
SPEAKING = {"_", "marked", "ngettext"}


@pytest.fixture(autouse=True)
def _english_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test spoke, the next one speaks English."""
    monkeypatch.setenv("LANGUAGE", "en")
    yield
    language.use("en")


@cache
def catalog() -> Catalog:
    return messages.merged()


def known() -> list[Message]:
    """Return the messages that have French: one that lacks it fails one test, not all."""
    missing = messages.untranslated(catalog())
    return [message for message in catalog() if message.id and str(message.id) not in missing]


def forms(text: object) -> tuple[str, ...]:
    """Return a message's one form, or its singular and plural."""
    return (text,) if isinstance(text, str) else tuple(text) if isinstance(text, Iterable) else ()


# --- the catalogue ------------------------------------------------------------------------------


def test_every_message_of_the_code_has_french() -> None:
    """None is missing, and none is empty; both forms of a plural are there."""
    assert messages.untranslated(catalog()) == [], UPDATE
    for message in known():
        assert len(forms(message.string)) == len(forms(message.id))
        assert all(text.strip() for text in forms(message.string)), message.id


def test_the_catalogues_are_what_the_tool_would_write() -> None:
    """What is compiled and shipped is what translators read and the code says."""
    assert messages.PO.read_bytes() == messages.written(catalog()), UPDATE
    assert messages.MO.read_bytes() == messages.compiled(catalog()), UPDATE


def test_a_message_and_its_french_have_the_same_placeholders() -> None:
    """Otherwise `format` would fail, or a figure disappear."""
    for message in known():
        wanted = {found for text in forms(message.id) for found in PLACEHOLDER.findall(text)}
        for text in forms(message.string):
            assert set(PLACEHOLDER.findall(text)) == wanted, message.id


def test_a_message_and_its_french_begin_and_end_alike() -> None:
    """Spaces and line ends at the edges belong to the layout."""
    for message in known():
        edges = re.compile(r"^ *|\n*$")
        english, french = forms(message.id)[0], forms(message.string)[0]
        assert edges.findall(french) == edges.findall(english), message.id


def test_french_typography_is_kept() -> None:
    """No-break spaces before double punctuation and inside guillemets; straight apostrophes."""
    wrong = re.compile(r" [;?!%»](?=\s|$)| :(?=\s|$)|«(?!\u00a0)|(?<!\u00a0)»|[’“”]|\.\.\.")
    assert [
        text for message in known() for text in forms(message.string) if wrong.search(text)
    ] == []


# What a person types as it stands, and what is filled in: no word of the language.
TYPED = re.compile(
    r"^example: .*|\{[^{}]*\}|`[^`]*`|“[^”]*”|\bsouspli \w+|--[\w-]+|[\w/]+\.\w+|\b[A-Z]{4,}\b|\w+=\w+|\w+/"
)


def glossary() -> list[tuple[list[str], list[str]]]:
    page = (ROOT / "docs" / "fr-glossary.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", page.split("\n\n")[1], re.MULTILINE)
    return [(english.split(", "), french.split(", ")) for english, french in rows[1:]]


@pytest.mark.parametrize(("english", "french"), glossary(), ids=lambda words: words[0])
def test_one_thing_has_one_french_name(english: list[str], french: list[str]) -> None:
    """A message with a word of the glossary has its French."""
    word = re.compile(rf"\b(?:{'|'.join(english)})\b", re.IGNORECASE)
    for message in known():
        for text, translated in zip(forms(message.id), forms(message.string), strict=True):
            if word.search(TYPED.sub("", text)):
                assert any(name in translated.lower() for name in french), text


# --- the code -----------------------------------------------------------------------------------


def calls(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text("utf-8"))
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def callee(call: ast.Call) -> str:
    """Return the last name of what is called: `print` of `console.print`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def test_what_is_translated_is_a_literal() -> None:
    """An f-string inside `_` is never found in a catalogue, for it is filled in before."""
    found = []
    for path in messages.sources():
        for call in calls(path):
            texts = call.args[: 2 if callee(call) == "ngettext" else 1]
            is_literal = all(isinstance(text, ast.Constant | ast.Name) for text in texts)
            if isinstance(call.func, ast.Name) and callee(call) in SPEAKING and not is_literal:
                found.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert found == []


def test_no_message_is_looked_up_within_an_f_string() -> None:
    """The tool that gathers messages does not look there: the French would be missing unnoticed."""
    assert [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in messages.sources()
        for text in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and callee(call) in SPEAKING
    ] == []


# What a person reads: arguments of these, and these keywords of any call.
PRINTING = {"print", "say", "write", "add_task", "add_column", "Table"}
ASKING = {"text", "select", "confirm", "password", "checkbox", "autocomplete", "Choice", "path"}
TELLING = {"Refusal", "Usage", "Problem", "WhyNot", "ExpressionError", "Judgement", "note"}
READ = {"help", "description", "epilog", "title", "message", "prompt", "instruction", "qmark"}


def told_by_classes() -> set[str]:
    """Return TELLING and every exception that is, in the end, a Refusal or a Usage."""
    trees = [ast.parse(path.read_text("utf-8")) for path in messages.sources()]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = set(TELLING)
    for _round in range(4):
        for one in classes:
            bases = {base.id for base in one.bases if isinstance(base, ast.Name)}
            if bases & (found - {"Problem", "WhyNot", "Judgement", "note"}):
                found.add(one.name)
    return found


TOLD = told_by_classes()


def shown(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield every expression that a person will read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            names = {target.attr for target in node.targets if isinstance(target, ast.Attribute)}
            if names & READ:
                yield node.value
        if not isinstance(node, ast.Call):
            continue
        is_asked = (
            isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "questionary"
            and node.func.attr in ASKING
        )
        # A document says each sentence in both its languages, whatever the interface speaks.
        is_of_a_document = callee(node) == "say" and len(list(literals(node))) > 1
        if (callee(node) in PRINTING | TOLD and not is_of_a_document) or is_asked:
            yield from node.args
        yield from (keyword.value for keyword in node.keywords if keyword.arg in READ)


def literals(node: ast.AST) -> Iterator[str]:
    """Yield the texts written in an expression, {} for what fills them; none that is translated."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts
            )
            for part in parts:
                if isinstance(part, ast.FormattedValue):
                    yield from literals(part.value)
        case ast.Call() if callee(node) in SPEAKING:
            return
        case _:
            for child in ast.iter_child_nodes(node):
                yield from literals(child)


def is_sentence(text: str) -> bool:
    """Whether a text is in a language: two words side by side, or one with a full stop.

    A command line to type and a comment for a program are none.
    """
    text = re.sub(r"^\s*souspli\b", "", text) if "{}" in text else text
    if re.match(r"\s+[a-z]+ (?:\{\}|--)", text):
        return False
    word = r"[^\W\d_]{2,}[,;:]?"
    return bool(
        re.search(rf"{word}\s+(?:{word}|\{{\}})|\{{\}}\s+{word}|[^\W\d_]{{2,}}[.!?…]\s*$", text)
    )


def test_nothing_a_person_reads_is_left_in_english() -> None:
    """Every sentence printed, raised, asked or shown as help goes through `_`."""
    assert [
        f"{path.relative_to(ROOT)}:{node.lineno}: {text}"
        for path in messages.sources()
        for node in shown(ast.parse(path.read_text("utf-8")))
        for text in literals(node)
        if is_sentence(text)
    ] == []


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("give another", True),
        ("{} records taken in", True),
        ("Done.", True),
        ("souspli: no such {}", True),
        ("{}: {}", False),
        ("souspli {}", False),
        ("  souspli open {} --into {}", False),
        ("certificate.json", False),
        ("select_one", False),
        ("\n", False),
    ],
)
def test_a_sentence_is_told_from_what_is_none(text: str, is_one: bool) -> None:
    """So that the test above cannot pass on nothing."""
    assert is_sentence(text) is is_one


# --- what is heard ------------------------------------------------------------------------------


def heard(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = souspli.main(["--lang", "fr", *arguments])
    captured = capsys.readouterr()
    return status, (captured.out + captured.err).replace("\u00a0", " ")


def test_the_story_is_told_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    """`souspli --lang fr --help`."""
    status, text = heard(capsys, "--help")
    assert status == 0
    assert "Responsable de l'étude : préparer" in text
    assert "tirer un échantillon que chacun peut vérifier" in text
    assert not re.search(r"\b(the|with|one|sealed)\b", text)


@pytest.mark.parametrize("verb", sorted(souspli._modules()))
def test_the_help_of_each_verb_is_french(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """argparse's own words included; no stray percent sign stops it."""
    status, text = heard(capsys, verb, "--help")
    assert status == 0
    assert text.startswith("usage : ")
    assert "afficher cette aide et quitter" in text
    assert not re.search(r"\b(the|with|and|example)\b", text.split("exemple")[0])


def test_a_wrong_command_line_is_said_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    """By us, and by argparse."""
    assert heard(capsys, "nonsense") == (
        2,
        "souspli : le verbe « nonsense » n'existe pas ; voir souspli --help\n",
    )
    status, text = heard(capsys, "check")
    assert status == 2
    assert "souspli check : erreur : il manque les arguments suivants : FILE" in text


def test_a_refusal_is_french(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what is wrong, and what to do."""
    status, text = heard(capsys, "check", str(tmp_path / "no.yaml"))
    assert status == 1
    assert "ce fichier n'existe pas ; questionnaires fournis : assore/" in text


def test_a_questionnaire_is_criticised_in_french(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Place, fact, remedy, and how many."""
    path = tmp_path / "form.yaml"
    path.write_text("souspli: 1\nform: {id: a, version: '1', title: A}\nsurvey: []\n", "utf-8")
    status, text = heard(capsys, "check", str(path))
    assert status == 1
    assert "il n'y a rien à demander\n" in text
    assert "= ajoutez des éléments sous « survey: »\n" in text
    assert text.endswith("form.yaml : 1 erreur\n")


FORM = """
souspli: 1
form: {id: a, version: '1', title: A}
choices:
  list: [{name: a, code: 1, label: A}, {name: b, code: 2, label: B},
         {name: none, code: 3, label: C, exclusive: yes}]
survey:
  - {type: text, name: text, label: A}
  - {type: integer, name: integer, label: A}
  - {type: decimal, name: decimal, label: A}
  - {type: range, name: range, label: A, parameters: start=0 end=10}
  - {type: range, name: fives, label: A, parameters: start=0 end=10 step=5}
  - {type: select_one list, name: one, label: A}
  - {type: select_multiple list, name: several, label: A}
  - {type: date, name: day, label: A}
  - {type: date, name: month, label: A, appearance: month-year}
  - {type: acknowledge, name: ready, label: A}
"""


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("text", "a\x07", "Tapez un texte simple, sur une seule ligne."),
        ("integer", "dix", "Tapez un nombre entier, en chiffres."),
        ("decimal", "dix", "Tapez un nombre, en chiffres."),
        ("range", "11", "Tapez un nombre de 0 à 10."),
        ("fives", "3", "Tapez un nombre de 0 à 10, de 5 en 5."),
        ("one", "4", "Tapez le code d'une réponse."),
        ("several", "4", "Tapez les codes des réponses, séparés par des espaces."),
        (
            "several",
            "1 3",
            "L'une de ces réponses exclut les autres\u00a0: choisissez-la seule, "
            "ou laissez-la de côté.",
        ),
        ("day", "hier", "Tapez une date sous la forme 31/12/2022 ou 2022-12-31."),
        ("month", "hier", "Tapez un mois sous la forme 04/2022 ou 2022-04."),
        ("ready", "2", "Tapez 1 pour confirmer."),
    ],
)
def test_a_respondent_is_told_in_french_what_to_type(name: str, typed: str, told: str) -> None:
    """Each kind of answer, in one polite sentence that says what to do."""
    instrument = load(FORM, "form.yaml").instrument
    assert instrument is not None
    asked = next(question for question in instrument.questions() if question.name == name)
    offered = asked.choices.choices if asked.choices else ()
    language.use("fr")
    assert KINDS[asked.kind].read(asked, typed, offered) == WhyNot(told)


def test_french_counts_nothing_as_one() -> None:
    """« 0 enregistrement reçu », but “0 records”."""
    one, many = "{n} record taken in.", "{n} records taken in."
    language.use("fr")
    told = [language.ngettext(one, many, n).format(n=n) for n in (0, 1, 2)]
    assert told == ["0 enregistrement reçu.", "1 enregistrement reçu.", "2 enregistrements reçus."]


def test_a_language_chosen_late_still_applies() -> None:
    """Messages are looked up when they are said."""
    language.use("fr")
    assert _("Help") == "Aide"
    language.use("en")
    assert _("Help") == "Help"
