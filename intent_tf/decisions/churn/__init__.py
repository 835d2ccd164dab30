"""Which users will not come back: labelled from the log, told in time, with reasons."""
