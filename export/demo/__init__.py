"""A whole study on one machine, simulated and saying so.

Read `simulation.py` (the frame, the people and what becomes of each), `stages.py` (from the draw to
what is collected, calling what the verbs call). `tables.yaml` is what its report computes.
"""
