"""The integrity of interviewing: where to look, whom to ask, which cases to check back. Never proof.

Each file is functions from records and ledgers to figures. Read `said.py` (what a record says, as far as
an audit looks), then `workload.py` (who did how much), `starts.py` (what became of what each laptop began),
`speed.py`, `likeness.py` and `straight.py` (too fast, too alike, the same answer all the way down), `habits.py`
(left unanswered, changed, rounded), `shares.py` (one interviewer beside all the others); `audit.py` puts
them together, `page.py` and `signs.py` print them.

`backcheck.py` chooses cases to be checked back, `comparison.py` sets the two interviews of a case side by
side, `checked.py` prints that. `as_json.py` is both for programs. What each figure can tell stands in
docs/auditing.md.
"""
