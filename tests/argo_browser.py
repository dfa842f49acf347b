# SPDX-License-Identifier: Apache-2.0
"""Chromium at Argo's page, used as a reviewer does: log in, open a run, select its review, press RESUME."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, Response, ViewportSize, sync_playwright

PATIENCE = 120_000  # milliseconds
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
"""No word to hosts of Chromium's own, and no sandbox, which root cannot have."""

SIZE: ViewportSize = {"width": 1100, "height": 760}
COLOURS = 96
"""Enough for a flat page: a picture takes some 20 kB."""


def chromium() -> str | None:
    """The machine's own Chromium."""
    return shutil.which("chromium") or shutil.which("google-chrome")


@dataclass(frozen=True, slots=True)
class ArgoPage:
    """The page of one reviewer."""

    page: Page
    url: str

    def log_in(self, token: str) -> None:
        """Paste a token where the page asks for one."""
        self.page.goto(f"{self.url}/login")
        self.page.locator("#token").fill(token)
        self.page.locator(".login__token-section a.argo-button").click()
        self.page.locator(".nav-bar, .argo__logo").first.wait_for()

    def open(self, namespace: str, workflow: str) -> None:
        """Open a run, and wait until its graph has come to the review."""
        self.page.goto(f"{self.url}/workflows/{namespace}/{workflow}")
        self._label("review").wait_for()

    def select_review(self) -> None:
        """Select the node above the word; its panel has a RESUME of its own."""
        box = self._label("review").bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] - 20)
        self.page.get_by_role("button", name="RESUME").nth(1).wait_for()

    def press_resume(self) -> None:
        """Press the node's RESUME, not that of the whole run; the page asks."""
        self.page.get_by_role("button", name="RESUME").nth(1).click()
        self.page.locator(".popup-container").get_by_text("decision").wait_for()

    def choose(self, decision: str) -> None:
        self.page.locator(".popup-container .select__value").click()
        self.page.locator(".popup-container .select__option", has_text=decision).click()

    def write(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.locator(f".popup-container label:text-is('{name}') + input").fill(text)

    def confirm(self) -> None:
        """Press OK, and wait until the page has sent both of its requests."""
        last = self.press_ok()
        assert last.ok, last.text()

    def press_ok(self) -> Response:
        """Press OK; the answer to the page's second request, or to its first if that was refused."""
        with self.page.expect_response(_is_last) as sent:
            self.page.locator("[qe-id=argo-popup-ok-button]").click()
        return sent.value

    def wait_for_step(self, name: str) -> None:
        """Wait until the graph shows a step."""
        self._label(name).wait_for()

    def picture(self, target: Path | None) -> None:
        """Keep what is seen as a small PNG, where one is wanted."""
        if target is None:
            return
        with Image.open(io.BytesIO(self.page.screenshot(animations="disabled"))) as seen:
            seen.convert("RGB").quantize(COLOURS).save(target, optimize=True)

    def _label(self, name: str) -> Locator:
        return self.page.locator("svg").get_by_text(name, exact=True)


def _is_last(response: Response) -> bool:
    return response.url.endswith("/resume") or (response.url.endswith("/set") and not response.ok)


@contextmanager
def running_browser(url: str) -> Iterator[ArgoPage]:
    """A new Chromium without any memory of another."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        try:
            page = browser.new_page(viewport=SIZE)
            page.set_default_timeout(PATIENCE)
            yield ArgoPage(page, url)
        finally:
            browser.close()
