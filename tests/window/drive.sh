#!/bin/bash
# Drives the real window as a new user would, with real keys and clicks, from the first run to the summary, then as
# somebody who has practised for twelve weeks, then the replay, and takes pictures of every page to be looked at. There
# is no camera here, so the built-in performer is what is seen.
#
#   tests/window/drive.sh OUT [WIDTHxHEIGHT] [high]      needs Xvfb, xwininfo, xdotool, ImageMagick; about six minutes
#
# COACH is the command, PYTHON its interpreter; ONLY=looking leaves out the workout: progress and replay alone.
set -eu
out=$1 size=${2:-1280x720} contrast=${3:-}
width=${size%x*} height=${size#*x}
mkdir -p "$out"
home=$(mktemp -d)
Xvfb :78 -screen 0 "${size}x24" >/dev/null 2>&1 & server=$!
trap 'kill $server 2>/dev/null; rm -rf "$home"' EXIT
sleep 1
export DISPLAY=:78 COACH_CONFIG="$home/config" XDG_DATA_HOME="$home/data"
mkdir -p "$COACH_CONFIG"
[ -z "$contrast" ] || echo "high_contrast = true" > "$COACH_CONFIG/settings.toml"
window() { xwininfo -root -tree | grep -o '0x[0-9a-f]* "\(Facial\|Replay\)' | cut -d' ' -f1; }
open() { # run the program with these arguments, and wait for its window
  ${COACH:-coach} "$@" >> "$out/stdout.txt" 2>> "$out/stderr.txt" & coach=$!
  for _ in $(seq 300); do [ -n "$(window)" ] && break; sleep 0.1; done
  xdotool windowmove "$(window)" 0 0 windowsize "$(window)" "$width" "$height"; sleep 3
}
shot() { import -window root "$out/$1.png"; }
key() { xdotool key "$1"; sleep "${2:-0.8}"; }
click() { xdotool mousemove $(($1 * width / 1280)) $(($2 * height / 720)) click 1; sleep "${3:-0.8}"; }
if [ "${ONLY:-}" != looking ]; then
open
shot 01-welcome
click 924 669; shot 02-questions                 # something applies
click 300 197 0.3; click 300 197 0.3             # tick and untick by mouse
key Return; key q; key Tab 0.2; key Tab 0.2; shot 03-questions-keyboard; key Escape
shot 04-home
key l; xdotool type --delay 60 smile; sleep 1.5; shot 05-library; key Down 2; shot 06-library-moving; key Escape
key s; shot 07-settings; click 300 390 1; shot 08-settings-contrast; click 300 390; key Escape
key question; shot 09-help; key Escape
key p; shot 09-progress-empty; key Escape
click 935 615 3; shot 10-begin                    # start, by mouse
sleep 6; shot 11-set
for what in goal mesh bars contours; do key m 2; shot "12-lines-$what"; done
key f 2; shot 13-hide-my-face; key f
key space 1; shot 14-pause; key space 3
key plus 0.5; shot 15-that-was-one; sleep 2; key minus 0.5; shot 16-that-was-not
key Right 1.5; shot 17-between; key Right 5; shot 18-second-set
key p 1; shot 19-it-hurts
# The rest of the routine by itself.
for i in $(seq 40); do
  sleep 5
  shot "20-routine-$(printf %02d "$i")"
  [ "$(compare -metric RMSE "$out/20-routine-$(printf %02d "$i").png" "$out/20-routine-$(printf %02d $((i > 1 ? i - 1 : 1))).png" null: 2>&1 | cut -d. -f1)" = 0 ] && [ "$i" -gt 1 ] && break
done
shot 21-summary
key Return 1; shot 22-home-again
key Escape 1
wait $coach && echo "left with exit status 0"
fi
# Somebody who has practised: a made-up past in the place of the records.
tests=$(cd "$(dirname "$0")/.." && pwd)
PYTHONPATH="$tests/..:$tests:$tests/window" SDL_VIDEODRIVER=dummy ${PYTHON:-python} -c "
from datetime import date; from pathlib import Path; from made import past; from shown import PRACTISED
from coach.records.settings import data_folder
past(data_folder(), PRACTISED, date.today())" >> "$out/stdout.txt"
[ "${ONLY:-}" != looking ] || printf '%s = "%s"\n' welcomed "$(date +%F)" screened "$(date +%F)" >> "$COACH_CONFIG/settings.toml"
open
key p; shot 30-progress
key Down; key Down; shot 31-progress-next; key Right; shot 32-progress-range
click 210 500; shot 33-progress-by-mouse; key Tab 0.2; key Tab; shot 34-progress-keyboard
key question; shot 35-progress-help; key Escape; key Escape
shot 36-home; key Escape 1
wait $coach && echo "left with exit status 0"
# The performer's routine, looked at again.
${COACH:-coach} demo --headless --out "$home/demo" >> "$out/stdout.txt" 2>> "$out/stderr.txt"
open replay "$home"/demo/*.coach
shot 40-replay; key Down; key Down; key p 3; shot 41-replay-peak
key plus; key plus; shot 42-replay-closer
xdotool mousemove $((640 * width / 1280)) $((530 * height / 720)) click 4; sleep 1; shot 43-replay-by-wheel
key space 3; shot 44-replay-playing; key space; key 0; key b 3; shot 45-replay-compared
key question; shot 46-replay-help; key Escape; key Escape 1
wait $coach && echo "left with exit status 0"
ls "$out"
