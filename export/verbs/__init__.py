"""The commands of this room: one verb, one file, `describe` and `run`."""
