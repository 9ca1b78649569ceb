"""Who is asked: a sample that anyone can draw again, and that shows no one who is in it.

First the values: `drawn.py` (units, design, plan, the people selected), `folder.py` (the files of a
draw), `fraction.py` (a part of some people), `strata.py` (shares of a sample, strata merged),
`tickets.py` (beacon → seed → tickets).

Then the list drawn from: `table.py` (rows that know their place), `intake.py` (a file → its table),
`parquet.py` (one kind of file, read apart), `personal.py` (columns that must not be there), `checks.py`
(all else that is wrong), `frame.py` (the one canonical form, in columns).

Then the draw: `selection.py` (the smallest tickets), `draw.py` (frame, design and public randomness →
people), `certificate.py` (what a third party needs to do it again), `steps.py` (commit, then draw, in
the study's folder); before it, `planning.py` (how precise it will be), `proposal.py` (a draw as it
would be), `proposed.py` (as it is read); after it, `page.py`
(the certificate to publish).

Then what comes of it: `sample.py` (the cases, for the lead), `crosswalk.py` (who they are, for the
custodian), `reserve.py` (what is left in reserve) and `releases.py` (batches of it, in the ledger).
"""
