"""Scripts beside an analyst's dataset: every figure, redone in R or Stata by whoever has the data.

Read `beside.py` (what lies beside the tables), `design_file.py` (the design as a table), `lines.py` (what was
asked, as figures of expressions), then how these are written: `columns_read.py`, `r_expression.py` and
`r_script.py` with `expressions.R`, `design.R` and `estimates.R`; `stata_expression.py` and `stata_script.py`
with `estimates.do`.
"""
