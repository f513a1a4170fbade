"""Who writes which table, read from the source: the calls that save, create, update or delete rows of a model.

The type of a row is inferred from annotations, from the model a query begins with, and from what a function of the
same module says it returns. What cannot be inferred (forms, dicts) is no model's row.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APPS = ("preferences", "campaigns", "compliance")
WRITES = frozenset(
    [
        "save",
        "create",
        "update",
        "bulk_create",
        "bulk_update",
        "delete",
        "get_or_create",
        "update_or_create",
        "save_with_history",
    ]
)
DECLARED = re.compile(r"^Writes: ((?:\w+(?:, )?)+)\.", re.MULTILINE)
INSERTED = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (?:preferences|campaigns|compliance)_(\w+)")


def modules() -> list[Path]:
    """Every module of the apps that may write: no models, no migrations."""
    found = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    return [path for path in found if not {"models", "migrations"} & set(path.parts)]


def model_names() -> dict[str, str]:
    """The models by their name in lower case, as the tables are called."""
    trees = [ast.parse(path.read_text("utf-8")) for app in APPS for path in (ROOT / app / "models").glob("*.py")]
    names = [node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    return {name.lower(): name for name in names}


def declared(path: Path) -> set[str]:
    """The models that the module's docstring says it writes."""
    found = DECLARED.search(ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")
    return set(found[1].split(", ")) if found else set()


def written(path: Path, models: dict[str, str]) -> set[str]:
    """The models whose rows this module saves, creates, updates or deletes, also by SQL of its own."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    returns = {node.name: _annotated(node.returns, models) for node in functions}
    found = {models[name] for name in INSERTED.findall(text)}
    for function in functions:
        found |= _written_by(function, returns, models)
    return found


def _written_by(function: ast.FunctionDef, returns: dict[str, str], models: dict[str, str]) -> set[str]:
    known = defaultdict(str, {name: model for name, model in returns.items() if model})
    known |= {name: name for name in models.values()}
    arguments = [*function.args.args, *function.args.kwonlyargs]
    known |= {
        node.target.id: _annotated(node.annotation, models)
        for node in ast.walk(function)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    known |= {one.arg: model for one in arguments if (model := _annotated(one.annotation, models))}
    for node in ast.walk(function):
        for target, value in _assigned(node):
            known.setdefault(target, known[_root(value)])
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    rows = [_row(call) for call in calls if call.func.attr in WRITES]
    return {known[_root(row)] for row in rows} - {""}


def _row(call: ast.Call) -> ast.expr:
    """What is written: the receiver of the call, or the first argument of audit.save_with_history."""
    return call.args[0] if call.func.attr == "save_with_history" and call.args else call.func.value


def _assigned(node: ast.AST) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return [(node.targets[0].id, node.value)]
    if isinstance(node, ast.NamedExpr | ast.For | ast.comprehension) and isinstance(node.target, ast.Name):
        return [(node.target.id, node.value if isinstance(node, ast.NamedExpr) else node.iter)]
    return []


def _annotated(annotation: ast.expr | None, models: dict[str, str]) -> str:
    names = re.findall(r"\w+", ast.unparse(annotation)) if annotation else []
    return next((name for name in names if models.get(name.lower()) == name), "")


def _root(node: ast.expr) -> str:
    """The name that a chain of attributes, calls and subscripts begins with; of `a or b` that of b."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.BoolOp):
            node = node.values[-1]
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr != "__dict__"):
            node = node.value
        else:
            return ""
    return node.id
