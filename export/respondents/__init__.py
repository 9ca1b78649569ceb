"""From records to people: who counts, for how many, and what they said, a row each.

Read `counting.py` (which record counts of each case) and `dispositions.py` (what became of it), then
`weight.py`: for how many it counts, made step by step. What the
steps are stands in `weighting.py`; `weights_file.py` reads them from the study folder, `margins_file.py`
the totals among them. They are non-response by class (`nonresponse.py`), then what `treating.py` does
with the answers: totals met (`calibrating.py`, by the values in `categories.py`), bounds
(`trimming.py`). `diagnostics.py` shows what they did. Then `responses.py` (records opened and joined
with the sample) with `answers.py` (what they hold, in columns that take little memory), `remarks.py` (what
the lead must know of it), `part.py` (some of the respondents), `table.py` (their answers as they leave,
without what never does) with `design_columns.py` (where a row comes from).

Several versions of a questionnaire become one in `versions.py`, by what is the same in them
(`meaning.py`): its questions in `joined.py`, their order in `grafted.py`. `changes.py` says what changed.
"""
