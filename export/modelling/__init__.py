"""The ten-year comparison: a cohort model in YAML, fed by the study's own estimates, and how sure it is.

A model's YAML, as it is read: `written.py` (names, numbers, lengths of time), `written_formulas.py`,
`uncertainty.py` (how sure a value is), `parameters.py` (values and where they come from), `states.py`,
`outcomes.py` (costs and effects), `strategies.py`, `conventions.py` (how it counts), `scenarios.py`,
`reading.py` (the whole). Then `checks.py` (what cannot be) by what is `known.py`, `shipped.py` (the models
in `models/`), `fed.py` (the study's own estimates in it).

What a model is: `model.py`, with `formula.py` (numbers written as formulas) and `distributions.py` (how
sure a number is). Its mathematics, in this order: `values.py` (parameters, drawn or not), `cohort.py`
(where people are, what it costs and yields), `totals.py` (for many values at once), `comparison.py`
(dominance and ratios), `probabilistic.py` (draws, acceptability, value of information), `sensitivity.py`
(one parameter at a time, scenarios), `budget.py` (by year, and what is offset), `results.py` (all of it).

What is shown of it: `figures.py` (numbers as they are read), `told.py` (in words), `printed.py` (on a
terminal, in `columns.py`), `as_json.py`, `as_csv.py`.
"""
