"""What other tools read of a questionnaire, one small module a format; nothing here writes to a disk.

Read `limits.py` (a constraint as the least and the most it lets pass) and `losses.py` (what a format
has no place for: warnings of the check "loss"). Then, for a REDCap data dictionary, `redcap_names.py`
and `redcap_fields.py` (what becomes a field, and what it holds), `redcap_columns.py` (what one question
fills), `redcap_logic.py` (conditions in REDCap's words), `redcap_losses.py` and `redcap.py`, which puts
them together: `redcap.dictionary`. For a DDI-Codebook 2.5 document, `markup.py`, `ddi_variables.py`
and `ddi.py`: `ddi.ddi`. For the JSON Schema by which editors complete and check a questionnaire,
`shapes.py` and `schema.py`: `schema.schema`.
"""
