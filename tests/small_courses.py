"""Three small courses side by side, one of them in German, for tests of what lies between courses."""

from pathlib import Path

import nbformat

from tests.atlas import notebook

COURSE = "format: 1\ntitle: {title}\nlanguage: {language}\nchapters:\n{chapters}"
TASK = """%%exercise doppelt
def doppelt(n):
    ### BEGIN SOLUTION
    return n + n
    ### END SOLUTION

### BEGIN TESTS
assert doppelt(2) == 4, "Das Doppelte von 2 ist 4."
### END TESTS
### BEGIN HIDDEN TESTS
assert doppelt(7) == 14, "Versuche es mit anderen Zahlen."
### END HIDDEN TESTS"""


def reading(step: str) -> list[tuple[str, str]]:
    return [("markdown", f"## {step}"), ("code", f"%%checkpoint {step}\nkind: read\nask: Read.")]


def write_small_courses(root: Path) -> Path:
    """Write `moon`, `sun` and the German `erde` below `root` and return it."""
    exercise = [("markdown", "## Doppelt\n\nSchreibe `doppelt(n)`."), ("code", TASK)]
    _course(root, "moon", "Moon", "en", {"only": reading("m-read")})
    _course(root, "sun", "Sun, a small Atlas", "en", {"only": reading("s-read")})
    _course(root, "erde", "Erde", "de", {"eins": [*reading("e-eins"), *exercise], "zwei": reading("e-zwei")})
    return root


def _course(
    root: Path, name: str, title: str, language: str, chapters: dict[str, list[tuple[str, str]]]
) -> None:
    folder = root / name
    folder.mkdir(parents=True)
    listed = "".join(f"- {chapter}\n" for chapter in chapters)
    (folder / "course.yml").write_text(COURSE.format(title=title, language=language, chapters=listed))
    for chapter, cells in chapters.items():
        start = [("markdown", f"# {chapter.title()}"), ("code", "%load_ext stepwise_kernel_ext")]
        nbformat.write(notebook([*start, *cells]), folder / f"{chapter}.ipynb")
