"""Make a record equal to local files."""
