# SPDX-License-Identifier: Apache-2.0
"""Languages of voices: one whatever its name, code or region."""

import re

from otakube.domain.record.text import comparable

_REGION = re.compile(r"\s*\([^()]{0,40}\)|(?<=[A-Za-z]{2})[-_](?:[A-Za-z]{2,4}|\d{3})$")
_LANGUAGES = {
    comparable(one): language
    for language, others in {
        "japanese": ("ja", "jp", "jpn", "日本語"),
        "english": ("en", "us", "uk", "eng"),
        "korean": ("ko", "kr", "kor", "한국어"),
        "german": ("de", "deu", "ger", "deutsch"),
        "french": ("fr", "fra", "fre", "francais"),
        "spanish": ("es", "spa", "espanol", "castilian", "latin american spanish", "latin spanish"),
        "italian": ("it", "ita", "italiano"),
        "portuguese": ("pt", "br", "por", "português", "brazilian", "brazilian portuguese"),
        "hungarian": ("hu", "hun", "magyar"),
        "hebrew": ("he", "iw", "heb"),
        "chinese": ("zh", "cn", "zho", "chi", "mandarin", "中文", "普通话"),
        "cantonese": ("yue", "粤语", "粵語", "広東語"),
        "polish": ("pl", "pol", "polski"),
        "russian": ("ru", "rus", "русский"),
        "tagalog": ("tl", "fil", "tgl", "filipino"),
        "arabic": ("ar", "ara", "العربية"),
        "thai": ("th", "ไทย"),
        "vietnamese": ("vi", "tieng viet"),
        "indonesian": ("id", "ind", "bahasa indonesia"),
        "malay": ("ms", "msa", "may"),
        "turkish": ("tr", "tur"),
        "catalan": ("ca", "cat"),
        "swedish": ("sv", "swe"),
        "dutch": ("nl", "nld", "dut"),
        "danish": ("da", "dan"),
        "norwegian": ("no", "nb", "nor"),
        "finnish": ("fi", "fin"),
        "hindi": ("hi", "hin"),
        "greek": ("el", "ell", "gre"),
        "czech": ("cs", "ces", "cze"),
        "romanian": ("ro", "ron", "rum"),
    }.items()
    for one in others
}

_SHORTEST_NAME = 4  # letters; "no" and "it" are codes
_NAMES = {
    name: language
    for other, language in _LANGUAGES.items()
    for name in (other, language)
    if " " not in name and len(name) >= _SHORTEST_NAME
}
"""Languages by their names, which stand beside a region's: "Canadian French"."""


def language_key(language: str) -> str:
    """A language without its region, whatever its name: "Portuguese (BR)", "pt_BR", "European Portuguese"."""
    bare = comparable(_REGION.sub("", language)) or comparable(language)
    named = {_NAMES[word] for word in bare.split() if word in _NAMES}
    return _LANGUAGES.get(bare) or (named.pop() if len(named) == 1 else bare)
