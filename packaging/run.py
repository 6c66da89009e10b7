"""Run a module of packaging's folders: `python packaging/run.py bench.main --quick`.

Python puts the folder of the started script on the module path. So the modules find
each other, and the environment of what they start stays as it is.
"""

import runpy
import sys

if __name__ == "__main__":
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
