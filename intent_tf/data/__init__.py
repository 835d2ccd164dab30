"""Data: tables, event logs, public data sets, cleaning and splitting.

This room *moves* data (reads, groups events into sessions, attaches labels); it computes no feature and
knows no model.
"""
