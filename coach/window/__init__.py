"""The pygame window: the only room that imports pygame. It draws; how a movement is judged lies below it."""

import os

# pygame greets on stdout when it is imported; stdout is for results.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
