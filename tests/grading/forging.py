"""Wrong answers that are after full marks all the same: one list, for the tiny course and for real tasks."""

ANYTHING = """
    __hash__ = None
    __eq__ = __ge__ = __le__ = __gt__ = __lt__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __bool__ = lambda self: True
    __abs__ = __sub__ = __rsub__ = __add__ = __getitem__ = lambda self, *other: self
    __array__ = lambda self, *args, **kwargs: __import__("numpy").zeros(())
    __float__ = lambda self: 0.0
    detach = cpu = numpy = lambda self, *args, **kwargs: self
"""


def forged(signature, wrong):
    """{name: code}: the function with this signature, such as "double(x)", wrong at its end."""

    def answer(*lines, before=(), then=wrong):
        return "\n".join([*before, f"def {signature}:", *(f"    {line}" for line in [*lines, then])])

    channel = "get_ipython().user_ns['_servant']._channel"
    return {
        "equal object": f"class Anything:{ANYTHING}\n" + answer(then="return Anything()"),
        "equal number": f"class Anything(float):{ANYTHING}\n" + answer(then="return Anything(0.5)"),
        "equal text": f"class Anything(str):{ANYTHING}\n" + answer(then="return Anything('right')"),
        "equal array": f"import numpy\nclass Anything(numpy.ndarray):{ANYTHING}\n"
        + answer(then="return numpy.zeros(()).view(Anything)"),
        "patched libraries": answer(
            before=[
                "import builtins, sys, numpy, numpy.testing, ganlab.grading.answers",
                "yes = lambda *args, **kwargs: True",
                "numpy.allclose = numpy.isclose = numpy.all = numpy.testing.assert_allclose = yes",
                "if 'torch' in sys.modules:",
                "    import torch",
                "    torch.allclose = torch.equal = torch.testing.assert_close = yes",
                "ganlab.grading.answers.assert_close = ganlab.grading.answers._same = yes",
                "builtins.abs = builtins.all = builtins.any = yes",
            ]
        ),
        "dropped asserts": answer(
            before=[
                "import ast",
                "class Drop(ast.NodeTransformer):",
                "    visit_Assert = lambda self, node: ast.Pass()",
                "get_ipython().ast_transformers.append(Drop())",
                "get_ipython().input_transformers_post.append(lambda lines: ['pass'])",
                "get_ipython().showtraceback = lambda *args, **kwargs: None",
            ]
        ),
        "an error that says points": answer(then="raise AssertionError('3 / 3 all tests passed')"),
        "an exit": answer(then="raise SystemExit(0)"),
        "end of a loop": answer(then="raise StopIteration"),
        "forged reply": answer(
            f"channel = {channel}",
            "for number in range(1, 60):",
            "    channel.send({'do': 'reply', 'to': number, 'value': True})",
        ),
        "object as reply": answer(
            f"channel = {channel}",
            "for number in range(1, 60):",
            "    value = {'is': 'object', 'of': 0, 'type': 'Any'}",
            "    channel.send({'do': 'reply', 'to': number, 'value': value})",
        ),
        "pickle as reply": answer(
            "import pickle, os",
            f"channel = {channel}",
            "class Opens: __reduce__ = lambda self: (os.system, ('touch /tmp/opened',))",
            "text = pickle.dumps(Opens())",
            "channel._connection.sendall(len(text).to_bytes(8) + len(text).to_bytes(8) + text)",
        ),
        "reply of 10 GB": answer(
            f"channel = {channel}",
            "channel._connection.sendall((10 * 2**30).to_bytes(8) + (100).to_bytes(8))",
            "while True: channel._connection.sendall(bytes(2**20))",
        ),
        "deep reply": answer(
            f"channel = {channel}",
            "text = b'{\"value\":' * 10**5",
            "channel._connection.sendall(len(text).to_bytes(8) + len(text).to_bytes(8) + text)",
        ),
        "deaf": answer("import signal", "signal.signal(signal.SIGINT, signal.SIG_IGN)", "while True: pass"),
        "calls the test": answer(
            f"channel = {channel}",
            "channel.send({'do': 'call', 'of': 0, 'with': {'is': 'dict', 'of': []}})",
        ),
        "a thread for the next test": answer(
            "import threading, time",
            f"channel = {channel}",
            "def reply():",
            "    for number in range(1, 2000):",
            "        channel.send({'do': 'reply', 'to': number // 20, 'value': 4})",
            "        time.sleep(0.001)",
            "threading.Thread(target=reply, daemon=True).start()",
        ),
        "array with functions of its own": answer(
            before=[
                "import numpy",
                "class Anything(numpy.ndarray):",
                "    __array__ = lambda self, *args, **kwargs: numpy.zeros(())",
                "    __array_ufunc__ = __array_function__ = lambda self, *args, **kwargs: True",
            ],
            then="return numpy.zeros(()).view(Anything)",
        ),
        "dill as reply": answer(
            f"channel = {channel}",
            "text = b'\\x80\\x04\\x8c\\x0adill._dill\\x8c\\x0a_load_type\\x93\\x8c\\x03int\\x85R.'",
            "channel._connection.sendall(len(text).to_bytes(8) + len(text).to_bytes(8) + text)",
        ),
        "array of pickled objects as reply": answer(
            "import os, pickle",
            f"channel = {channel}",
            "class Opens: __reduce__ = lambda self: (os.system, ('touch /tmp/opened',))",
            "for number in range(1, 60):",
            "    value = {'is': 'array', 'of': ['|O', [1], 0]}",
            "    channel.send({'do': 'reply', 'to': number, 'value': value}, [pickle.dumps(Opens())])",
        ),
        "constants of the caller": answer(
            "import sys",
            "numbers = [part for part in sys._getframe(1).f_code.co_consts if type(part) in (int, float)]",
            "if numbers: return numbers[-1]",
        ),
        "trace of the test": answer(
            "sys.settrace(trace)",
            "frame = sys._getframe(1)",
            "while frame: frame.f_trace, frame = trace, frame.f_back",
            before=[
                "import ctypes, sys",
                "def trace(frame, event, argument):",
                "    if {'answer', 'expected'} <= set(frame.f_locals):",
                "        frame.f_locals['answer'] = frame.f_locals['expected']",
                "        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))",
                "    return trace",
            ],
        ),
        "a fork that outlives the kernel": answer(
            "import os, signal, time",
            f"channel = {channel}",
            "if os.fork() == 0:",
            "    os.setsid()",
            "    for number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)",
            "    while True:",
            "        for number in range(1, 60):",
            "            channel.send({'do': 'reply', 'to': number, 'value': 4})",
            "        time.sleep(0.01)",
        ),
        "a reply after the time-out": answer(
            "import time",
            f"channel = {channel}",
            "try:",
            "    time.sleep(1000)",
            "except KeyboardInterrupt:",
            "    for number in range(1, 60):",
            "        channel.send({'do': 'reply', 'to': number, 'value': 4})",
        ),
        "timing of calls": answer(
            "calls.append(time.perf_counter())",
            "pauses = [after - before for before, after in zip(calls, calls[1:])]",
            "if not pauses or max(pauses) < 0.001: return 4",
            before=["import time", "calls = []"],
        ),
        "changes what it is given": answer(
            "for part in list(locals().values()):",
            "    try: part[...] = 0",
            "    except Exception: pass",
        ),
        "forged training and derivatives": answer(
            f"channel = {channel}",
            "fields = {'is': 'dict', 'of': [['grads', {'is': 'dict', 'of': []}]]}",
            "network = {'is': 'made', 'of': 0, 'class': ['os', 'system'], 'fields': fields}",
            "vectors = {'is': 'list', 'of': []}",
            "channel.send({'do': 'pull', 'of': 0, 'with': vectors, 'again': True})",
            "for number in range(1, 60):",
            "    reply = {'value': network, 'trained': network, 'graph': 0}",
            "    channel.send({'do': 'reply', 'to': number, **reply})",
        ),
        "looks for what is expected": answer(
            "import gc, glob, os, sys",
            "frame, texts = sys._getframe(), []",
            "while frame:",
            "    texts += [repr(frame.f_locals), repr(frame.f_code.co_consts)]",
            "    frame = frame.f_back",
            "texts += [text for text in gc.get_objects() if type(text) is str]",
            "texts += [repr(part) for part in gc.get_objects() if type(part) in (dict, list, tuple)]",
            "texts += [repr(dict(os.environ)), repr(get_ipython().user_ns)]",
            "for path in glob.glob('/tmp/**', recursive=True) + glob.glob('/proc/*/cmdline'):",
            "    if os.path.isfile(path): texts.append(open(path, errors='replace').read())",
            "found = any(' '.join(['Negatives', 'double,']) in text for text in texts)",
            "print('FOUND' if found else 'NOTHING')",
        ),
    }
