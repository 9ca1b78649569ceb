"""The front door: help that tells the story, exit statuses that can be relied on, problems in full."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import souspli as front_door

Run = Callable[..., "subprocess.CompletedProcess[str]"]

VERBS = (
    "demo check new show convert print keys study papers draw device assign kit contact-sheets cards enrol cases "
    "interview handover passphrase doctor collect recover status progress release audit link withdraw "
    "weights export estimate model report open"
).split()
HEAVY = (
    "cryptography",
    "yaml",
    "rich",
    "questionary",
    "prompt_toolkit",
    "polars",
    "numpy",
    "scipy",
)

# --- the command line ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nonsense"], "there is no verb “nonsense”"),
        (["--nonsense"], "there is no verb “--nonsense”"),
        (["--lang", "xx", "check", "a.yaml"], "--lang takes one of: en, fr"),
        (["check"], "FILE"),
        (["kit", "--study", "x"], "DEVICE"),
        (["check", "--nonsense", "a.yaml"], "--nonsense"),
        (["keys", "new", "interviewer"], "interviewer"),
        (["keys"], "new"),
        (["--print-completion", "nonsense"], "bash, zsh or tcsh"),
    ],
)
def test_a_wrong_command_line_is_said_and_exits_2(
    souspli: Run, arguments: list[str], why: str
) -> None:
    """What is wrong goes to standard error, and nothing to standard output."""
    done = souspli(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_what_the_world_refuses_exits_1(souspli: Run, tmp_path: Path) -> None:
    """A file that is not there is no mistake of the command line's shape."""
    for arguments in (["check", "no.yaml"], ["enrol", "no.kit"], ["kit", "L01", "--study", "no"]):
        done = souspli(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("souspli: ")
        assert "nobody foresaw" not in done.stderr


@pytest.mark.parametrize("language", ["en", "fr"])
def test_help_lists_every_verb_in_the_order_of_a_study(souspli: Run, language: str) -> None:
    """`souspli --help` exits 0 and is the story; without a verb the same page exits 2."""
    done = souspli("--lang", language, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^  ([\w-]+)  +\S", done.stdout, re.MULTILINE) == VERBS
    bare = souspli("--lang", language)
    assert (bare.returncode, bare.stdout) == (2, done.stdout)


EVERY_HELP = """
import contextlib, io, json, sys
import souspli
told = {}
for verb in sys.argv[2:]:
    page = io.StringIO()
    with contextlib.redirect_stdout(page):
        status = souspli.main(["--lang", sys.argv[1], verb, "--help"])
    told[verb] = [status, page.getvalue()]
print(json.dumps(told))
"""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_help_of_every_verb_has_an_example(souspli: Run, language: str) -> None:
    """It exits 0, and its example is a command line of that verb."""
    import json

    program = [sys.executable, "-c", EVERY_HELP]
    done = souspli(language, *VERBS, command=program)
    assert (done.returncode, done.stderr) == (0, "")
    for verb, (status, page) in json.loads(done.stdout).items():
        assert status == 0, verb
        assert re.search(rf"^ex[ae]mple\s?:\s+souspli {verb}\b", page, re.MULTILINE), verb
        assert "%%" not in page, verb


def test_the_verbs_tested_here_are_all_there_are() -> None:
    """A new verb is added to the list above."""
    assert [verb for _who, verbs in front_door._STORY for verb, _module, _told in verbs] == VERBS


def test_help_imports_nothing_heavy(souspli: Run) -> None:
    """The page is shown before any library is loaded that a verb needs."""
    look = "import sys, souspli; souspli.main(['--help']); print(*sys.modules, file=sys.stderr)"
    done = souspli(command=[sys.executable, "-c", look])
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "surveys" in loaded
    assert loaded & {*HEAVY, "argparse", "importlib_metadata"} == set()


def test_an_interrupt_exits_130_without_a_word(environment: dict[str, str], home: Path) -> None:
    """Ctrl-C before anything was answered: nothing is left, no traceback is shown."""
    reading, writing = os.pipe()
    os.write(writing, b"three public words for tests\n")
    os.close(writing)
    command = [str(Path(sys.executable).with_name("souspli")), "interview", "small", "--plain"]
    command += ["--passphrase-fd", str(reading)]
    with subprocess.Popen(
        [*command, "--home", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[reading],
        env=environment,
    ) as child:
        os.close(reading)
        assert child.stdout is not None
        assert os.read(child.stdout.fileno(), 100) == b"Case: "
        child.send_signal(signal.SIGINT)
        _out, complained = child.communicate(timeout=60)
    assert (child.returncode, complained) == (130, b"")
    assert not (home / "field" / "drafts").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_which_questionnaire_is_asked_once(environment: dict[str, str], home: Path) -> None:
    """After it comes the passphrase, then the interview."""
    import pexpect

    souspli = str(Path(sys.executable).with_name("souspli"))
    arguments = ["interview", "--case", "K7Q2-M4T9", "--interviewer", "I1", "--home", str(home)]
    child = pexpect.spawn(souspli, arguments, env=environment, dimensions=(24, 80), timeout=40)
    child.expect("Which questionnaire")
    child.send("\r")
    child.expect("Passphrase")
    child.send("three public words for tests\r")
    assert child.expect(["Bonjour", "Which questionnaire"]) == 0
    child.close(force=True)


# --- check --------------------------------------------------------------------------------------

HEAD = """souspli: 1
form: {id: a, version: "1", title: A, languages: {fr: Français}}
choices:
  yes_no:
    - {name: yes, code: 1, label: Oui}
    - {name: no, code: 2, label: Non}
survey:
"""
GOOD = "  - {type: select_one, choices: yes_no, name: q, label: Q}\n"
FIRST = HEAD.count("\n") + 2  # the line after HEAD and GOOD

PARENTHESES = "(" * 10_000 + "1" + ")" * 10_000
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("added", "place", "fact"),
    [
        pytest.param(
            "  - {type: text, name: t, label: T, label: U}\n",
            (FIRST, 37),
            "key “label” is already used",
            id="duplicate key",
        ),
        pytest.param(BOMB, (FIRST, 4), "anchors", id="alias bomb"),
        pytest.param("\t- {type: text}\n", (FIRST, 1), "never with tabs", id="tab"),
        pytest.param(
            "  - {type: select_one, choices: yesno, name: r, label: R}\n",
            (FIRST, 33),
            "there is no list “yesno”",
            id="unknown list",
        ),
        pytest.param(
            "  - type: note\n    name: n\n    label: N\n    relevant: 1 = ${nowhere}\n",
            (FIRST + 3, 19),
            "no item is called ${nowhere}",
            id="undefined reference",
        ),
        pytest.param(
            '  - {type: note, name: n, label: N, relevant: "${m} = 1"}\n'
            '  - {type: calculate, name: m, calculation: "if(${n} = 1, 1, 2)"}\n',
            None,
            "depends on itself",
            id="cycle",
        ),
        pytest.param(
            f'  - {{type: note, name: n, label: N, relevant: "{PARENTHESES}"}}\n',
            None,
            "",
            id="ten thousand parentheses",
        ),
        pytest.param(
            """  - {type: text, name: n, label: N, constraint: "regex(., '^(a+)+$')"}\n""",
            None,
            "pattern can match some texts in more ways than can be tried",
            id="catastrophic pattern",
        ),
    ],
)
def test_a_bad_questionnaire_is_told_with_its_place(
    souspli: Run, tmp_path: Path, added: str, place: tuple[int, int] | None, fact: str
) -> None:
    """Exit 1; every problem as file:line:column, the one looked for among them; no traceback."""
    (tmp_path / "bad.yaml").write_text(HEAD + GOOD + added, "utf-8")
    done = souspli("check", "bad.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    *shown, summary = done.stdout.splitlines()
    found = [line for line in shown if ": error[" in line]
    assert re.fullmatch(r"bad\.yaml: \d+ errors?", summary)
    assert all(re.match(r"bad\.yaml:\d+:\d+: error\[", line) for line in found)
    assert any(fact in line for line in shown)
    lines = {int(line.split(":")[1]) for line in found}
    assert min(lines) >= FIRST
    if place is not None:
        wanted = "bad.yaml:{}:{}: ".format(*place)
        assert any(line.startswith(wanted) for line in found), found


def test_several_mistakes_are_told_at_once_in_the_order_of_the_file(
    souspli: Run, tmp_path: Path
) -> None:
    """One run shows them all, and the JSON form holds the same."""
    import json

    bad = (
        HEAD
        + GOOD
        + "  - {type: text, name: t, label: T, label: U}\n"
        + "  - {type: select_one, choices: yesno, name: r, label: R}\n"
        + "  - {type: txt, name: x, label: X}\n"
        + '  - {type: note, name: n, label: N, relevant: "${nowhere} = 1"}\n'
        + "  - {type: integer, name: q, label: Q}\n"
        + '  - {type: integer, name: i, label: I, constraint: "((. > 1)"}\n'
        + """  - {type: text, name: p, label: P, constraint: "regex(., '^(a+)+$')"}\n"""
        + "  - {type: text, name: k, label: K, keep: {rond: 2}}\n"
    )
    (tmp_path / "bad.yaml").write_text(bad, "utf-8")
    done = souspli("check", "bad.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    *shown, summary = done.stdout.splitlines()
    lines = [int(line.split(":")[1]) for line in shown if line.startswith("bad.yaml:")]
    assert lines == [FIRST + number for number in range(8)]
    assert summary == "bad.yaml: 8 errors"
    rows = json.loads(souspli("check", "--json", "bad.yaml", cwd=tmp_path).stdout)
    assert [row["line"] for row in rows] == lines


def test_a_good_file_beside_a_bad_one_is_told_to_be_good(souspli: Run, tmp_path: Path) -> None:
    """Each file has its own last line; one bad file is enough for exit 1."""
    (tmp_path / "good.yaml").write_text(HEAD + GOOD, "utf-8")
    (tmp_path / "bad.yaml").write_text(HEAD, "utf-8")
    done = souspli("check", "good.yaml", "bad.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "good.yaml: good, 1 item\n" in done.stdout
    assert souspli("check", "good.yaml", "assore/site", cwd=tmp_path).returncode == 0


def test_a_hostile_file_cannot_steer_the_terminal(souspli: Run, tmp_path: Path) -> None:
    """What a problem quotes from a file is shown without its control characters."""
    hostile = '  - {type: "\\e[31mtext", name: "\\e]0;title\\a", label: T, "\\e[2J": x}\n'
    (tmp_path / "bad.yaml").write_text(HEAD + GOOD + hostile, "utf-8")
    done = souspli("check", "bad.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.stdout) is None
