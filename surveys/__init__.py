"""What is asked: no terminal, no keys, no answers.

Read `instrument.py` (what a questionnaire is), `kinds/` (what an answer can be), `expressions/`
(conditions and calculations), `yamltree.py` and `reading.py` (YAML → typed values with their places),
`keep_rule.py` (what may be kept of an answer), `load.py` (YAML → Instrument), `check.py` and
`carried.py` (rules of the whole; what an item shows of others), `plan.py` (made ready for replay),
`codebook.py` (the description that travels with data). `instruments/` holds the questionnaires and
`shipped.py` finds them; `verbs/` the commands; `problems.py` what is said when something is wrong;
`language.py` and `locale/` the language of the interface.
"""
