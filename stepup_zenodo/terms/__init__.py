"""The ids and identifiers that the server accepts."""
