"""What the custodian does: who is linked to what, told to nobody else. No answer is read here.

Read `links.py` (link files opened), then what they are opened for: `persons.py` (which records are one
person) and `requests.py` (which records a withdrawal card names). What is printed: `cards.py` with
`cards.typ` (participants' cards) and `sheets.py` with `sheets.typ` (who is to be visited where).
"""
