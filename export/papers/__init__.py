"""What a data-protection officer asks for, from study.yaml and the questionnaires: nothing is opened.

Read `parts.py` (what a document is made of), `speaking.py` (its language), `phrases.py` (what several
documents say), `kept.py` (items as they are kept), then the six documents: `register.py`,
`collected.py`, `access.py`, `retention.py`, `information.py` and `impact.py` with `risks.py`. `papers.py` puts a
head on each: where it comes from, what is left to do. `html.py` and `typeset.py` (with its template)
say how one looks. A document claims nothing that no code does, and marks what a person must complete.
"""
