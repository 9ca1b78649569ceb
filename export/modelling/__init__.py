"""The ten-year comparison: a cohort model in YAML, fed by the study's own estimates, and how sure it is.

A model's YAML: `written.py` (numbers, lengths of time, formulas), `parameters.py`, `reading.py` (the whole),
`checks.py` (what cannot be), `shipped.py` (the models in `models/`), `fed.py` (the study's own estimates
in it).

What a model is: `model.py`, with `formula.py` (numbers written as formulas) and `distributions.py` (how
sure a number is). Its mathematics, in this order: `values.py` (parameters, drawn or not), `cohort.py`
(where people are, what it costs and yields), `comparison.py` (dominance and ratios), `probabilistic.py`
(draws, acceptability, value of information), `sensitivity.py` (one parameter at a time, scenarios, budget,
offset), `results.py` (all of it).

What is shown of it: `told.py` (in words), `printed.py` (on a terminal), `as_json.py`, `as_csv.py`.
"""
