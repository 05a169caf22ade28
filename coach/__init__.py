"""Facial-exercise form coach: watch a face, count repetitions, judge their form, replay the reasons.

Importing this package loads nothing heavy; `coach.frame` holds the two values the program is made of.
"""

import logging
import os

__version__ = "0.5.1"

#: Without a file to write it into (`coach.records.log`) nothing is logged, to the terminal neither.
logging.getLogger(__name__).addHandler(logging.NullHandler())

# OpenCV reads it when it is loaded, by whichever module: with transforms in hardware a camera takes from seconds to
# minutes to open on Windows.
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
