"""The user's configuration: what its keys mean, and the records that are read from it."""
