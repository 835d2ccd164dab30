"""User segments: recency, frequency, money and probability, clustered, named, the same for new users."""
