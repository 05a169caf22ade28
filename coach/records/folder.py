"""Folders for their owner's eyes only."""

from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, so that only its owner can look in; what is there stays as it
    is. Raises OSError."""
    if folder.is_dir():
        return
    # Made one by one: for the missing parents `mkdir` would take the usual permissions.
    make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
