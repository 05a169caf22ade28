"""What is kept: recordings of sessions. The only room that knows SQLite."""
