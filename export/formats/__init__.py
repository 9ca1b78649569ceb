"""The files of a dataset, one small module a format: a table in, bytes out.

Read `csv.py`, `parquet.py` and `codebook.py`. Nothing here writes to a disk.
"""
