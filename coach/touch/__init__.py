"""The core for what hands do: circles, sweeps and taps on points, strokes along paths, the steps at the neck."""
