# SPDX-License-Identifier: Apache-2.0
"""Writes docs/reference/settings.md from the settings: `python -m otakube.settings_page [--check]`."""

import sys
from pathlib import Path

from pydantic import SecretStr

from otakube.settings import Settings

PAGE = Path(__file__).parents[2] / "docs/reference/settings.md"

HEAD = """# Settings of steps and services

Written by `make generate`. The chart fills them from its values: plain ones as environment, secret ones
as files named in lower case below `/etc/otakube/secrets`. By hand, set the environment, or
`OTAKUBE_SECRETS_DIR`.

| variable | default | secret | meaning |
|---|---|---|---|
"""


def page() -> str:
    """The page's text, one row a setting."""
    rows = []
    for name, field in Settings.model_fields.items():
        secret = "SecretStr" in str(field.annotation)
        default = "" if isinstance(field.default, SecretStr) or field.default in (None, "") else field.default
        shown = f"`{default}`" if default != "" else ""
        rows.append(
            f"| `OTAKUBE_{name.upper()}` | {shown} | {'yes' if secret else ''} | {field.description} |"
        )
    return HEAD + "\n".join(rows) + "\n"


def main() -> int:
    """Write the page; with --check only compare. 0 current, 1 stale."""
    if "--check" not in sys.argv:
        PAGE.write_text(page())
        return 0
    if PAGE.exists() and PAGE.read_text() == page():
        return 0
    sys.stderr.write(f"{PAGE.name} is stale: run `make generate`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
