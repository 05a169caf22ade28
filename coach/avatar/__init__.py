"""One drawn face: demonstrator, built-in performer, the user's own mirror, and the figure in replays."""
