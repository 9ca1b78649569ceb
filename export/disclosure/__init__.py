"""What leaves tells of no one: how risky a dataset is, what would make it less so, at what cost.

For datasets, read `rules.py` (what is asked for: a profile, k, what is left out or joined), `routes.py` and
`keys.py` (what others may know of a person), `classes.py` (who is alike) with `matching.py` and `following.py` (who may be whom), and what is measured of them:
`risk.py`, `uniqueness.py`, `diversity.py`, gathered in `measures.py`. Then what can be done: `recoding.py`
(coarser values), `treatment.py` (done to tables, row by row), `asked_for.py` (what the rules ask), `seen.py` (people under a
treatment), `coarsening.py` and `suppression.py` (values joined, cells emptied) with `groups.py` (who is put together), `stages.py` and
`remedies.py` (the cheapest of these), `proposal.py` and `costs.py` (as a treatment, and what it loses). `gate.py` puts it
together; `told.py` and `as_json.py` say it.

For what is published, `published.py` (who is in each group that is shown), `log.py` (all that was, sealed to
the study's key), `divisions.py` (two tables of the same people), `differencing.py` (what a publication tells beside the others)
and `publishing.py` (noted before it leaves, or refused).
"""
