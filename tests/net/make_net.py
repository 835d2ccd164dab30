"""Trains the five models and writes what they predict, with the weights that they predict it by.

    python tests/net/make_net.py [CASE...]

Run once, by the code whose predictions are to be kept; see `test_same_probabilities.py`. No row of a public
data set gets into the files.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import package_api
from cases import CASES
from trained import trained

STORED = Path(__file__).parent / "stored"


def main() -> None:
    STORED.mkdir(exist_ok=True)
    for name in sys.argv[1:] or CASES:
        file = STORED / f"{name}.npz"
        np.savez_compressed(file, **trained(name, package_api))
        print(f"{file} {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
