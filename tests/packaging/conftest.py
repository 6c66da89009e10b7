"""Elsewhere than on Linux, these tests cannot even be imported: no D-Bus, no X."""

import sys

collect_ignore = (
    []
    if sys.platform == "linux"
    else [
        "test_bench.py",
        "test_bench_processes.py",
        "test_bench_scenes.py",
        "test_bundle.py",
        "test_desktop.py",
        "test_faults.py",
        "test_fuzz.py",
        "test_icu_data.py",
        "test_linux_packages.py",
        "test_linux_share.py",
        "test_processes.py",
        "test_trimming.py",
    ]
)
