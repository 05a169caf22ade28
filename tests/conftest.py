"""Shared by all tests: no display is needed, and the big test data may be absent."""

import json
import os
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# A busy machine is no fault of the code: no test may fail for the time it takes.
hypothesis.settings.register_profile("coach", deadline=None)
hypothesis.settings.load_profile("coach")

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-screenshots", action="store_true", help="draw the pictures of tests/screenshots anew")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test data beside the project."""
    if not (SHARED / "data" / "clips.json").is_file():
        pytest.skip("no ../shared/data beside the project")
    return SHARED


def clip_entries() -> list[dict[str, Any]]:
    """The entries of clips.json, none where the data is absent."""
    path = SHARED / "data" / "clips.json"
    return json.loads(path.read_text())["clips"] if path.is_file() else []
