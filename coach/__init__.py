"""Facial-exercise form coach: watch a face, count repetitions, judge their form, replay the reasons.

Importing this package loads nothing heavy; `coach.frame` holds the two values the program is made of.
"""

__version__ = "0.4.0"
