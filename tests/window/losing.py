"""The program on an X display that is taken away, from within, at a page and on a way out that are named.

    python losing.py PAGE WAY WHEN DISPLAY_PID COMMAND...

PAGE is the name of what is to be seen (as the album calls it) when it happens. WAY is how the program is left then:
"quit" (the window is closed), "escape", "term" (SIGTERM), "error", or "none": only the display goes. WHEN is "before"
the way out, "during" it (as the window is about to close), or "after" the window has closed.
"""

import os
import signal
import sys
import time
from typing import Any

import pygame

import coach.window.app
import coach.window.display
import coach.window.loop
import coach.window.lost
import coach.window.screens.replay
from coach import cli
from coach.window.ui import Ui

#: The keys that lead on from each page to the next one of those that are waited for.
LEADS = {
    "library": {"home": pygame.K_l},
    "settings": {"home": pygame.K_s},
    "progress": {"home": pygame.K_p},
    "questions": {"home": pygame.K_q},
    "help": {"home": pygame.K_F1},
}


def main(page: str, way: str, when: str, display: int, command: list[str]) -> None:
    draw, close = coach.window.app.App.page, coach.window.lost.close_display
    done, pressed = [], []

    def take_away() -> None:
        os.kill(display, signal.SIGKILL)
        time.sleep(0.1)

    def drawn(app: Any, ui: Ui) -> str:
        name: str = draw(app, ui)
        if os.environ.get("TELL"):
            print("page", name, file=sys.stderr)
        key = LEADS.get(page, {}).get(name)
        if key is not None and not pressed:
            pressed.append(key)
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))
        if page in ("summary", "last-summary", "final") and not done and name not in ("starting", page):
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_RIGHT))
        if name == page and not done:
            done.append(name)
            if when == "before":
                take_away()
            if way == "quit":
                pygame.event.post(pygame.event.Event(pygame.QUIT))
            elif way == "escape":
                pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE))
            elif way == "term":
                os.kill(os.getpid(), signal.SIGTERM)
            elif way == "error":
                raise RuntimeError("something in a page")
        return name

    def closing(*given: Any, **named: Any) -> None:
        if when == "during" and done:
            take_away()
        close(*given, **named)
        if when == "after" and done:
            take_away()

    coach.window.app.App.page = drawn  # type: ignore[method-assign]
    for module in (coach.window.loop, coach.window.screens.replay, coach.window.display):
        module.close_display = closing  # type: ignore[attr-defined]
    sys.argv = ["coach", *command]
    cli.main()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5:])
