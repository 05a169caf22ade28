"""The core: how a movement is judged. No clock, no I/O, no threads, no randomness in here."""
