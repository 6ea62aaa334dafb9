"""The library gives no answer to a task while a student's code runs, by any road."""

from pathlib import Path

import pytest

import gdm_lib
from gdm_grader.referee.notebook.kernel_run import kernel_call
from gdm_grader.referee.seeding import kernel_key
from gdm_grader.referee.withheld import helpers, strip, withheld
from gdm_grader.sandbox.host.kernels import Kernels
from gdm_grader.sandbox.isolation import Isolation

from .conftest import assignment_of

FILE = "import gdm_lib.masks as m; path = m.__file__; folder = __import__('os').path.dirname(path)\n"
ASK = "print('GOT', m.causal_mask(3, 'B').tolist())"
ROADS = {
    "the file's text, run": FILE + "m = type('m', (), {}); space = {'__name__': 'm'}; exec(open(path).read(), space)\n"
                                   "m.causal_mask = staticmethod(space['causal_mask']); " + ASK,
    "a spec from its place": FILE + "from importlib.util import *\nspec = spec_from_file_location('own', path)\n"
                                    "m = module_from_spec(spec); spec.loader.exec_module(m); " + ASK,
    "reload": FILE + "import importlib; m = importlib.reload(m); " + ASK,
    "runpy": FILE + "import runpy; space = runpy.run_path(path)\n"
                    "m = type('m', (), {'causal_mask': staticmethod(space['causal_mask'])}); " + ASK,
    "a second import": FILE + "import sys\nfor name in [n for n in sys.modules if n.startswith('gdm_lib')]:\n"
                              "    del sys.modules[name]\nimport gdm_lib.masks as m; " + ASK,
    "%run": FILE + "get_ipython().run_line_magic('run', '-n ' + path)\n"
                   "m = type('m', (), {'causal_mask': staticmethod(causal_mask)}); " + ASK,
    "inspect": FILE + "import inspect, torch; space = {}; exec(inspect.getsource(m), space)\n"
                      "m = type('m', (), {'causal_mask': staticmethod(space['causal_mask'])}); " + ASK,
    "a composed name": FILE + "m.causal_mask = getattr(m, 'causal' + '_mask'); " + ASK,
    "another process": "import subprocess, sys\ncode = 'from gdm_lib import masks as m; ' + " + repr(ASK) + "\n"
                       "print(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout)",
    "compiled files": FILE + "import glob, marshal, types\nfor name in glob.glob(folder + '/__pycache__/masks*.pyc'):\n"
                             "    space = {'__name__': 'm'}; exec(marshal.loads(open(name, 'rb').read()[16:]), space)\n"
                             "    print('GOT', space['causal_mask'](3, 'B').tolist())",
    "every file that can be read": "import os, sys\nfor top in {*sys.path, '/usr', sys.prefix}:\n"
                                   "    for folder, _, names in os.walk(top or '.'):\n"
                                   "        for name in names:\n            if name == 'masks.py':\n"
                                   "                text = open(os.path.join(folder, name)).read()\n"
                                   "                if 'def causal_mask' in text and 'center' in text:\n"
                                   "                    space = {'__name__': 'm'}; exec(text, space)\n"
                                   "                    print('GOT', space['causal_mask'](3, 'B').tolist())",
    "the rest of a class": "import gdm_lib.masks as m, gc, types\n"
                           "for code in [o for o in gc.get_objects() if isinstance(o, types.FunctionType)\n"
                           "             and o.__name__ == 'causal_mask']:\n    print('GOT', code(3, 'B').tolist())",
}


@pytest.mark.parametrize("isolation", [Isolation.NAMESPACES, Isolation.LANDLOCK], ids=["namespaces", "landlock"])
def test_no_road_leads_to_an_answer(fork_server, kernels, isolation):
    refused = assignment_of("masks").refused
    own = Kernels(kernels.limits, isolation)
    own.fork_server = fork_server
    found = {}
    with own.start({}, withheld(refused)) as kernel:
        kernel.execute(kernel_call(f"begin({kernel_key(7)}, {refused!r})"), 20, history=False)
        for road, source in ROADS.items():
            outcome = kernel.execute(source, 30)
            found[road] = str(outcome.outputs) + str(outcome.says)
        whole = kernel.execute("import gdm_lib.autoregressive, gdm_lib.check, gdm_lib.train; print('all there')", 30)
    assert {road: text for road, text in found.items() if "GOT [" in text} == {}
    assert "all there" in str(whole.outputs), whole.says


def test_without_the_files_in_their_place_a_road_is_open(kernels):
    with kernels.start() as kernel:
        assert "GOT [True, True, False]" in str(kernel.execute(ROADS["runpy"], 30).outputs)


def test_a_stripped_module_keeps_its_lines_its_words_and_what_others_use():
    text = 'def _own(k):\n    return k\n\n\ndef _shared(k):\n    return k + 1\n\n\ndef answer(k):\n    """Words."""\n' \
           '    k = _own(k)\n    return _shared(k)\n\n\ndef other(k):\n    return _shared(k)\n'
    without = strip(text, {"answer"})
    space: dict = {}
    exec(without, space)
    assert len(without.splitlines()) == len(text.splitlines())
    assert (space["other"](1), space["answer"].__doc__) == (2, "Words.")
    for name in ("answer", "_own"):
        with pytest.raises(RuntimeError, match="write it yourself"):
            space[name](1)


def test_every_refused_name_is_found_in_the_library():
    for name in ("masks", "log_dets", "kl_losses"):
        refused = assignment_of(name).refused
        texts = "".join(content.decode() for content in withheld(refused).values())
        for entry in refused:
            own = entry.rpartition(".")[2]
            assert f"def {own}(" in texts or f"class {own}(" in texts or f"class {own}:" in texts
    assert all(Path(path).is_relative_to(Path(gdm_lib.__file__).parent) for path in withheld(refused))


@pytest.mark.parametrize("name", ["masks", "log_dets", "kl_losses"])
def test_what_was_imported_holds_no_code_that_the_files_are_without(kernels, name):
    """The private functions that only an answer uses are gone from memory, too."""
    refused = assignment_of(name).refused
    source = "import importlib\nfor name in " + repr(helpers(refused)) + ":\n" \
             "    module, _, own = name.rpartition('.')\n" \
             "    function = getattr(importlib.import_module(module), own)\n" \
             "    print('LEFT', own) if 'cannot be called here' not in str(function.__code__.co_consts) else None\n"
    with kernels.start({}, withheld(refused)) as kernel:
        kernel.execute(kernel_call(f"begin({kernel_key(7)}, {refused + helpers(refused)!r})"), 20, history=False)
        outcome = kernel.execute(source, 30)
    assert helpers(refused)
    assert outcome.ok, outcome.says
    assert "LEFT" not in str(outcome.outputs)
