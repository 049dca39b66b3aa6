"""What is left in the folder for temporary files."""

import tempfile
from pathlib import Path


def left_in_temporary() -> list[Path]:
    """But for the mark of this very process, which goes when it ends."""
    return [path for path in Path(tempfile.gettempdir()).iterdir() if not path.name.endswith("-alive")]
