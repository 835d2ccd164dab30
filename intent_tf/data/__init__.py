"""Data: tables, event logs, cleaning, splitting, named data sets and the shop simulator."""
