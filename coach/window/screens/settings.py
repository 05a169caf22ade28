"""How the window looks and sounds, and whom it follows; kept from one day to the next."""

from dataclasses import dataclass
from typing import Any

import msgspec
import pygame

from coach.records.settings import minute_of
from coach.window import words
from coach.window.app import App
from coach.window.state import OVERLAYS
from coach.window.ui import Ui
from coach.window.words import _

_TICKS = ("mirror", "camera_mirrors", "hide_face", "sound", "voice", "gentle", "high_contrast", "keep_video", "oiled")
_NAMES = {
    **words.SETTING_NAMES,
    "keep_video": _("Keep the video of sessions beside the recording"),
    "oiled": _("Oil or cream is on my face now"),
    "bedtime": _("Bedtime"),
}
#: Minutes since midnight from which and up to which bedtime is chosen, past midnight counted on, and how finely.
_BED = (20 * 60, 26 * 60, 15)
_DAY = 24 * 60


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
            box = left.move(0, i * px(51))
            changed[name] = ui.toggle(name, box, _NAMES[name], getattr(now, name))
        right = pygame.Rect(left.right + gap, top, width, px(40))
        y = right.y
        y = self._label(ui, right, y, f"{words.SETTING_NAMES['volume']}: {now.volume:.0%}")
        changed["volume"] = round(ui.slider("volume", self._at(ui, right, y), now.volume, 0.0, 1.0, 0.1), 2)
        y = self._label(ui, right, y + px(42), f"{words.SETTING_NAMES['text_size']}: {now.text_size:.0%}")
        changed["text_size"] = round(ui.slider("text_size", self._at(ui, right, y), now.text_size, 0.8, 1.6, 0.1), 2)
        y = self._label(ui, right, y + px(42), f"{_NAMES['bedtime']}: {now.bedtime}")
        bed = minute_of(now.bedtime)
        shown = min(max(bed + _DAY * (bed < _DAY // 2), _BED[0]), _BED[1]) // _BED[2] * _BED[2]
        moved = round(ui.slider("bedtime", self._at(ui, right, y), shown, *_BED)) % _DAY
        if moved != shown % _DAY:  # one that is written in the file may be any
            changed["bedtime"] = f"{moved // 60:02}:{moved % 60:02}"
        y = self._label(ui, right, y + px(42), words.SETTING_NAMES["overlay"])
        overlays = [(name, words.OVERLAY_NAMES[name]) for name in OVERLAYS]
        changed["overlay"] = ui.choice("overlay", self._at(ui, right, y), overlays, now.overlay)
        y = self._label(ui, right, y + px(46), words.SETTING_NAMES["camera"])
        cameras = [(number, str(number)) for number in range(4)]
        changed["camera"] = ui.choice("camera", self._at(ui, right, y), cameras, now.camera)
        y = self._label(ui, right, y + px(46), words.SETTING_NAMES["units"])
        units = list(words.UNIT_NAMES.items())
        changed["units"] = ui.choice("units", self._at(ui, right, y), units, now.units)
        y = max(y + px(48), left.y + len(_TICKS) * px(51))
        kept = f"{words.SETTING_NAMES['data_folder']}: {app.folder}"
        ui.block(kept, pygame.Rect(page.x, y + px(4), page.width, px(40)), 16, ui.palette.muted)
        trouble = " ".join(t for t in (app.sounds.trouble, app.voice.trouble if app.voice and now.voice else "") if t)
        if trouble:
            ui.block(trouble, pygame.Rect(page.x, y + px(44), page.width, px(40)), 16, ui.palette.fault)
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
