# SPDX-License-Identifier: Apache-2.0
"""The closed vocabulary of suggested tags, and the words of a synopsis that speak for each.

Themes as the large catalogues name them. A word stands for its inflections where it ends in `*`.
"""

import re
from typing import NamedTuple

TAG_WORDS: dict[str, tuple[str, ...]] = {
    "Amnesia": ("amnesia*", "lost memory", "lost memories", "lost all memories", "no memories"),
    "Archery": ("archer*", "kyudo"),
    "Band": ("band", "guitarist*", "drummer*", "bassist*"),
    "Baseball": ("baseball",),
    "Basketball": ("basketball",),
    "Boxing": ("boxer*", "boxing"),
    "Card Game": ("card game*", "karuta", "trading card*"),
    "Childcare": ("raising a child", "single father", "single mother", "babysit*"),
    "Conspiracy": ("conspirac*",),
    "Cooking": ("cook", "cooking", "chef*", "recipe*", "bakery", "baker*", "restaurant"),
    "Cultivation": ("cultivation", "cultivator*", "immortal sect"),
    "Cyberpunk": ("cyberpunk", "cyborg*", "cybernetic*"),
    "Delinquents": ("delinquent*", "yankee", "gang of thugs"),
    "Demons": ("demon", "demons", "demonic"),
    "Detective": ("detective*", "private investigator*"),
    "Dragons": ("dragon*",),
    "Environmental": ("pollution", "climate", "ecosystem*"),
    "Espionage": ("spy", "spies", "espionage", "secret agent*"),
    "Family Life": ("family life", "siblings", "stepsister*", "stepbrother*"),
    "Fishing": ("fishing", "fisherm*", "angler*"),
    "Football": ("soccer", "football"),
    "Found Family": ("found family", "become a family", "surrogate family"),
    "Ghost": ("ghost*", "haunted", "yūrei", "yurei"),
    "Gods": ("god", "gods", "goddess*", "deity", "deities"),
    "High Stakes Game": ("death game", "survival game", "gambl*", "casino*"),
    "Historical": ("edo period", "sengoku", "meiji", "taisho", "heian", "feudal japan", "19th century"),
    "Iyashikei": ("healing", "slow life", "heartwarming", "soothing"),
    "Idols": ("idol", "idols"),
    "Isekai": ("another world", "parallel world", "reincarnat*", "summoned to", "different world"),
    "Martial Arts": ("martial art*", "karate", "judo", "kung fu", "dojo"),
    "Mecha": ("mecha", "giant robot*", "mobile suit*", "piloted robot*"),
    "Medicine": ("doctor", "doctors", "surgeon*", "hospital*", "physician*"),
    "Military": ("army", "military", "soldier*", "battalion*"),
    "Monster Girls": ("monster girl*", "demi-human*"),
    "Mountaineering": ("mountaineer*", "climb mountains", "hiking"),
    "Music": ("musician*", "piano", "pianist*", "orchestra*", "violin*", "singer*", "composer*"),
    "Mythology": ("mytholog*", "legendary hero*", "ancient legend*"),
    "Ninja": ("ninja*", "shinobi"),
    "Office": ("office worker*", "salaryman", "company employee*", "corporate"),
    "Pirates": ("pirate*",),
    "Police": ("police", "policem*", "inspector"),
    "Post-Apocalyptic": ("apocalyp*", "end of the world", "ruined world", "wasteland*"),
    "Psychic Powers": ("psychic*", "telepath*", "telekine*", "esper*"),
    "Racing": ("street rac*", "racing", "racer*"),
    "Revenge": ("revenge", "vengeance", "avenge*"),
    "Robots": ("robot", "robots", "android*"),
    "Samurai": ("samurai", "ronin", "swordsm*"),
    "School Life": ("high school*", "middle school*", "classmate*", "student council", "school club*"),
    "Ships": ("ship", "ships", "sailor*", "navigator*", "lighthouse*"),
    "Space": ("outer space", "spaceship*", "starship*", "galaxy", "galactic", "planet*"),
    "Steampunk": ("steampunk", "steam-powered"),
    "Superheroes": ("superhero*", "superpower*"),
    "Swimming": ("swimmer*", "swimming"),
    "Tennis": ("tennis",),
    "Time Loop": ("time loop", "same day over and over", "relive the same day"),
    "Time Travel": ("time travel*", "travel through time", "back in time", "time leap*"),
    "Trains": ("train", "trains", "railway*", "locomotive*"),
    "Travel": ("journey", "travels", "traveler*", "traveller*", "road trip"),
    "Vampires": ("vampire*",),
    "Video Games": ("video game*", "virtual reality", "online game*", "mmorpg", "vrmmo*"),
    "Volleyball": ("volleyball",),
    "War": ("war", "wartime", "battlefield*", "invasion"),
    "Witches": ("witch", "witches", "sorceress*"),
    "Workplace": ("part-time job", "workplace", "coworker*", "co-worker*"),
    "Yakuza": ("yakuza",),
    "Youkai": ("yokai", "youkai", "yōkai"),
    "Zombies": ("zombie*", "undead"),
}


class Evidence(NamedTuple):
    """A tag with the words that speak for it, as they stand in the text."""

    tag: str
    words: tuple[str, ...]


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    forms = (re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word) for word in words)
    return re.compile(rf"\b(?:{'|'.join(forms)})\b", re.IGNORECASE)


_PATTERNS = {tag: _pattern(words) for tag, words in TAG_WORDS.items()}


def evidence(text: str) -> list[Evidence]:
    """Every tag that the text speaks for, with its words, in the vocabulary's order."""
    found = ((tag, dict.fromkeys(match.group().lower() for match in pattern.finditer(text)))
             for tag, pattern in _PATTERNS.items())  # fmt: skip
    return [Evidence(tag, tuple(words)) for tag, words in found if words]
