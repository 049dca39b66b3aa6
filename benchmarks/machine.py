"""What a run was made on: without that its figures mean nothing."""

import os
import platform
import re
from pathlib import Path

import psutil


def describe() -> dict[str, str]:
    """The machine and the Python, as far as they decide how long something takes."""
    return {
        "processor": f"{os.cpu_count()} × {_processor()}",
        "memory": f"{round(psutil.virtual_memory().total / 2**30)} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return " ".join(found[1].split()) if found else platform.machine()
