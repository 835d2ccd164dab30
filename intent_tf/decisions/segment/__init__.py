"""User segments: recency, frequency, money and strength, clustered, named, the same for new users."""
