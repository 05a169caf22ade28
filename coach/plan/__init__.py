"""What to do and in which order: sets, and later routines and the rules of practice."""
