"""What is asked: no terminal, no keys, no answers.

Read `instrument.py` (what a questionnaire is), `kinds/` (what an answer can be), `expressions/`
(conditions and calculations), `yamltree.py` and `reading.py` (YAML → typed values with their places),
`keep_rule.py` (what may be kept of an answer), `tables.py` (CSV files beside it), `load.py` (YAML →
Instrument), `check.py` with `checks/` (rules of the whole), `plan.py` (made ready for replay) and
`codebook.py` (the description that travels with data). Then the ways in and out: `xlsform/` (from and
to XLSForm) with `yamlwriter.py` (a tree → YAML), `formats/` (REDCap, DDI, the JSON Schema for editors),
`paper/` (the questionnaire to print) with `typesetting.py` (PDF), and `overview/` (outline, routes, length). `instruments/` holds the
questionnaires and `shipped.py` opens them; `verbs/` the commands; `outfile.py` what
they write; `codes.py` the codes of cases and of cards; `problems.py` what is said when something is
wrong; `language.py` and `locale/` the language of the interface, `saying.py` how it fits a terminal.
"""
