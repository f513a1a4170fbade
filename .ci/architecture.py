"""The packages of the apps and who imports whom, read from the source and drawn as SVG for docs/architecture.md."""

import ast
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
APPS = ("compliance", "campaigns", "preferences")
BOX, GAP, ROW, LEFT, TOP = 128, 26, 66, 24, 58  # pixels
WIDTH = 1000
STYLE = (
    "text{font:13px sans-serif;fill:#1f2933}.app{font-weight:bold;font-size:16px}"
    "rect.band{fill:#f3f6f9}rect.box{fill:#fff;stroke:#52606d}path{fill:none;stroke:#9aa5b1;stroke-width:.8}"
)


@dataclass(frozen=True)
class Place:
    """Where the box of a package stands, in pixels."""

    x: float
    y: float


def layers(app: str) -> list[list[str]]:
    """The packages of an app as the import contract orders them: upper layers first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    rows = next(contract["layers"] for contract in contracts if contract.get("containers") == [app])
    return [[name.strip() for name in row.split("|")] for row in rows]


def imports() -> set[tuple[str, str]]:
    """Pairs of packages ("preferences.web", "preferences.consent") of which the first imports the second."""
    found = set()
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for target in _imported(path):
                found.add((_package(module), _package(target)))
    return {(one, other) for one, other in found if one != other}


def _imported(path: Path) -> list[str]:
    nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    ours = [node for node in nodes if node.module and node.module.split(".")[0] in APPS]
    return [f"{node.module}.{alias.name}" for node in ours for alias in node.names]


def _package(module: str) -> str:
    return ".".join(module.split(".")[:2])


def picture() -> str:
    """The whole drawing as one SVG document; the same source gives the same text."""
    places: dict[str, Place] = {}
    bands, y = [], 10
    for app in APPS:
        rows = layers(app)
        height = TOP + ROW * len(rows) - 12
        bands.append(f'<rect class="band" x="8" y="{y}" width="{WIDTH - 16}" height="{height}" rx="8"/>')
        bands.append(f'<text class="app" x="{LEFT}" y="{y + 26}">{app}</text>')
        for number, row in enumerate(rows):
            left = (WIDTH - len(row) * BOX - (len(row) - 1) * GAP) / 2
            for column, name in enumerate(row):
                places[f"{app}.{name}"] = Place(left + column * (BOX + GAP), y + TOP - 14 + number * ROW)
        y += height + 14
    parts = [*bands, *_arrows(places), *_boxes(places)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img">'
    return "\n".join([head, f"<title>Packages and imports</title><style>{STYLE}</style>", *parts, "</svg>", ""])


def _arrows(places: dict[str, Place]) -> list[str]:
    """Within an app alone, and none to the models, which every package imports."""
    inside = [pair for pair in sorted(imports()) if pair[0].split(".")[0] == pair[1].split(".")[0]]
    drawn = [pair for pair in inside if set(pair) <= places.keys() and not pair[1].endswith((".models", ".errors"))]
    pairs = [(places[one], places[other]) for one, other in drawn]
    return [_arrow(upper, lower) for upper, lower in pairs]


def _arrow(upper: Place, lower: Place) -> str:
    x, y, to_x, to_y = upper.x + BOX / 2, upper.y + 32, lower.x + BOX / 2, lower.y
    bend = 40 + abs(to_y - y) / 6
    return f'<path d="M{x:g} {y:g} C{x + bend:g} {y + bend:g} {to_x + bend:g} {to_y - bend:g} {to_x:g} {to_y:g}"/>'


def _boxes(places: dict[str, Place]) -> list[str]:
    return [
        f'<rect class="box" x="{place.x:g}" y="{place.y:g}" width="{BOX}" height="32" rx="5"/>'
        f'<text x="{place.x + BOX / 2:g}" y="{place.y + 21:g}" text-anchor="middle">{escape(name.split(".")[1])}</text>'
        for name, place in sorted(places.items())
    ]


def main() -> None:
    """Draw the picture anew, after a package was added or an import changed."""
    PICTURE.write_text(picture(), "utf-8")
    print(f"Written: {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
