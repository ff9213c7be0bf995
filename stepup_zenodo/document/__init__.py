"""The text of a configuration file as a tree in which every value knows its place."""
