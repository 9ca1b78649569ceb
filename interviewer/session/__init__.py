"""What an interviewer does in a day: cases, visits, appointments, interviews, the hand-over.

Read `agenda.py` (what is to be done today, as lines: pure), `when.py` (days and hours, as they are
typed and said), `frame.py` and `dialogue.py` (the terminal: one question at a time, locked when left
alone), `desk.py` (what the session works with), `held.py` (an interview in a process of its own),
`told.py`, `visits.py` and `case.py` (one case), `correcting.py` (a mistake in what is sealed),
`errands.py` (hand-over, device sheet, the rest of a day), `day.py` (all of it together).
"""

from interviewer.session.day import hold, study_title

__all__ = ["hold", "study_title"]
