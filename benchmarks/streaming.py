"""Which of several templates ends now? All of them in one call, against the newest frames aligned with each of them."""

from collections.abc import Iterator

import numpy as np

from benchmarks.row import LeftOut, Row, alternate, faster

#: Templates, samples of each, values of a sample; and the frames that are aligned with each of them at every frame.
TEMPLATES, SAMPLES, VALUES, WINDOW = 8, 60, 24, 90


def rows(quick: bool) -> Iterator[Row]:
    """A frame aligned with all templates, over all of the past, against dtaidistance's C code over a window of it.

    Both find the distance from the best stretch that ends at the newest frame, wherever it begins. Where it begins in
    the window both are equal, else ours is nearer.
    """
    try:
        from dtaidistance import dtw_ndim
    except ImportError:
        raise LeftOut("dtaidistance is not installed: pip install '.[peers]'") from None
    from coach.form.streaming import StreamAlignment

    random = np.random.default_rng(0)
    curves = [np.cumsum(random.normal(size=(SAMPLES, VALUES)), axis=0) / 4.0 for _ in range(TEMPLATES)]
    # Each template once, with something else before it, and noise over everything.
    parts = [part for curve in curves for part in (random.normal(size=(30, VALUES)), curve)]
    stream = np.concatenate(parts)
    stream += random.normal(0.0, 0.2, stream.shape)
    looks = range(WINDOW, len(stream) + 1, WINDOW if quick else 10)

    def ours() -> tuple[np.ndarray, np.ndarray]:
        alignment = StreamAlignment(curves, [np.ones_like(curve) for curve in curves])
        distances, begins = [], []
        for sample in stream:
            alignment.step(sample)
            distances.append(alignment.distances)
            begins.append(alignment.begins)
        return np.array(distances), np.array(begins)

    def theirs() -> np.ndarray:
        anywhere = (WINDOW - 1, 0, 0, 0)  # as many frames at the beginning of the window need not be aligned
        windows = [stream[look - WINDOW : look] for look in looks]
        return np.array([[dtw_ndim.distance_fast(w, curve, psi=anywhere) for curve in curves] for w in windows])

    distances, begins = ours()
    at = np.array(looks) - 1
    inside = begins[at] > at[:, None] - WINDOW
    mine, package = np.sqrt(distances[at]), theirs()
    assert inside.any()
    np.testing.assert_allclose(mine[inside], package[inside], rtol=1e-9)
    assert (mine <= package * (1.0 + 1e-9)).all()

    taken, took = alternate(5 if quick else 25, ours, theirs)
    yield faster(
        f"{TEMPLATES} templates of {SAMPLES} x {VALUES} in a stream: dtaidistance over {WINDOW} frames / ours",
        "us a frame",
        [seconds / len(stream) for seconds in taken],
        [seconds / len(looks) for seconds in took],
        ">= 15",
    )
