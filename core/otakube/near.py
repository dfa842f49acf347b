# SPDX-License-Identifier: Apache-2.0
"""The word that somebody meant who misspelt it: pure."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_REFUSED = re.compile(r"(?:Value error, )?(?P<said>'(?P<given>.*)' is not one of (?P<choices>'.*'))\.")


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A sentence to append, or nothing where no word is near."""
    words = {word.casefold(): word for word in known}
    near = get_close_matches(given.casefold(), words, n=1)
    return f". Did you mean {words[near[0]]!r}?" if near else ""


def with_near_choice(message: str) -> str:
    """Typer's refusal of an option's value, with the choice that is near."""
    found = _REFUSED.fullmatch(message)
    if found is None:
        return message
    near = did_you_mean(found["given"], re.findall("'([^']*)'", found["choices"]))
    return f"{found['said']}{near or '.'}"
