"""The program `coach` until its window is drawn for the first time, then it ends at once:
`python -m benchmarks.first_picture FOLDER`, with settings and records in that folder."""

import os
import sys

#: Where programs look for the folders of settings and records.
PLACES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA")


def main(folder: str) -> None:
    os.environ.update(dict.fromkeys(PLACES, folder), SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy")
    from coach.cli import main as coach  # first, as the program does it

    import pygame  # isort: skip

    pygame.display.flip = lambda: os._exit(0)
    sys.argv = ["coach"]
    coach()
    sys.exit("the window was never drawn")


if __name__ == "__main__":
    main(sys.argv[1])
