"""Which action to take in a session: a contextual bandit, and what a policy would have earned, from a log."""
