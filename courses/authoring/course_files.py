"""The files that belong to a course's edition, and who may have them."""

import ast
from pathlib import Path, PurePosixPath
from typing import Literal

from courses.authoring.spots import Spot
from courses.models.course import CourseFile

IMAGE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif"})
MAX_FILE = 20 * 2**20
MAX_TOTAL = 100 * 2**20
"""Bytes, of one file and of all files of a course."""


def read_files(folder: Path, spot: Spot) -> tuple[CourseFile, ...]:
    """Images, `data/`, modules and `private/`, sorted by path. Anything else is not the course's."""
    files: list[CourseFile] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        where = Spot(name, spot.findings)
        access = _access(PurePosixPath(name))
        if path.is_symlink():
            if not _is_hidden(PurePosixPath(name)):
                where.error("A course holds no symbolic links.", "Put the file itself here.")
        elif path.is_file() and access is not None:
            if (size := path.stat().st_size) > MAX_FILE:
                where.error(f"The file has {size / 2**20:.0f} MiB; the limit is 20.", "Make it smaller.")
                continue
            files.append(CourseFile(name, path.read_bytes(), access))
            if access == "code" and path.suffix == ".py":
                _check_module(files[-1], where)
    if (total := sum(len(file.content) for file in files)) > MAX_TOTAL:
        fix = "Make them smaller or fewer."
        spot.error(f"The course's files have {total / 2**20:.0f} MiB; the limit is 100.", fix)
    return tuple(files)


def _access(path: PurePosixPath) -> Literal["page", "code", "tests"] | None:
    if _is_hidden(path):
        return None
    if path.parts[0] == "private":
        return "tests"
    if path.parts[0] == "data" or (len(path.parts) == 1 and path.suffix == ".py"):
        return "code"
    return "page" if path.suffix.lower() in IMAGE_ENDINGS else None


def _is_hidden(path: PurePosixPath) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _check_module(file: CourseFile, spot: Spot) -> None:
    try:
        ast.parse(file.content)
    except (SyntaxError, ValueError) as error:
        line = (error.lineno or 0) if isinstance(error, SyntaxError) else 0
        detail = error.msg if isinstance(error, SyntaxError) else str(error)
        spot.at(line=line).error(f"The module is not valid Python: {detail}.", "Correct it.")
