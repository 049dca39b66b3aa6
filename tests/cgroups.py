"""Control groups of this machine, of which others may be removed while a test looks at them."""

import os
from pathlib import Path


def all_groups() -> list[Path]:
    """Their folders; none where there are no control groups."""
    return [Path(folder) for folder, _, _ in os.walk("/sys/fs/cgroup")]
