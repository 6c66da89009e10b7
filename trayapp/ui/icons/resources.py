"""Where the program's pictures are."""

from pathlib import Path


def resource(name: str) -> Path:
    """Find a file in the installed or bundled package, else in the checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "resources" / name
    return installed if installed.exists() else package.parent / "resources" / name
