"""What respondents say of everybody: estimates under the design, none of too few people.

What is asked: `asked.py` (expressions in, answers out), `wanted.py` (one estimate, read),
`askable.py` (what is refused before anything is opened), `tabulation.py` (a plan of many), and
`columns.py` (an expression over all rows).

One number: `cells.py` (who it is about), `estimate.py` (what it is of), `accuracy.py` (its error and
interval), which rest on `design.py` (the variance of a total), `adjustment.py` (what weights that
meet totals take off it), `replicates.py` (the jackknife), `quantiles.py`, `intervals.py`.

Several numbers: `surveyed.py` (columns with their design, which `weighted.py` makes of respondents),
`classes.py` (people divided by an answer), `shares.py`, `crosstab.py`, `change.py`, with
`independence.py` (tests) and `bounds.py` (worst cases). What came of everything asked: `found.py`.

What is not shown: `withheld.py` (cells of one table), `dominance.py` (sums that are one person's); of
tables printed together `members.py` (who is in each cell), `linked.py` (what gives a small one away) and
`left_out.py` (answers without that).

What is read: `figures.py` on a terminal, as tables (`tabled.py`, `crossed.py`) or as charts (`charted.py`, of
`strokes.py`), with what both have in common (`manner.py`), values by `words.py`, numbers by `numerals.py`;
`as_json.py` by programs.
"""
