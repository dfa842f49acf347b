# SPDX-License-Identifier: Apache-2.0
"""Names of objects, made of what a person typed: a title or a page."""

import hashlib
import re

NAME_LENGTH = 63  # of a label's value


def name_of_title(title: str) -> str:
    """A name of its words; a digest tells apart what a name's letters cannot, such as two titles in kanji."""
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if name == "-".join(re.sub("[:,] ", " ", title.lower()).split()) and len(name) <= NAME_LENGTH:
        return name
    return _digested(name, title)


def name_of_page(url: str) -> str:
    """A name of host and path."""
    name = re.sub(r"[^a-z0-9]+", "-", url.lower().partition("://")[2]).strip("-")
    return name if len(name) <= NAME_LENGTH else _digested(name, url)


def _digested(name: str, text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{name[: NAME_LENGTH - 9].strip('-') or 'title'}-{digest}"
