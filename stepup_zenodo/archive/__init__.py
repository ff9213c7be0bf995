"""Archives of folders with the same bytes for the same content."""
