"""Small mistakes made mechanically in an answer, one at a time, for tests/benchmarks/mutants.py.

Each mutation is a function from a node of a syntax tree to the nodes that may stand in its place. A mistake
that ends in an error on every input says nothing of the tests. So the list holds mistakes of people: a sum
for a mean, `<` for `<=`, another axis, a slope cut off, two arguments exchanged, one ignored.
"""

import ast
import copy
import difflib
import itertools
import re

OTHER_OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Div],
    ast.Mod: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
OTHER_COMPARISONS = {
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}
_PAIRS = [
    ("mean", "sum"),
    ("mean", "median"),
    ("min", "max"),
    ("amin", "amax"),
    ("argmin", "argmax"),
    ("minimum", "maximum"),
    ("any", "all"),
    ("std", "var"),
    ("floor", "ceil"),
    ("zeros_like", "ones_like"),
    ("zeros", "ones"),
    ("real", "fake"),
    ("log", "log2"),
    ("logsigmoid", "softplus"),
    ("hstack", "vstack"),
    ("cumsum", "cumprod"),
    ("ppf", "isf"),
    ("cdf", "sf"),
    ("low", "high"),
]
OTHER_NAMES = {}
for _first, _second in _PAIRS:
    OTHER_NAMES.setdefault(_first, []).append(_second)
    OTHER_NAMES.setdefault(_second, []).append(_first)
MODULES = {"np", "torch", "math", "stats", "F", "nn", "functional", "special", "pd", "linalg", "random"}
# Without these an answer has the same numbers in another type, and the tests take any.
CONVERSIONS = {
    "array",
    "asarray",
    "as_tensor",
    "tensor",
    "list",
    "tuple",
    "float",
    "int",
    "dict",
    "enumerate",
}
# Exchanged arguments of these are the same.
SYMMETRIC = {"maximum", "minimum", "add", "multiply", "isclose", "allclose", "array_equal", "hypot"}
LEFT_ALONE = ast.Starred | ast.GeneratorExp
# Between these stands what a learner writes.
ANSWER = re.compile(r"### BEGIN SOLUTION\n.*?### END SOLUTION", re.DOTALL)
# An answer with one of these hands on a slope, which can be cut off where it is returned.
SLOPES = re.compile(r"torch\.(autograd|nn)|softplus")
TWICE = ".detach().detach()"  # the same as once


def mutants(source):
    """Every mutant of an answer, without repeats.

    Parameters
    ----------
    source : str
        A cell of a source notebook; only what stands between its marks of a solution is changed.

    Returns
    -------
    dict {change: code}
        The change as the lines taken out and put in, as `ast.unparse` writes them.

    >>> cell = '''
    ... def mean(values):
    ...     ### BEGIN SOLUTION
    ...     return values.sum() / len(values)
    ...     ### END SOLUTION
    ... '''
    >>> print(list(mutants(cell))[0])
    -     return values.sum() / len(values)
    +     return values.sum() * len(values)
    """
    tree = ast.parse(source)
    answered = _answered_lines(source)
    original, found = ast.unparse(tree), {}
    strings = _strings(tree, answered)
    slopes, even = re.search(SLOPES, source) is not None, _where_the_sign_is_lost(tree)
    for address, node in _walk(tree, ()):
        if getattr(node, "lineno", 0) not in answered and not isinstance(node, ast.FunctionDef):
            continue
        for substitute in _substitutes(node, _signature(tree, address), strings, answered, slopes, even):
            mutant = ast.unparse(_replaced(tree, address, substitute))
            try:
                compile(mutant, "<mutant>", "exec")
            except SyntaxError:
                continue
            if mutant != original and mutant.count(TWICE) == original.count(TWICE):
                found.setdefault(_change(original, mutant), mutant)
    return found


def _substitutes(node, signature, strings, answered, slopes, even):
    for mutation in MUTATIONS:
        yield from mutation(node)
    of_two_sides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div)
    if of_two_sides and not (isinstance(node.op, ast.Sub) and node in even):
        yield _changed(node, left=node.right, right=node.left)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from (ast.Constant(other) for other in strings if other != node.value)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in signature:
        at = signature.index(node.id)
        yield from (ast.Name(other, ast.Load()) for other in signature[at + 1 : at + 2] + signature[:at][-1:])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in signature:
        yield ast.Call(ast.Attribute(node, "detach", ast.Load()), [], [])
    if isinstance(node, ast.Return) and slopes and not _ends_as_a_number(node.value):
        yield _changed(node, value=ast.Call(ast.Attribute(node.value, "detach", ast.Load()), [], []))
    if isinstance(node, ast.FunctionDef) and node.end_lineno in {line + 1 for line in answered} | answered:
        yield from _other_signatures(node)


def _operators(node):
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for other in OTHER_OPERATORS.get(type(node.op), []):
            yield _changed(node, op=other())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Pow):
        yield node.left
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
        yield node.operand
    if isinstance(node, ast.BoolOp):
        yield _changed(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        for i in range(len(node.values)):
            rest = node.values[:i] + node.values[i + 1 :]
            yield rest[0] if len(rest) == 1 else _changed(node, values=rest)


def _comparisons(node):
    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            for other in OTHER_COMPARISONS.get(type(operator), []):
                yield _changed(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])


def _constants(node):
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif isinstance(node.value, float):
        yield from (ast.Constant(round(node.value * factor, 12)) for factor in (1.1, 0.9))


def _names(node):
    if isinstance(node, ast.Attribute):
        yield from (_changed(node, attr=other) for other in OTHER_NAMES.get(node.attr, []))
        if node.attr == "T":
            yield node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for other in OTHER_NAMES.get(node.func.id, []):
            if other in ("min", "max", "any", "all"):
                yield _changed(node, func=ast.Name(other, ast.Load()))


def _calls(node):
    """A step left out, an option forgotten, two arguments exchanged."""
    if not isinstance(node, ast.Call):
        return
    of_a_module = isinstance(node.func, ast.Name) or _root(node.func) in MODULES
    if not of_a_module and isinstance(node.func, ast.Attribute):
        yield node.func.value
    elif _tail(node.func) not in CONVERSIONS and node.args and not isinstance(node.args[0], LEFT_ALONE):
        yield node.args[0]
    for i in [i for i, keyword in enumerate(node.keywords) if keyword.arg != "strict"]:
        yield _changed(node, keywords=node.keywords[:i] + node.keywords[i + 1 :])
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    if len(node.args) >= 2 and not starred and _tail(node.func) not in SYMMETRIC:
        yield _changed(node, args=[node.args[1], node.args[0], *node.args[2:]])


def _slices(node):
    if isinstance(node, ast.Slice):
        for part in ("lower", "upper", "step"):
            if getattr(node, part):
                yield _changed(node, **{part: None})


def _statements(node):
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign | ast.Continue | ast.Break):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value)
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield ast.Pass()
    if isinstance(node, ast.With):
        yield ast.If(ast.Constant(True), node.body, [])
    if isinstance(node, ast.If):
        yield from (_changed(node, test=ast.Constant(truth)) for truth in (True, False))
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    if isinstance(node, ast.comprehension):
        for i in range(len(node.ifs)):
            yield _changed(node, ifs=node.ifs[:i] + node.ifs[i + 1 :])


MUTATIONS = [_operators, _comparisons, _constants, _names, _calls, _slices, _statements]


def _other_signatures(function):
    """Two neighbouring parameters exchanged throughout; a seed ignored, or a parameter that has a default."""
    names = [parameter.arg for parameter in function.args.args if parameter.arg != "self"]
    first = [f"{a}, {b} = ({b}, {a})" for a, b in itertools.pairwise(names)]
    first += [f"{name} = 0" for name in names if name == "seed"]
    first += [f"{name} = np.random.default_rng(0)" for name in names if name == "rng"]
    defaults = zip(reversed(function.args.args), reversed(function.args.defaults), strict=False)
    defaults = [*defaults, *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)]
    first += [f"{parameter.arg} = {ast.unparse(value)}" for parameter, value in defaults if value is not None]
    documented = ast.get_docstring(function) is not None
    for line in first:
        body = [*function.body[:documented], *ast.parse(line).body, *function.body[documented:]]
        yield _changed(function, body=body)


def _ends_as_a_number(node):
    return isinstance(node, ast.Call) and (_tail(node.func) == "item" or _root(node.func) in ("math", "np"))


def _where_the_sign_is_lost(tree):
    """Nodes that are squared, or whose absolute value is taken."""
    nodes = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _tail(node.func) in ("abs", "square", "norm"):
            nodes |= {*node.args, getattr(node.func, "value", None)}
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and ast.unparse(node.right) == "2":
            nodes.add(node.left)
    return nodes


def _root(node):
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _tail(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)


def _changed(node, **fields):
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _walk(node, address):
    """(address, node) of every node; an address leads from the root, by field and place."""
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return  # a check of lengths, which are equal
    yield address, node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "names"):
            continue
        children = value if isinstance(value, list) else [value]
        for i, child in enumerate(children):
            documents = isinstance(node, ast.FunctionDef | ast.ClassDef) and field == "body" and i == 0
            if isinstance(child, ast.AST) and not (documents and ast.get_docstring(node) is not None):
                yield from _walk(child, (*address, (field, i if isinstance(value, list) else None)))


def _replaced(tree, address, substitute):
    tree = copy.deepcopy(tree)
    node = tree
    for field, i in address[:-1]:
        node = getattr(node, field) if i is None else getattr(node, field)[i]
    field, i = address[-1]
    if i is None:
        setattr(node, field, substitute)
    else:
        getattr(node, field)[i] = substitute
    return ast.fix_missing_locations(tree)


def _signature(tree, address):
    """Names of the parameters of the innermost function around a node."""
    node, names = tree, []
    for field, i in address:
        if isinstance(node, ast.FunctionDef):
            names = [parameter.arg for parameter in node.args.args if parameter.arg != "self"]
        node = getattr(node, field) if i is None else getattr(node, field)[i]
    return names


def _strings(tree, answered):
    nodes = (node for _, node in _walk(tree, ()) if isinstance(node, ast.Constant))
    return sorted({node.value for node in nodes if isinstance(node.value, str) and node.lineno in answered})


def _answered_lines(source):
    lines = set()
    for match in ANSWER.finditer(source):
        first = source.count("\n", 0, match.start()) + 1
        lines |= set(range(first, first + match.group().count("\n") + 1))
    return lines


def _change(original, mutant):
    before, after = original.splitlines(), mutant.splitlines()
    parts = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = [part[1:] for part in parts if part[0] != "equal"]
    return "\n".join(
        line
        for i, j, k, m in changed
        for line in [*(f"- {old}" for old in before[i:j]), *(f"+ {new}" for new in after[k:m])]
    )
