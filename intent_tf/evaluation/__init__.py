"""Evaluation: how good strengths are, against baselines, and a report that shows it."""
