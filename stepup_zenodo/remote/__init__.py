"""Requests to the server and its answers."""
