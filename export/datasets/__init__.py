"""What leaves: tables with the words that explain them, in one encrypted file.

Read `dataset.py`, then what it puts together: `csv.py` and `parquet.py` (a table in, bytes out),
`readme.py`, the codebook, and `archive.py` (the zip around them). Scripts are handed in as files. Only `dataset.write` touches a disk.

Formats: `described.py` (tables with what each column is) is all that a format reads, and `formats.py` names
them all. Of those with labels and kinds of missing values: `coding.py` (choices as numbers), `names.py`
(names and labels as short as they must be), `plain_file.py` (a file that is on no disk), `spss.py`,
`stata.py` and `renamed.py` (what became of names and values there). Then `xlsx.py`, `redcap.py`, and the
scripts that read the CSV: `read_r.py`, `read_stata.py`, `read_spss.py`.

The codebook: `tally.py` (rows counted as they pass), `frequencies.py` (how often each answer is there, as far
as that may be told) with `linked.py` (what one column would give away of another), and `book.py` (what is said
of a variable), written as Markdown by `codebook.py`, as a page by `codebook_html.py`, and for data portals by
`ddi.py` with `ddi_study.py`.
"""
