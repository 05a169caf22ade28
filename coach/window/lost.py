"""A display that goes away while the window is open.

X11's library ends a program whose display is gone, from within whatever it does, without a word to Python. It can be
asked not to (`XSetIOErrorExitHandler`, in libX11 since 1.7); then nothing that belongs to the display may be touched
any more, and what was done is kept as at any other end. Other systems do not end programs in this way.
"""

import atexit
import ctypes
from typing import Any

import pygame

_IO_HANDLER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_EXIT_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)

_lost = False


def _broken(display: int | None) -> int:
    global _lost
    _lost = True
    return 0


def _stay(display: int | None, data: int | None) -> None:
    """Instead of leaving the program."""


#: As the library calls them; kept for as long as it may.
_ON_BROKEN, _ON_EXIT = _IO_HANDLER(_broken), _EXIT_HANDLER(_stay)


def watch_display() -> None:
    """Be told when the display of the open window goes away, where that can be."""
    if pygame.display.get_driver() != "x11":
        return
    try:
        x11 = ctypes.CDLL("libX11.so.6")
        to_pointer: Any = ctypes.pythonapi.PyCapsule_GetPointer
        to_pointer.restype, to_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
        display = to_pointer(pygame.display.get_wm_info()["display"], b"display")
        x11.XSetIOErrorExitHandler.argtypes = [ctypes.c_void_p, _EXIT_HANDLER, ctypes.c_void_p]
    except (AttributeError, KeyError, OSError, ValueError):
        return  # an older library, or another one: it ends the program, as it always did
    x11.XSetIOErrorExitHandler(display, _ON_EXIT, None)
    x11.XSetIOErrorHandler(_ON_BROKEN)


def display_is_lost() -> bool:
    return _lost


def close_display() -> None:
    """Close the window; of a display that is gone nothing can be closed, neither now nor at the program's end."""
    if _lost:
        atexit.unregister(pygame.quit)
    else:
        pygame.display.quit()
