"""`run(values=[])` must reach a submission that begins with `values = [3, 5, 8]`."""

import ast


def without_literals(tree: ast.Module, given: set[str]) -> ast.Module:
    """Take out top-level assignments of a literal to a name in `given`, as long as nothing used it yet.

    So `values = [3, 5, 8]` gives way to the value that a test gives, `total = 0` stays where only
    `values` is given, and `n = n + 1` always stays.
    """
    left = set(given)
    kept: list[ast.stmt] = []
    for statement in tree.body:
        name = _literal_target(statement)
        if name in left:
            left.discard(name)
            kept.append(ast.copy_location(ast.Pass(), statement))
            continue
        left -= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        kept.append(statement)
    return ast.Module(kept, tree.type_ignores)


def _literal_target(statement: ast.stmt) -> str:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return ""
    target = statement.targets[0]
    if not isinstance(target, ast.Name):
        return ""
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ""
    return target.id
