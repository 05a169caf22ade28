"""A display that goes away while the window is open, and a window that must close all the same.

X11's library ends a program whose display is gone, from within whatever it does, without a word to Python. It can be
asked not to (`XSetIOErrorExitHandler`, in libX11 since 1.7); then nothing that belongs to the display may be touched
any more, and what was done is kept as at any other end. Other systems do not end programs in this way.

Closing a window waits for an answer of the display (SDL hides it first, in a loop that has no end when none comes). So
an X11 window is not closed: we hang up, and the display takes away whatever belongs to a program that is gone.
"""

import atexit
import ctypes
import faulthandler
import os
import sys
from contextlib import suppress
from threading import Timer
from typing import Any

import pygame

from coach.errors import DisplayLost

#: Seconds from the first step of an end to the last one: recordings are closed in a second or two, and threads that
#: hang are waited for as long. After them the program ends wherever it is: what was done is in its files by then.
MOST_S = 30.0
LOST = "the display is gone; what was done is kept"
_STUCK = "the window does not close; what was done is kept"

_IO_HANDLER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_EXIT_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)

_lost = _watched = _closing = False
_deadline: Timer | None = None
_NOWHERE = open(os.devnull, "w")  # noqa: SIM115 - it must be there whenever the program ends


def _broken(display: int | None) -> int:
    global _lost
    if not _watched or _closing:  # the library ends the program, or waits for ever, when we return
        _leave(LOST)
    _lost = True
    must_end()
    return 0


def _stay(display: int | None, data: int | None) -> None:
    """Instead of leaving the program."""


#: As the library calls them; kept for as long as it may.
_ON_BROKEN, _ON_EXIT = _IO_HANDLER(_broken), _EXIT_HANDLER(_stay)


def expect_display() -> None:
    """Be told when the display goes away while a window is being opened on it, where that can be."""
    if sys.platform.startswith("linux"):
        try:
            _x11().XSetIOErrorHandler(_ON_BROKEN)
        except OSError:
            return  # no X11 here


def watch_display() -> None:
    """Be told when the display of the open window goes away, where that can be."""
    global _watched
    if pygame.display.get_driver() != "x11":
        return
    try:
        x11, display = _x11(), _display()
        x11.XSetIOErrorExitHandler.argtypes = [ctypes.c_void_p, _EXIT_HANDLER, ctypes.c_void_p]
    except (AttributeError, KeyError, OSError, ValueError):
        return  # an older library, or another one: it ends the program, as it always did
    x11.XSetIOErrorExitHandler(display, _ON_EXIT, None)
    x11.XSetIOErrorHandler(_ON_BROKEN)
    _watched = True


def display_is_lost() -> bool:
    return _lost


def must_end() -> None:
    """From now on the program has `MOST_S` to close its window; then it ends all the same."""
    global _deadline
    if _deadline is None:
        _deadline = Timer(MOST_S, _leave, (_STUCK,))
        _deadline.daemon = True
        _deadline.start()
        # A thread can do nothing about native code that never comes back to Python; this ends the program then, too.
        faulthandler.dump_traceback_later(MOST_S + 2.0, exit=True, file=_NOWHERE)


def close_display(again: bool = False) -> None:
    """Close the window; of a display that is gone nothing can be closed, neither now nor at the program's end.

    again: another window may be opened afterwards, so that this one must be closed in the display's own way; there is
    nothing to be kept yet if that is gone.
    """
    global _closing, _deadline, _lost, _watched
    if _watched and not again:
        if not _lost:
            _lost = True
            _hang_up()
        atexit.unregister(pygame.quit)
    else:
        _closing = True
        pygame.display.quit()
        _closing = _watched = False
    if _deadline is not None:
        _deadline.cancel()
        faulthandler.cancel_dump_traceback_later()
        _deadline = None


def _leave(why: str) -> None:
    with suppress(OSError, ValueError):
        print(f"coach: {why}", file=sys.stderr, flush=True)
    os._exit(DisplayLost.exit_status)


def _hang_up() -> None:
    """End the connection to the display, on which nothing can be said from then on."""
    x11 = _x11()
    x11.XConnectionNumber.argtypes = [ctypes.c_void_p]
    both_ways = 2
    ctypes.CDLL(None).shutdown(x11.XConnectionNumber(_display()), both_ways)


def _x11() -> ctypes.CDLL:
    return ctypes.CDLL("libX11.so.6")


def _display() -> int | None:
    to_pointer: Any = ctypes.pythonapi.PyCapsule_GetPointer
    to_pointer.restype, to_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    pointer: int | None = to_pointer(pygame.display.get_wm_info()["display"], b"display")
    return pointer
