"""Records of others as inputs: which version, which files, and how they get into a folder."""
