"""A questionnaire at a glance, for whoever decides whether to field it.

Read `outline.py` (the items as indented lines, each condition above what waits for it), `routes.py`
(who is led where, as a graph) with `diagrams.py` (the graph for Graphviz or as Mermaid), and
`length.py` (minutes and keys) with `rehearsal.py` (answers drawn at random, to walk every way).
"""
