"""The structure of the package in figures, read from its source: `python tests/house.py` prints them.

`python tests/house.py FOLDER` measures another checkout, so that before and after can be compared;
`--list` adds one line for each module.
"""

import argparse
import ast
import io
import json
import re
import tokenize
from collections import Counter, defaultdict
from pathlib import Path

# Files at the top that serve all rooms, and commands, which may reach into any room.
SHARED = {"validation", "seeding", "tracing", "files", "shapes", "progress"}
APART = {"cli", "doctor", "plain_errors", "__main__"}


def lines_of_code(source):
    """Lines that hold code: no blank lines, comments or docstrings."""
    code = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.OP, tokenize.NAME, tokenize.NUMBER, tokenize.STRING):
            code.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
            code.difference_update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(code)


class House:
    """The modules of a package, what each imports, and what each room offers.

    Parameters
    ----------
    root : path
        The checkout: `ganlab`, and beside it `course` and `solutions`.
    """

    def __init__(self, root):
        self.root = Path(root)
        self.package = self.root / "ganlab"
        self.paths = {self._name(path): path for path in sorted(self.package.rglob("*.py"))}
        self.trees = {name: ast.parse(path.read_text("utf-8")) for name, path in self.paths.items()}
        self.exported = self._exported()  # room -> public name -> the module that defines it
        self.imports = {name: set() for name in self.paths}
        self.foreign = []  # (module, module imported from, name) of unexported names of other rooms
        for name in self.paths:
            self._read_imports(name)

    def _name(self, path):
        parts = path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def is_folder(self, name):
        return self.paths[name].name == "__init__.py"

    @property
    def modules(self):
        return [name for name in self.paths if not self.is_folder(name)]

    @staticmethod
    def room(name):
        return name.split(".")[1] if "." in name else ""

    def _exported(self):
        exported = defaultdict(dict)
        for name, tree in self.trees.items():
            for node in ast.walk(tree):
                if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "attach"):
                    continue
                for keyword in node.keywords:
                    if keyword.arg == "submod_attrs":
                        for module, offered in ast.literal_eval(keyword.value).items():
                            exported[name].update(dict.fromkeys(offered, f"{name}.{module}"))
                    elif keyword.arg == "submodules" and name != "ganlab":
                        offered = ast.literal_eval(keyword.value)
                        exported[name].update({module: f"{name}.{module}" for module in offered})
        for name in ("ganlab.theory",):  # a room of one file offers what it defines
            if name in self.trees:
                defined = [node.name for node in self.trees[name].body if isinstance(node, ast.FunctionDef)]
                exported[name] = {function: name for function in defined if function[0] != "_"}
        return exported

    def _read_imports(self, name):
        here = name.split(".") if self.is_folder(name) else name.split(".")[:-1]
        for node in ast.walk(self.trees[name]):
            if isinstance(node, ast.Import):
                self.imports[name] |= {alias.name for alias in node.names if alias.name in self.paths}
            elif isinstance(node, ast.ImportFrom):
                base = here[: len(here) - node.level + 1] if node.level else []
                base = ".".join([*base, *([node.module] if node.module else [])])
                if base.split(".")[0] == "ganlab":
                    for alias in node.names:
                        self._read_import(name, base, alias.name)

    def _read_import(self, name, base, imported):
        whole = f"{base}.{imported}"
        if whole in self.paths:
            self.imports[name].add(whole)
        elif imported in self.exported.get(base, {}):
            self.imports[name].add(self.exported[base][imported])
        elif base in self.paths:
            self.imports[name].add(base)
        there = self.room(base) or imported
        if there == self.room(name) or there in SHARED or self.room(name) in APART or base == "ganlab":
            return
        if imported not in self.exported.get(f"ganlab.{there}", {}):
            self.foreign.append((name, base, imported))

    @property
    def public_names(self):
        return sorted({name for offered in self.exported.values() for name in offered})

    def words_of_lessons(self):
        """Every word of every code cell of the lectures and of the assignments' source."""
        words = set()
        for path in [*self.root.glob("course/*.ipynb"), *self.root.glob("solutions/*/*.ipynb")]:
            for cell in json.loads(path.read_text("utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    words.update(re.findall(r"\w+", "".join(cell["source"])))
        return words

    def in_no_lesson(self):
        words = self.words_of_lessons()
        return [name for name in self.public_names if name not in words]

    def unused(self):
        """Public names that no lesson and no other module of the package speaks of."""
        speaks = defaultdict(set)
        for module, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Name):
                    speaks[node.id].add(module)
                elif isinstance(node, ast.Attribute):
                    speaks[node.attr].add(module)
                elif isinstance(node, ast.alias):
                    speaks[node.name.split(".")[-1]].add(module)
        words = self.words_of_lessons()
        return sorted(
            f"{room}.{name}"
            for room, offered in self.exported.items()
            for name, module in offered.items()
            if name not in words and not speaks[name] - {module, room}
        )

    def slivers(self):
        """(module, its only importer) for every module that offers nothing and has one importer."""
        importers = defaultdict(set)
        for module, imported in self.imports.items():
            for name in imported - {module}:
                importers[name].add(module)
        offering = {module for offered in self.exported.values() for module in offered.values()}
        return [
            (module, *importers[module])
            for module in self.modules
            if module not in offering and len(importers[module]) == 1
        ]

    def circles(self):
        """Groups of modules each of which reaches every other by imports."""
        reached = {}
        for start in self.paths:
            seen, todo = set(), [start]
            while todo:
                for name in self.imports[todo.pop()] - seen:
                    seen.add(name)
                    todo.append(name)
            reached[start] = seen
        circles = {
            frozenset(other for other in reached[name] if name in reached[other])
            for name in self.paths
            if name in reached[name]
        }
        return sorted(sorted(circle) for circle in circles if len(circle) > 1)

    def annotated(self):
        """How many parameters of all functions are annotated, and how many there are."""
        parameters = [
            argument
            for tree in self.trees.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            if argument.arg not in ("self", "cls")
        ]
        return sum(argument.annotation is not None for argument in parameters), len(parameters)

    def code_lines(self):
        lines = Counter()
        for name, path in self.paths.items():
            lines[self.room(name) or "(top)"] += lines_of_code(path.read_text("utf-8"))
        return dict(lines)

    def longest_folders(self):
        return Counter(
            str(path.parent.relative_to(self.root))
            for name, path in self.paths.items()
            if path.name[0] != "_"
        ).most_common(5)

    def figures(self):
        """The table: what is counted, and the count."""
        some, all_ = self.annotated()
        yield "modules", len(self.modules)
        yield "lines of code without docstrings", sum(self.code_lines().values())
        yield "public names", sum(map(len, self.exported.values()))
        yield "public names in no lesson", len(self.in_no_lesson())
        yield "public names nowhere but in tests", len(self.unused())
        yield "unexported modules with one importer", len(self.slivers())
        yield "unexported names imported across rooms", len(self.foreign)
        yield "annotated parameters", f"{some} of {all_}"
        yield "circles of imports", len(self.circles())
        yield "longest folders", ", ".join(f"{folder} {n}" for folder, n in self.longest_folders())
        yield "lines by room", ", ".join(f"{room} {n}" for room, n in self.code_lines().items())
        yield "names by room", ", ".join(f"{r[7:]} {len(n)}" for r, n in self.exported.items())

    def folder_lists(self):
        """Every module with the first line of its docstring."""
        for name in self.paths:
            docstring = ast.get_docstring(self.trees[name]) or ""
            yield f"{name.removeprefix('ganlab').lstrip('.') or 'ganlab':44} {docstring.splitlines()[0]}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=Path(__file__).parents[1], help="a checkout")
    parser.add_argument("--list", action="store_true", help="every module with its first line too")
    asked = parser.parse_args()
    house = House(asked.folder)
    print("\n".join(f"{what:40} {count}" for what, count in house.figures()))
    if asked.list:
        print("\n".join(house.folder_lists()))
