"""A/B tests: how many users, was the split sound, what is the difference, and may one look meanwhile."""
