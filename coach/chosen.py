"""What holds for a command: what its options say, else the settings, else the usual."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from coach.plan.screening import UNREADABLE, due
from coach.records.settings import Settings


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a command goes by.

    settings  of the window, as they are in the file
    folder    where records are kept
    person    who exercises
    camera    its number
    mirrored  whether its pictures, or those of the video, come as a mirror shows them
    """

    settings: Settings
    folder: Path
    person: str
    camera: int
    mirrored: bool
    gentle: bool
    keep_video: bool

    @property
    def must_ask(self) -> bool:
        """Whether the health questions are to be asked before anybody is led."""
        return UNREADABLE in self.settings.answers or due(self.settings.screened, date.today().isoformat())


def choose(
    settings: Settings,
    folder: Path,
    *,
    person: str | None = None,
    camera: int | None = None,
    mirrored: bool | None = None,
    gentle: bool | None = None,
    keep_video: bool = False,
    film: bool = False,
) -> Chosen:
    """Return what holds. Each option is None where it was not given. film: it is about a video, so that what the
    settings say of the camera says nothing of it."""
    return Chosen(
        settings,
        folder,
        settings.person if person is None else person,
        settings.camera if camera is None else camera,
        (settings.camera_mirrors and not film) if mirrored is None else mirrored,
        settings.gentle if gentle is None else gentle,
        keep_video or settings.keep_video,
    )
