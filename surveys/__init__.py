"""What is asked: no terminal, no keys, no answers.

Read `instrument.py` (what a questionnaire is), `kinds/` (what an answer can be), `expressions/`
(conditions and calculations), `yamltree.py` and `reading.py` (YAML → typed values with their places),
`load.py` (YAML → Instrument), `check.py` (rules of the whole), `plan.py` (made ready for replay),
`codebook.py` (the description that travels with data). `instruments/` holds the questionnaires,
`verbs/` the commands, `language.py` the language of the interface.
"""
