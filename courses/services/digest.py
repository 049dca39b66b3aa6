"""What tells one edition from another: everything that an author can change."""

import json
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from courses.models.course import Course, CourseFile


def edition_digest(course: Course, files: tuple[CourseFile, ...]) -> str:
    """Equal for equal sources. Recorded outputs have no say: some differ from run to run."""
    listed = sorted((file.path, file.access, sha256(file.content).hexdigest()) for file in files)
    content = json.dumps([_without_outputs(asdict(course)), listed], sort_keys=True)
    return sha256(content.encode()).hexdigest()


def _without_outputs(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_outputs(v) for key, v in value.items() if key != "outputs"}
    if isinstance(value, list | tuple):
        return [_without_outputs(v) for v in value]
    return value
