"""Training: optimisers, early stopping that resumes, and the settings of a run."""
