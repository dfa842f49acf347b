# SPDX-License-Identifier: Apache-2.0
"""The options of `otakube run` beside what it is to run."""

from dataclasses import dataclass
from pathlib import Path

from otakube.commands.output import OutputFormat

PORT = 8765
"""The stand-in's port. Fixed: images are remembered by their URL, so another port would mirror them anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The folder of everything that is kept, the answer to reviews, the form of the results."""

    stores: Path
    yes: bool = False
    again: bool = False
    search: str = ""
    output: OutputFormat = OutputFormat.TABLE
