"""Elsewhere than on Linux, these tests cannot even be imported: no D-Bus, no X."""

import sys

collect_ignore = (
    []
    if sys.platform == "linux"
    else [
        "bench",
        "build/test_bundle.py",
        "build/test_icu_data.py",
        "build/test_trimming.py",
        "checks/test_fuzz.py",
        "desktop",
        "linux",
        "pictures/test_faults.py",
        "tooling/test_processes.py",
    ]
)
