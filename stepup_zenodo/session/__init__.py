"""Everything that a command needs before it can work on a record."""
