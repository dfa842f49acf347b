# SPDX-License-Identifier: Apache-2.0
"""Plugin of kubectl: `kubectl otakube` is `otakube`, and `kubectl_complete-otakube` completes it."""

import contextlib
import io
import os
import shlex
import sys

from otakube.main import app, main

__all__ = ["complete", "main"]

NO_FILES = ":4"
"""The directive of kubectl's completion that ends a list: nothing else, and no names of files."""


def complete() -> None:
    """Print what may stand in place of the last argument, a line each, as kubectl asks its plugins."""
    words = ["otakube", *sys.argv[1:]]
    asked = {"_OTAKUBE_COMPLETE": "complete_bash", "COMP_WORDS": shlex.join(words)}
    os.environ.update(asked | {"COMP_CWORD": str(len(words) - 1)})
    found = io.StringIO()
    with contextlib.redirect_stdout(found), contextlib.suppress(SystemExit):
        app(prog_name="otakube")
    print(*filter(None, found.getvalue().splitlines()), NO_FILES, sep="\n")
