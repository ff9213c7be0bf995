"""Configuration files as text: read with the places of values, shown, and changed in place."""
