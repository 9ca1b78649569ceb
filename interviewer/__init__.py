"""Who asks, and what is kept: answers live here in memory and leave sealed.

Read `interview.py` (answers folded over an instrument), `keep.py` and `scrub/` (what may be kept),
`lines.py` and `screen/` (the two front ends; `sitting.py` is what they share), `record.py` (what is
sealed), `age/` (the format it is sealed in), `kit.py`, `device.py` and `outbox.py` (the laptop),
`closing.py` (from a sitting to the outbox), `respondent.py` (a simulated one).
"""
