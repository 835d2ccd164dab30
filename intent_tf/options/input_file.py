"""Options that name a file to read."""

#: Metadata of a field: whether its file is there is checked before anything heavy is imported.
INPUT_FILE = {"input file": True}
