"""What respondents say of everybody: estimates under the design, none of too few people.

Read `asked.py` (expressions → estimates) with `askable.py` (what is refused before anything is opened),
`columns.py` (an expression over all rows), `cells.py` (who a figure is about), `design.py` (the one
variance there is), `intervals.py`, `estimate.py` (all four put together), `figures.py` (printed, or as JSON).
"""
