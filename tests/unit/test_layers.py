"""Imports point one way, and nothing of the platform reaches a learner's kernel."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "courses/models": {"courses.models"},
    # Validators are pure functions of the models: services and the prover call them directly.
    "courses/services": {"courses.models", "courses.errors", "courses.services", "courses.grading"},
    "courses/storage": {"courses.models", "courses.errors", "courses.services", "courses.storage"},
    "courses/grading": {
        "courses",
        "courses.models",
        "courses.errors",
        "courses.services.ports",
        "courses.grading",
        "courses.sandbox",
        "courses.replies",
    },
    "courses/authoring": {
        "courses.models",
        "courses.errors",
        "courses.services.ports",
        "courses.grading.validators",
        "courses.authoring",
    },
    "courses/kernels": {
        "courses.models",
        "courses.errors",
        "courses.services.platform",
        "courses.services.replay_plan",
        "courses.kernels",
        "courses.replies",
        "courses.sandbox",
    },
    "courses/sandbox": {"courses.errors", "courses.sandbox"},
    "courses/http": {"courses.models.phrases", "courses.errors", "courses.http"},
    "courses/api": {"courses.models", "courses.errors", "courses.services", "courses.http", "courses.api"},
    "stepwise_kernel_ext": {"courses.models", "stepwise_kernel_ext"},
}


def imports(folder: str) -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / folder).rglob("*.py")):
        if "node_modules" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            yield from ((str(file.relative_to(ROOT)), name) for name in names)


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_layer_imports_only_what_lies_below_it(folder: str) -> None:
    """Whatever else of the platform a module imports breaks the direction of dependencies."""
    ours = [
        (file, name)
        for file, name in imports(folder)
        if name.split(".")[0] in ("courses", "stepwise_kernel_ext")
    ]
    wrong = [
        f"{file} imports {name}"
        for file, name in ours
        if not any(name == allowed or name.startswith(allowed + ".") for allowed in ALLOWED[folder])
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_reads_the_environment_at_import() -> None:
    """Settings and the environment are read where they are used, never at a module's top level."""
    wrong = []
    for file in sorted((ROOT / "courses").rglob("*.py")):
        for statement in ast.parse(file.read_text()).body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            wrong += [
                f"{file.relative_to(ROOT)}:{node.lineno}"
                for node in ast.walk(statement)
                if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
            ]
    assert not wrong, "\n".join(wrong)
