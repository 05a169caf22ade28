"""Seeing: models, the face tracker, cameras and videos. The only room that knows MediaPipe."""

import os

# The decoder remarks on every damaged frame on stderr; the user gets our one line instead. Read at the first video.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
