"""What holds for all tests."""

import os


def pytest_xdist_auto_num_workers() -> int:
    """One more than processors: tests wait for Terraform and for packets about as long as they compute."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1
