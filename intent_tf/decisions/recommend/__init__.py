"""Recommendations: candidates of several sources, ranked by this session's probability for each item."""
