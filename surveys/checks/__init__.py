"""The rules of a whole instrument: one function, one invariant, one name that `accept` can say.

Read `rule.py` (what a rule is), `form.py` (the instrument, indexed once for all rules) and `facts.py`
(what an expression says of items); then the rules: `names.py`, `lists.py`, `texts.py`,
`references.py`, `order.py`, `types.py`, `patterns.py`, `logic.py` with `conditions.py`,
`domains.py` and `ranges.py` (which conditions can hold), `leaks.py`, `privacy.py` and `uniqueness.py`. `acceptance.py` is what a file
may accept with a reason, and `rendered.py` how problems are shown. `surveys/check.py` calls them all.
"""
