"""How the program's threads share the processor: set once, where a program starts."""

import os
import sys

#: Seconds a thread keeps the interpreter when another one wants it. The tracker comes back from its library many times
#: for each picture; with Python's own 5 ms a busy thread beside it makes its calls two to three times slower.
SWITCH_S = 0.0005


def share_processor() -> None:
    """Give each library one thread: the tracker, the window and the camera already are several, our matrices are small,
    and a picture whose halves wait for two threads comes later than one. To be called before numpy and cv2 are
    imported, which read the number of their threads only then."""
    sys.setswitchinterval(SWITCH_S)
    for threads in ("OPENCV_FOR_THREADS_NUM", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(threads, "1")
