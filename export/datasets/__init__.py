"""What leaves: tables with the words that explain them, in one encrypted file.

Read `dataset.py`, then what it puts together: `csv.py` and `parquet.py` (a table in, bytes out),
`codebook.py` and `readme.py`, and `archive.py` (the zip around them). Scripts are handed in as files. Only `dataset.write` touches a disk.
"""
