"""Facial-exercise form coach: watch a face, count repetitions, judge their form, replay the reasons.

Importing this package loads nothing heavy; `coach.frame` holds the two values the program is made of.
"""

import logging

__version__ = "0.5.1"

#: Without a file to write it into (`coach.records.log`) nothing is logged, to the terminal neither.
logging.getLogger(__name__).addHandler(logging.NullHandler())
