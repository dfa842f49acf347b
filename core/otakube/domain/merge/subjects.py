# SPDX-License-Identifier: Apache-2.0
"""Genres and tags: two words for one thing are one by spelling, number, and a table of synonyms."""

import re

from otakube.domain.record.text import comparable

_SPELLINGS = {
    "humour": "humor", "colour": "color", "organis": "organiz", "armour": "armor", "honour": "honor",
    "neighbour": "neighbor", "behaviour": "behavior", "theatre": "theater", "centre": "center",
    "grey": "gray", "shoun": "shon", "shouj": "shoj", "jousei": "josei",
}  # fmt: skip
_IRREGULAR = {
    "children": "child",
    "elves": "elf",
    "wolves": "wolf",
    "thieves": "thief",
    "men": "man",
    "women": "woman",
    "heroes": "hero",
}
_PLURAL = re.compile(r"(?<=[^aeiou])ies?$|(?<=ch|sh|ss)es$|(?<=x)es$|(?<=[^s])s$")
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019](?=s\b)|(?<=s)['\u2019](?=\s|$)", re.IGNORECASE)  # "Boys' Love"
_LONG = 4  # letters: "bus" is no plural


def _singular(word: str) -> str:
    """One form of both numbers, which need not be a word: "zombies" and "zombie" are "zomby"."""
    for plural, single in _IRREGULAR.items():  # superheroes and werewolves among them
        if word.endswith(plural):
            return word.removesuffix(plural) + single
    match = _PLURAL.search(word) if len(word) >= _LONG else None
    if match is None:
        return word
    return word[: match.start()] + ("y" if match[0].startswith("ie") else "")


def _bare(name: str) -> str:
    """One spelling of a word: no case, sign, space, number; American, long vowels as short ones."""
    text = comparable(_APOSTROPHE.sub("", name))
    for spelling, usual in _SPELLINGS.items():
        text = text.replace(spelling, usual)
    return "".join(_singular(word) for word in text.split())


_SUBJECTS = {
    _bare(one): _bare(subject)
    for subject, others in {
        "sci fi": ("science fiction", "sf"),
        "suspense": ("thriller",),
        "boys love": ("shounen ai", "shonen ai", "yaoi", "bl"),
        "girls love": ("shoujo ai", "shojo ai", "yuri", "gl"),
        "slice of life": ("daily life", "everyday life"),
        "avant garde": ("dementia",),
        "gourmet": ("cooking", "food"),
        "shounen": ("shonen",),
        "shoujo": ("shojo",),
        "mahou shoujo": ("magical girl", "mahou shojo"),
        "game": ("gaming",),
        "mecha": ("mech",),
        "historical": ("history",),
        "kids": ("children", "child"),
        "psychological": ("psychology",),
        "school": ("school life",),
        "space": ("outer space",),
        "isekai": ("other world", "another world"),
        "reincarnation": ("reincarnated",),
        "mythology": ("mythological", "myth"),
        "anthropomorphic": ("anthropomorphism",),
        "medical": ("medicine",),
        "racing": ("race",),
        "otaku culture": ("otaku",),
        "cgdct": ("cute girls doing cute things",),
        "time travel": ("time manipulation",),
        "post apocalyptic": ("post apocalypse",),
        "coming of age": ("coming of age story",),
        "virtual reality": ("vr",),
        "artificial intelligence": ("ai",),
    }.items()
    for one in others
}
"""Words that are one thing, with the one that stands for all in comparisons."""


def subject_key(name: str) -> str:
    """One form of a genre or a tag, whichever site's word it is."""
    bare = _bare(name)
    return _SUBJECTS.get(bare, bare)
