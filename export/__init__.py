"""Who may read, and what it means: keys, sample, records opened, estimates.

What all of it stands on: `study.py` (what a study is: the lead's folder) with `declared.py` (what its
controller declares of it), `custody.py` (its keys), `founding.py` (how it is made), `changing.py` (how it goes
on with another version of a questionnaire), `ledger.py` (who opened what, and when), `cores.py` (much work,
spread), `bars.py` (long work, shown), `numerals.py` and `days.py` (how numbers and days are written), `intervals.py` (limits that
plans and estimates share), `layout.py` (tables of text), `markup.py` (pages of HTML), `commands.py` (what to
type next).

Then the rooms, in the order of a study; each begins with a guide of its own. `drawing/` (frame → sample),
`laptops/` (who interviews, and whom), `holders/` (keys shown to open, replaced, destroyed), `collecting/`
(sealed records taken in, none opened), `linking/` (what the custodian does: cards, sheets, whose record),
`unsealing/` (opened, and checked before an answer is used), `respondents/` (people as weighted rows),
`response/` (what became of every case, and the rates of it), `auditing/` (how interviews were held),
`estimating/` (what they say of everybody), `disclosure/` (what leaves tells of no one), `scripts/` (the
estimates in R and Stata), `datasets/` (what leaves, encrypted), `modelling/` (what it costs, over ten years), `reporting/` (the study as a page), `papers/`
(what a data-protection officer asks for). A room uses only those before it.

`demo/` goes from the draw to what is collected, simulated, on one machine. `verbs/` holds the commands.
"""
