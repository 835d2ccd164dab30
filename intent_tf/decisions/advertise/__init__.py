"""Advertising: clicks and conversions, bids within a budget, and whom an advertisement persuades."""
