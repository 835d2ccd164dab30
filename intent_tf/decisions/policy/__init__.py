"""Which action to take in a session: contextual bandits, and what a policy would have earned, from a log."""
