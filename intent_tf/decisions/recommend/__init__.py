"""Recommendations: candidates from several sources, ranked by the strength of this session for each item."""
