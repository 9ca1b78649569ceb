"""How many of those drawn answered: outcomes, rates, visits. It opens no record and changes none.

Read `rates.py` (response, cooperation, refusal, contact, from the numbers of the classes of dispositions), then `cases.py` (what became of each case), `visits.py` (what it
took), and `progress.py`, which puts them together, by week, stratum, interviewer, batch.

`page.py` prints it; `html.py` is a page to be shown around, with groups as `coarse.py` puts them together;
`telling.py` has the sentences of both, `as_json.py` all of it for programs. docs/response.md says what each
figure means.
"""
