"""What readers of the repository will see of a record, as a page."""
