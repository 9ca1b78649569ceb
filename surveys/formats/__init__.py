"""What other tools read of a questionnaire, one small module a format; nothing here writes to a disk.

Read `limits.py` (a constraint as the least and the most it lets pass) and `losses.py` (the columns a
format has no place for), then `redcap.py` with `redcap_names.py`, `redcap_fields.py` and
`redcap_logic.py` (a REDCap data dictionary), `ddi.py` with `ddi_variables.py` and `xml.py` (a
DDI-Codebook 2.5 document), and `schema.py` with `shapes.py` (the JSON Schema by which editors complete
and check a questionnaire). What a format cannot hold is a problem of severity warning and check "loss".
"""
