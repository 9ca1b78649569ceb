"""Who may read, and what it means: keys, sample, records opened, estimates.

The study: `study.py`, `founding.py`, `custody.py` and `ledger.py` (its folder, keys and own ledger).

The sample: `frame.py`, `strata.py`, `draw.py`, `certificate.py`, `sample.py` and `sampling.py`.

Laptops: `devices.py` and `kits.py` (added, tested, given a kit), `assignable.py` and `assign.py` (given
their cases, by the custodian).

Records taken in: `collect.py`, with `bundles.py`, `vouching.py`, `intake.py`, `receipts.py` and
`index.py`; `whereabouts.py` (what is where). Opened: `unseal.py`, with `agreement.py` and
`amendments.py`; `recovery.py` (interviews nobody can finish).

What they say: `responses.py` and `table.py` (people as rows), `weight.py`, `design.py`, `columns.py`,
`intervals.py`, `askable.py`, `cells.py`, `estimate.py` and `figures.py` (what they say of everybody).

What leaves: `dataset.py`, `archive.py` and `formats/`. All of it at once: `demo.py` and `simulation.py`.
`verbs/` holds the commands, `bars.py` shows how far they are.
"""
