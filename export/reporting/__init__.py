"""The report people read: one page made of a plan, with nobody in it who could be recognised.

What stands in it, as values: `report.py` (the parts of a report), `usual.py` (the plan where none is
given), `titles.py` (what questions and estimates are called), `publishing.py` (what is found against it,
and the note of it before it leaves).

How it looks: `page.py` (the whole page, in order), `participation.py` (from the draw to the interview),
`respondents.py` (who took part), `answers.py` and `parts.py` (what was asked, one number or several) made
of `laid_out.py`, `texts.py` (limits, methods, marks), `sources.py` (questionnaires, certificate of the
draw), `style.py`. Figures: `charts.py` (what is drawn), `svg.py` (as it stands in a page).

The section on a model: `model.py` (in order) and `model_uncertainty.py` (how sure it is). Its tables:
`model_tables.py` (what it comes to), `model_uncertainty_tables.py`, `model_values.py` (its values, where
they come from), made with `model_markup.py`. Its figures: `model_bars.py`, `model_lines.py`,
`model_plane.py`, on `model_axes.py`. What a report of a model has to say: `cheers_items.py`, filled in by
`cheers.py`.
"""
