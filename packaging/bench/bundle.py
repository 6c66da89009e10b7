"""How large the built program is, unpacked and as a file to download."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, Final

from bench.report import BUNDLE, Figure, at_most
from bench.subjects import FOLDER

if TYPE_CHECKING:
    from bench.context import BenchmarkContext

FIGURES: Final = (
    Figure("bundle", "bundle, unpacked", "MB", (at_most(110),)),
    Figure("bundle-xz", "bundle as .tar.xz", "MB", (at_most(40),)),
)


def measure(context: BenchmarkContext) -> None:
    """Add its files up, and pack them."""
    folder, packed = FOLDER / "bundle", FOLDER / "bundle.tar.xz"
    if BUNDLE not in {one.name for one in context.ours}:
        return
    files = (one for one in folder.rglob("*") if one.is_file() and not one.is_symlink())
    context.report.add("bundle", BUNDLE, sum(one.stat().st_size for one in files) / 1e6)
    with tarfile.open(packed, "w:xz") as archive:
        archive.add(folder, "balance-tray")
    context.report.add("bundle-xz", BUNDLE, packed.stat().st_size / 1e6)
    packed.unlink()
