"""XLSForm ⇄ the questionnaire language.

In: read `cells.py` (bytes → cells) with `old_reach.py` (how far those of an .xls reach), `columns.py`
and `words.py` (what columns and types are called), `languages.py` and `nodes.py` (cells → nodes),
`survey_sheet.py`, `choices_sheet.py` and `settings_sheet.py` (rows → the tree), `placeholder.py` (what a
terminal cannot hold), `missing.py` (codes that stand for a refusal), `reading.py`, and `opening.py` (a
file, read and checked). Out: `writing.py` (instrument → rows), `elsewhere.py` (what other tools will
not do with them) and `book.py` (rows → .xlsx).

What XLSForm has no column for stands in columns of ours, `bind::souspli:KEY` among the questions,
`souspli_KEY` among the choices, `souspli:KEY` in the settings; what our language has no key for is kept
under its own name, with `xlsform_` before it where that name means something here.
"""

from surveys.xlsform.book import workbook
from surveys.xlsform.reading import read

__all__ = ["read", "workbook"]
