"""Lets the tests of the net import what its programs do."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

#: It names modules of version 0.1, which this version does not have.
collect_ignore = ["package_api_0_1.py"]
