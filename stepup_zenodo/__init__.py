"""Keep a Zenodo record equal to local files."""

try:
    from ._version import __version__
except ImportError:
    # Neither built nor installed: to ask for the installed metadata would slow down every import.
    __version__ = "0+unknown"

__all__ = ("__version__",)
