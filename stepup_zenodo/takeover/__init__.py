"""The way back: a configuration from a record, or from other files about the same work."""
