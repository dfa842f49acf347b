# SPDX-License-Identifier: Apache-2.0
"""The documentation's blocks that need nothing but a checkout work as printed, pasted into a terminal."""

from pathlib import Path

import pytest

from doc_blocks import Block, Needs, blocks_that_need
from doc_shell import copied, terminal
from documents import ROOT

pytestmark = pytest.mark.timeout(1800)

PAGES = blocks_that_need(Needs.NOTHING)


@pytest.mark.parametrize("blocks", PAGES.values(), ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_the_blocks_of_a_page_work_as_printed(blocks: list[Block], tmp_path: Path) -> None:
    with terminal(tmp_path, copied(tmp_path)) as shell:
        for block in blocks:
            shell.run(block)
