"""The pages of the window, a module each."""
