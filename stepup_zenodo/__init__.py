"""Keep a Zenodo record equal to local files."""

__all__ = ("__version__",)

__version__ = "0.1.0"
