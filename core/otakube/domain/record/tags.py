# SPDX-License-Identifier: Apache-2.0
"""Tags of HTML, told from words in angle brackets: `<i>` is markup, `<Infinite Dendrogram>` is a name.

Providers write tags without attributes, or with `name="value"`. What could be a word as well (`<time>`,
`<Code>`, `<A>`) is a tag only with a value, or where the text has both its begin and its end.
"""

from collections.abc import Callable


def _words(text: str) -> list[str]:
    return text.split()


FORMATTING = frozenset(
    _words(
        """
        a abbr b bdi bdo big blockquote body br center dd del div dl dt em fieldset figcaption font h1
        h2 h3 h4 h5 h6 head hr html i iframe img input ins kbd li nobr noscript ol p pre q rb rp rt rtc
        ruby s script small span spoiler strike strong style sub sup svg table tbody td textarea tfoot
        th thead tr tt u ul var wbr
        """
    )
)
WORDS = frozenset(
    _words(
        """
        acronym address applet area article aside audio base button canvas caption cite code col
        colgroup data datalist details dfn dialog dir embed figure footer form frame frameset header
        hgroup label legend link main map mark marquee menu meta meter nav object optgroup option output
        param picture progress samp search section select slot source summary template time title track
        video
        """
    )
)
_LONE = frozenset(
    ["br", "dd", "dt", "hr", "img", "li", "p", "td", "th", "tr", "wbr"]
)  # written without an end, in any case
_BARE = frozenset(
    _words(
        """
        allowfullscreen async autofocus autoplay checked controls default defer disabled hidden inert
        ismap itemscope loop multiple muted nomodule novalidate nowrap open readonly required reversed
        selected
        """
    )
)
_DECLARATIONS = ("!--", "!doctype", "![cdata[", "?xml")


def is_declaration(text: str) -> bool:
    """True of a comment, a DOCTYPE and the like; `<!!>` and `<?>` are none."""
    return text.lower().startswith(_DECLARATIONS)


def tags_of(text: str) -> Callable[[str], bool]:
    """Predicate of this text's tags, each without its opening bracket (`a href="x">`): true of markup."""
    lower = text.lower()
    pairs: dict[str, bool] = {}  # by element: the text is searched once for each

    def paired(element: str) -> bool:
        if element not in pairs:
            begun = f"<{element}>" in lower or f"<{element} " in lower
            pairs[element] = begun and f"</{element}>" in lower
        return pairs[element]

    def is_tag(tag: str) -> bool:
        name, rest = _parts(tag)
        element = name.lower()
        if element not in FORMATTING and element not in WORDS:
            return False
        if "=" in rest:
            return True
        bare = all(word in _BARE for word in rest.replace("/", " ").lower().split())
        surely = element in _LONE or (element in FORMATTING and name == element)
        return bare and (surely or paired(element))

    return is_tag


def _parts(tag: str) -> tuple[str, str]:
    """The element's name as it is written, and the rest of the tag."""
    inner = tag.removeprefix("/").rstrip(">")
    written = inner.replace("/", " ", 1).split(None, 1)
    if not written or inner[:1].isspace():
        return "", ""
    return written[0], written[1] if len(written) > 1 else ""
