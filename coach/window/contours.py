"""Lines through the 478 landmarks, as chains of indices: the contours of a face, and its full mesh."""

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from coach.avatar.mesh import (
    EYE_LEFT,
    EYE_RIGHT,
    LIPS_INNER_LOWER,
    LIPS_INNER_UPPER,
    LIPS_OUTER_LOWER,
    LIPS_OUTER_UPPER,
)

Chain = npt.NDArray[np.intp]


def _ring(*points: int) -> Chain:
    return np.array([*points, points[0]], np.intp)


#: Contours by part of the face; sides are the subject's. A ring ends where it begins.
CONTOURS: dict[str, tuple[Chain, ...]] = {
    "oval": (
        _ring(10, 109, 67, 103, 54, 21, 162, 127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148,
              152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356, 389, 251, 284, 332, 297, 338),
    ),
    "brows": (
        _ring(70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
        _ring(300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    ),
    "eyes": (_ring(*EYE_RIGHT), _ring(*EYE_LEFT)),
    "nose": (np.array((168, 6, 197, 195, 5, 4), np.intp), np.array((98, 97, 2, 326, 327), np.intp)),
    "lips": (
        _ring(*LIPS_OUTER_UPPER, *LIPS_OUTER_LOWER[-2:0:-1]),
        _ring(*LIPS_INNER_UPPER, *LIPS_INNER_LOWER[-2:0:-1]),
    ),
}  # fmt: skip

#: Which contours an exercise of a group moves.
MOVING: dict[str, tuple[str, ...]] = {
    "mouth": ("lips",),
    "brow": ("brows",),
    "eyes": ("eyes",),
    "jaw": ("oval", "lips"),
    "cheeks": ("lips",),
    "neck": ("oval",),
}


def mesh_chains(triangles: npt.NDArray[np.integer[Any]]) -> tuple[Chain, ...]:
    """Return chains that run along each edge of (T, 3) triangles exactly once.

    Chains are drawn in far fewer calls than edges. Each walks on while an undrawn edge leads away.
    """
    edges = np.sort(np.concatenate([triangles[:, (0, 1)], triangles[:, (1, 2)], triangles[:, (2, 0)]]), axis=1)
    free: dict[int, set[int]] = defaultdict(set)
    for a, b in np.unique(edges, axis=0).tolist():
        free[a].add(b)
        free[b].add(a)
    chains: list[Chain] = []
    # Points with an odd number of edges must be ends of chains: begin there, and few chains are needed.
    for start in sorted(free, key=lambda point: len(free[point]) % 2 == 0):
        while free[start]:
            chain = [start]
            while free[chain[-1]]:
                here = chain[-1]
                there = min(free[here])
                free[here].remove(there)
                free[there].remove(here)
                chain.append(there)
            chains.append(np.array(chain, np.intp))
    return tuple(chains)
