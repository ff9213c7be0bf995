"""What a record should hold, what it holds, and the changes in between."""
