# SPDX-License-Identifier: Apache-2.0
"""Starts the operator with other runtime options than an installation has: OPTIONS as JSON, CONTROLLERS."""

import json
import sys
from importlib import import_module

sys.modules["kubernetes"] = None  # type: ignore[assignment]  # as in the image, which has no such package

from otakube_operator.main import main  # noqa: E402 - kopf looks for the package when it is imported
from otakube_operator.runtime.options import RuntimeOptions  # noqa: E402 - likewise
from otakube_operator.wiring import controllers  # noqa: E402 - likewise

if __name__ == "__main__":
    options, named = RuntimeOptions(**json.loads(sys.argv[1])), sys.argv[2]
    module, _, name = named.partition(":")
    main(getattr(import_module(module), name) if named else controllers, options)
