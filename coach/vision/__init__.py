"""Seeing: models, the face tracker, cameras and videos. The only room that knows MediaPipe."""
