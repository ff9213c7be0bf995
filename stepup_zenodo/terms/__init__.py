"""The ids, identifiers and addresses that the server accepts, and what they mean to it."""
