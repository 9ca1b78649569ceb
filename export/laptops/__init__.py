"""Who interviews, and whom: the laptops of a study and the cases of each.

Read `devices.py` (added, then tested), `kits.py` (what the lead signs for each), `assignable.py` (which
cases may be given) and `assign.py` (given by the custodian, so that the lead cannot read which),
`accounts.py` (what each says it began and sealed, as last seen).
"""
