"""Every frame of a judgement as a table in a file, for those who want to look for themselves.

Columns: file, exercise, time_s, phase, match, reps, hold_s, cue, then every measure by its name (lengths in OC,
angles in degrees, blendshapes 0..1). Empty where no face was seen.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

from coach.errors import BadInput
from coach.form.measures import NAMES
from coach.frame import Array, Feedback
from coach.records.sheet import rows_into

_HEAD = ("file", "exercise", "time_s", "phase", "match", "reps", "hold_s", "cue", *NAMES)


class FrameTable:
    """A CSV file being written, or nothing when there is no path. Use as a context manager."""

    def __init__(self, path: Path | None, decimal_comma: bool = False) -> None:
        """decimal_comma: as `rows_into` has it. Raises BadInput when the file cannot be written."""
        self._file = None
        if path is not None:
            try:
                self._file = path.open("w", newline="", encoding="utf-8")
            except OSError as error:
                raise BadInput(f"{path}: cannot be written ({error.strerror}); choose another place") from None
            self._write = rows_into(self._file, decimal_comma)
            self._write(_HEAD)

    def add(self, file: str, exercise: str, feedback: Feedback, measures: Array | None) -> None:
        """Write the line of one frame; measures (M,) or None without a face."""
        if self._file is None:
            return
        match = "" if feedback.match is None else f"{feedback.match:.4f}"
        values = [""] * len(NAMES) if measures is None else [f"{v:.5f}" for v in measures]
        self._write(
            [
                file, exercise, f"{feedback.time:.4f}", feedback.phase.value, match, feedback.reps,
                f"{feedback.hold_s:.2f}", feedback.cue, *values,
            ]
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
