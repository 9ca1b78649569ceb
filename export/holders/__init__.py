"""The holders of a study's keys: who they are, that they can open, new keys for a wave, and their end.

`keyring.py` (whose the keys of a study are, of this wave and those before), `proof.py` (each holder
shows that they can open), `rotation.py` (new keys for the next wave) with `study_file.py` (study.yaml
with other recipients, and not a word else), `destruction.py` (what becomes unreadable without a key, and
the key destroyed).
"""
