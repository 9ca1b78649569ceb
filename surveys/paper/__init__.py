"""The questionnaire on paper, and its conditions in words.

Read `wording.py` (the words, French and English), `numbering.py` (A1, D14), `written.py`, `parts.py`
and `words.py` (a condition as it is written, taken apart, and in words), `cases.py`, `answers.py` and `routing.py` (what is certain
where, and so which skips may be printed), `skips.py` (directions in words), `fields.py` and `sheet.py`
(what the paper shows), `typeset.py` with `paper.typ` (how it looks). Outside callers need
`words.said(expression, instrument, language)`, `numbering.numbers(instrument)`,
`skips.skips(instrument, language)` and `typeset.pdf(instrument, language)`.
"""
