"""Who asks, and what is kept: answers live here in memory and leave sealed.

An interview: `interview.py` (answers folded over an instrument), `keep.py` and `scrub/` (what may be
kept), `lines.py` and `screen/` (the two front ends; `sitting.py` is what they share), `respondent.py`
(a simulated one).

What is sealed: `record.py`, in the format of `age/`. Until then `vault.py` (the laptop's keys under a
passphrase), `frames.py` (files of encrypted frames) and `draft.py` (an interview under way);
`closing.py` and `holding.py` lead from the first question to the outbox, whatever breaks.

The laptop: `files.py`, `passphrases.py` and `process.py` (disk, keyboard, processes), `foreign.py`,
`signed.py` and `padded.py` (what anybody may have written, two kinds of files), `kit.py`, `device.py`, `enrolment.py` and `laptop.py` (set up, then
unlocked), `ledger.py` and `outbox.py` (what was done, what waits), `bundle.py`, `receipt.py` and
`handover.py` (what leaves), `whereabouts.py` and `doctor.py` (what is where, what cannot be ensured).

The day: `outcomes.py` and `cases.py` (people drawn, and what came of each), `session/`.
`verbs/` holds the commands.
"""
