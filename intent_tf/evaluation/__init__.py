"""Evaluation: how good probabilities are, beside baselines, and a page that shows it.

Arrays go in and plain Python comes out, so each module also serves in a notebook, for probabilities of any
model:

- `metrics.evaluate`, `threshold.choose_threshold`: one model;
- `baselines.fit_baselines`, `comparison.compare`: beside others, and whether the difference is real;
- `importance`, `slices`, `leaks`, `drift`, and `diagnosis.diagnose` for all four: what is behind a figure;
- `table.metrics_table`, `report.write_report`: to be read.
"""
