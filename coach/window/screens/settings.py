"""How the window looks and sounds, and whom it follows; kept from one day to the next."""

from dataclasses import dataclass
from typing import Any

import msgspec
import pygame

from coach.window import words
from coach.window.app import App
from coach.window.state import OVERLAYS
from coach.window.ui import Ui
from coach.window.words import _

_TICKS = ("mirror", "hide_face", "sound", "voice", "gentle", "high_contrast", "keep_video")
_NAMES = {**words.SETTING_NAMES, "keep_video": _("Keep the video of sessions beside the recording")}


@dataclass(slots=True)
class SettingsPage:
    """All settings on one page; a change holds at once."""

    moving: bool = False

    def leave(self, app: App) -> None:
        pass

    def show(self, ui: Ui, app: App) -> str:
        ui.clear()
        page, px, now = ui.page(1080, 680), ui.px, app.settings
        ui.block(words.SETTINGS, pygame.Rect(page.x, page.y, page.width, px(50)), 32, bold=True)
        top, gap = page.y + px(66), px(36)
        width = (page.width - gap) // 2
        left = pygame.Rect(page.x, top, width, px(46))
        changed: dict[str, Any] = {}
        for i, name in enumerate(_TICKS):
            box = left.move(0, i * px(56))
            changed[name] = ui.toggle(name, box, _NAMES[name], getattr(now, name))
        right = pygame.Rect(left.right + gap, top, width, px(40))
        y = right.y
        y = self._label(ui, right, y, f"{words.SETTING_NAMES['volume']}: {now.volume:.0%}")
        changed["volume"] = round(ui.slider("volume", self._at(ui, right, y), now.volume, 0.0, 1.0, 0.1), 2)
        y = self._label(ui, right, y + px(46), f"{words.SETTING_NAMES['text_size']}: {now.text_size:.0%}")
        changed["text_size"] = round(ui.slider("text_size", self._at(ui, right, y), now.text_size, 0.8, 1.6, 0.1), 2)
        y = self._label(ui, right, y + px(46), words.SETTING_NAMES["overlay"])
        overlays = [(name, words.OVERLAY_NAMES[name]) for name in OVERLAYS]
        changed["overlay"] = ui.choice("overlay", self._at(ui, right, y), overlays, now.overlay)
        y = self._label(ui, right, y + px(54), words.SETTING_NAMES["camera"])
        cameras = [(number, str(number)) for number in range(4)]
        changed["camera"] = ui.choice("camera", self._at(ui, right, y), cameras, now.camera)
        y = self._label(ui, right, y + px(54), words.SETTING_NAMES["units"])
        units = list(words.UNIT_NAMES.items())
        changed["units"] = ui.choice("units", self._at(ui, right, y), units, now.units)
        y = max(y + px(58), left.y + len(_TICKS) * px(56))
        kept = f"{words.SETTING_NAMES['data_folder']}: {app.folder}"
        ui.block(kept, pygame.Rect(page.x, y + px(8), page.width, px(50)), 16, ui.palette.muted)
        trouble = " ".join(t for t in (app.sounds.trouble, app.voice.trouble if app.voice and now.voice else "") if t)
        if trouble:
            ui.block(trouble, pygame.Rect(page.x, y + px(54), page.width, px(46)), 16, ui.palette.fault)
        new = msgspec.structs.replace(now, **changed)
        if new != now:
            app.change(new)
            if new.sound and (new.volume != now.volume or not now.sound):
                app.sounds.play("rep")
        box = pygame.Rect(page.x, page.bottom - px(54), page.width, px(54))
        if ui.button("done", box, words.DONE, primary=True, key=pygame.K_ESCAPE, hint="Esc", size=22):
            app.back()
        return "settings"

    def _label(self, ui: Ui, room: pygame.Rect, y: int, text: str) -> int:
        return ui.line(text, (room.x, y), 17, ui.palette.muted).bottom + ui.px(4)

    def _at(self, ui: Ui, room: pygame.Rect, y: int) -> pygame.Rect:
        return pygame.Rect(room.x, y, room.width, ui.px(40))
