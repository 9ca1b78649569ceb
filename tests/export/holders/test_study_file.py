"""study.yaml with other recipients, and not a word else."""

from __future__ import annotations

import pytest

from export.holders.study_file import with_recipients
from export.study import Study
from surveys.problems import Refusal

NEW = {"study": "keys/study-2.pub", "escrow": "keys/escrow-2.pub"}


def written(study: Study, recipients: str, replaced: dict[str, str] = NEW) -> str:
    """Return study.yaml as it becomes, once these are its recipients."""
    path = study.folder / "study.yaml"
    text = path.read_text("utf-8")
    before = text[text.index("recipients:") : text.index("# The public half")]
    path.write_bytes(text.replace(before, recipients).encode())
    return with_recipients(study, replaced)


@pytest.mark.parametrize(
    "recipients",
    [
        "recipients:\n  study: [keys/study.pub]\n  escrow: [keys/escrow.pub]\n  custodian: [keys/custodian.pub]\n",
        "recipients:   # mine\n  # keys/study.pub, and no other\n  study:\n    - keys/study.pub  # keys/study.pub\n"
        "  escrow: ['keys/escrow.pub']\n  custodian: []\n",
        'recipients: {study: [keys/study.pub], escrow: ["keys/escrow.pub"], custodian: [keys/custodian.pub]}\n',
        "recipients: {escrow: [ keys/escrow.pub ], study: [ keys/study.pub ]}\n",
        "recipients:\r\n  study: [keys/study.pub]\r\n  escrow: [keys/escrow.pub] # é\r\n",
    ],
)
def test_names_are_replaced_and_nothing_else(study: Study, recipients: str) -> None:
    """Comments, quotation marks, spaces and line ends stay, wherever the names stand."""
    made = written(study, recipients)
    text = (study.folder / "study.yaml").read_bytes().decode()
    assert made.replace("-2.pub", ".pub") == text
    assert made.count("study-2.pub") == made.count("escrow-2.pub") == 1


@pytest.mark.parametrize(
    "recipients",
    [
        "recipients:\n  study:\n    - >-\n      keys/study.pub\n  escrow: [keys/escrow.pub]\n",
        'recipients:\n  study: ["keys\\x2fstudy.pub"]\n  escrow: [keys/escrow.pub]\n',
        "recipients:\n  study:\n    - |\n      keys/study.pub\n  escrow: [keys/escrow.pub]\n",
        "recipients:\n  study:\n    - keys/study\n      .pub\n  escrow: [keys/escrow.pub]\n",
    ],
)
def test_a_name_written_otherwise_is_left_to_a_person(study: Study, recipients: str) -> None:
    """Refused with the lines to write, rather than guessed."""
    with pytest.raises(Refusal, match="write them like this"):
        written(study, recipients)


@pytest.mark.parametrize("names", ["[]", "[keys/study.pub, keys/escrow.pub]"])
def test_a_role_keeps_the_number_of_its_keys(study: Study, names: str) -> None:
    """One becomes one: records keep their size."""
    with pytest.raises(Refusal, match="the same size"):
        written(study, f"recipients:\n  study: {names}\n  escrow: [keys/escrow.pub]\n")
