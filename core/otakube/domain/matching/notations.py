# SPDX-License-Identifier: Apache-2.0
"""Notations of seasons, parts, forms and years, in the languages of the catalogues and of licensors.

All but the year are read from a comparable title, in which `set_apart` has parted numerals from names before.
"""

import re

from otakube.domain.record.text import comparable
from otakube_api.contract import AnimeType

FINAL = 99  # a final season or part, whose number the title does not say
MIDDLE = 98  # the one between the first and the last of three

_ROMAN = (
    "i",
    "ii",
    "iii",
    "iv",
    "v",
    "vi",
    "vii",
    "viii",
    "ix",
    "x",
    "xi",
    "xii",
    "xiii",
    "xiv",
    "xv",
    "xvi",
)
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve",
    "eins zwei drei vier funf sechs sieben acht",
    "un deux trois quatre cinq six sept huit",
    "uno dos tres cuatro cinco seis siete ocho",
    "uno due tre quattro cinque sei sette otto",
    "um dois tres quatro cinco seis sete oito",
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "erste zweite dritte vierte funfte sechste siebte achte",
    "premiere deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme",
    "primera segunda tercera cuarta quinta sexta septima octava",
    "prima seconda terza quarta quinta sesta settima ottava",
    "primeira segunda terceira quarta quinta sexta setima oitava",
    "первыи второи третии четвертыи пятыи шестои",
    "pierwszy drugi trzeci czwarty piaty",
    "الاول الثاني الثالث الرابع الخامس السادس",
)
_LAST = ("final", "last", "finale", "letzte", "derniere", "ultima", "финальныи", "последнии")
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
           "壱": 1, "壹": 1, "弐": 2, "貳": 2, "贰": 2, "参": 3, "參": 3, "叁": 3, "肆": 4,
           "伍": 5}  # fmt: skip
_WORDS = {
    **{word: place + 1 for words in (*_NUMBERS, *_ORDINALS) for place, word in enumerate(words.split())},
    **{numeral: place + 1 for place, numeral in enumerate(_ROMAN)},
    **dict.fromkeys(_LAST, FINAL),
    "seconde": 2,
    "ファースト": 1, "セカンド": 2, "サード": 3, "フォース": 4, "ファイナル": FINAL, "파이널": FINAL,
    "前": 1, "上": 1, "中": MIDDLE, "後": 2, "后": 2, "下": 2, "zen": 1, "chuu": MIDDLE, "kou": 2, "ko": 2,
    "最終": FINAL, "最终": FINAL, "完結": FINAL, "完结": FINAL, "kanketsu": FINAL, "zoku": 2, "続": 2,
}  # fmt: skip


def number_of(said: str) -> int:
    """The number that a word, a numeral or digits say."""
    if said.isdigit():
        return int(said)
    if said in _WORDS:
        return _WORDS[said]
    tens, ten, ones = said.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def _any(*words: str) -> str:
    return "|".join(sorted({one for some in words for one in some.split()}, key=lambda one: (-len(one), one)))


_N = r"0?(\d{1,2})(?:st|nd|rd|th)?"
_NTH = r"(\d{1,2}) ?(?:st|nd|rd|th|a|o|e|eme|er|ere|[иы]и|и|я)?"
_COUNT = f"({_any(*_NUMBERS, *_ROMAN)})"
_ORDINAL = f"({_any(*_ORDINALS, *_LAST, 'seconde')})(?:[nrs])?"
_UNITS = "一二三四五六七八九壱壹弐貳贰参參叁肆伍"
_KANJI = rf"(\d{{1,2}}|[{_UNITS}]?十?[{_UNITS}]|[二三四五六七八九]?十)"
SEASONS = "seasons?|stage|series|saison|staffel|temporada|stagione|sezon|seizoen|sasong|musim|сезон"
PARTS = "part|pt|cour|parte|partie|teil|часть"
_FOREIGN = ("ซีซั่น", "ซีซัน", "ภาค", "الموسم", "시즌", "シーズン", "シリーズ")
_OTHER_SEASONS = "|".join(re.escape(comparable(word)) for word in _FOREIGN)

# What is said behind the word comes first: "Major 2nd Season 2" is the second season of "Major 2nd".
SEASON = (
    re.compile(
        rf"\b(?:{SEASONS}|mua|t(?=\d\b)) ?(?:{_N}|{_COUNT})\b"
        rf"|(?:{_OTHER_SEASONS}) ?(?:{_N}|{_ORDINAL}|{_COUNT})\b"
    ),
    re.compile(
        rf"\b(?:the |la |le |il |die |der )?(?:{_NTH}|{_ORDINAL}) (?:{SEASONS})\b"
        rf"|\b(?:{SEASONS}) (final\w{{0,2}})\b"
        rf"|\bs(\d{{1,2}})\b|\b{_NTH} ?(?:season|stage|シーズン|シリーズ)"
        r"|\b(\d{1,2}) ?ki\b|(?:제 ?)?(?<!\d)(\d{1,2}) ?기(?!\w)"
        rf"|第? ?{_KANJI} ?(?:期|季|シーズン|シリーズ)|第{_KANJI}(?:弾|作)|(?:その|其の) ?{_KANJI}$"
        r"|(ファースト|セカンド|サード|フォース|ファイナル|파이널) ?(?:シーズン|ステージ|シリーズ|시즌)"
        r"|(最[終终])(?:季|シーズン|章)"
        r"|^(zoku|続) ?(?=\w)| ?(続)(?:章|編)?$|\b(zoku)(?: ?(?:shou|hen))?$"
    ),
)  # fmt: skip
PART = (
    re.compile(
        rf"\b(?:{PARTS}) ?(?:{_N}|{_COUNT})\b"
        r"|\b(?:the )?(final|last) (?:chapters?|part|cour|arc|act)\b"
    ),
    re.compile(
        rf"\b(?:the )?(?:{_NTH}|{_ORDINAL}) (?:{PARTS}|half)\b"
        rf"|第? ?{_KANJI} ?(?:クール目?|部分?(?!\w))"
        rf"|(?:パート|クール|파트) ?(?:{_KANJI}|{_COUNT}\b)|(\d) ?부(?!\w)"
        rf"|第 ?{_KANJI} ?章"
        r"|([前中後后]|完[結结])[編篇]|([前後])半(?:クール)?目?$|([上中下])巻$"
        r"|\b(zen|chuu|kou|ko|kanketsu) ?(?:hen|pen)\b"
    ),
)  # fmt: skip

_NO_SEASON_BEHIND = (
    "no|nr|vol|volume|episode|ep|chapter|case|type|unit|route|number|code|class|version|ver|day|file"
)
_UNCOUNTED = "".join(rf"(?<!\b{word})" for word in _NO_SEASON_BEHIND.split("|"))
_SEQUELS = _any(*_ORDINALS[0].split()[1:])
_NUMERAL = "ii|iii|iv|vi|vii|viii|ix|xi|xii|xiii|xiv|xv|xvi"
MARK = "numeral"  # the word that `set_apart` writes before a numeral that a subtitle follows

# Numerals without a word: only where the title says its season in no other way.
BARE = (
    re.compile(rf" {MARK}(\d{{1,2}})\b"),
    re.compile(rf"{_UNCOUNTED}(?<! [1-9]) (?:({_NUMERAL}|v)|([2-9]))$"),
    re.compile(rf"{_UNCOUNTED} ({_NUMERAL})(?= \w)"),
    re.compile(rf"(?<=\w) the (?:([2-9])(?:nd|rd|th)|({_SEQUELS}))\b(?! of)"),
    re.compile(
        rf"(?<=\w)(?<!^the)(?<!\bper) (?:the )?({_SEQUELS}|final)$"
        r"|(?<=\w) ?(ファイナル|セカンド|サード)$"
    ),
    re.compile(rf"(?<=\w) ({'|'.join('弐貳参參肆伍')})(?: ?(?:の|ノ|之) ?章)?$"),
)  # fmt: skip

_COUNTED = (
    r"(?: ?(?:no |vol |nr |第 ?)?(?<!\d)(?:0?(\d{1,2})(?!\d)(?!st|nd|rd|th|期|季)"
    rf"|({_any(*_ROMAN, _NUMBERS[0])})\b))?"
)
FORMS: tuple[tuple[AnimeType, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:{words}){_COUNTED}"))
    for kind, words in (
        (AnimeType.MOVIE, r"(?<= )(?:the |le |der |la |il |o )?(?:movies?|film[es]?|pelicula)\b"
                          r"|\b(?:gekijou?ban|eiga)\b|劇場版|剧场版|映画|電影|电影|극장판"),
        (AnimeType.OVA, r"(?<= )(?:ova|oad|ovas|oads)(?=\d*\b)"),
        (AnimeType.ONA, r"(?<= )ona\b"),
        (AnimeType.SPECIAL, r"(?<= )(?:tv )?(?:specials?|tokubetsu ?hen)\b|スペシャル|特別[編篇]"),
        (AnimeType.TV, r"(?<= )(?:the )?(?:tv|tv series|tv anime)$|^tv(?:アニメ|动画| anime)"),
    )
)  # fmt: skip
FORM_BEHIND = re.compile(
    rf"(?<= )(?:the )?(?:(\d{{1,2}})(?:st|nd|rd|th)|({_any(_ORDINALS[0])}))"
    r" (?=(?:movie|film|ova|oad|special)\b)"
)  # "The 2nd Movie"

MARKED = re.compile(
    r"[\d期季部編篇后続映電电劇剧特シクスパフサ最極극기부시파セ弐貳参參肆伍上中下章半その第]|\b[ivx]{1,5}\b|hen|pen|ban"
    r"|movie|film|eiga|pelicula|ov|oad|ona|special|tv|zoku|mua|half"
    rf"|{SEASONS}|{PARTS}|{_OTHER_SEASONS}|{_any(*_ORDINALS, *_LAST)}"
)  # most names have none of these, and cost no more than this look

_SEPARATED = r"(?=\s*[:(\[「『《〈~〜]|\s+[-–—―|/]\s)"
_BEFORE_SUBTITLE = re.compile(
    rf"(?i)(?<=[^\s\d:(]) +(?<!\d )(?:({'|'.join(_ROMAN[:9])})|(1?[1-9]))\b{_SEPARATED}(?=\W*\w)"
)
_LAST_WORD = re.compile(
    rf"(?i)\b(?:{_NO_SEASON_BEHIND}|{SEASONS}|{PARTS}|movies?|film[es]?|pelicula|eiga|ova|oad|ona|specials?"
    r"|gekijou?ban)\W*$"
)
_CJK = r"\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_BEHIND = r"(?:$|\s*[:(\[「『~]|\s+[-–—]\s)"
_ATTACHED = re.compile(
    r"(?<=[a-z0-9])(?=(?:II|III|IV|VI|VII|VIII|IX)\b)"
    rf"|(?<=[{_CJK}])(?=(?:II|III|IV|V|VI|VII|VIII|IX|[2-9]){_BEHIND})"
    rf"|(?<=[^\W\d_]{{3}})(?=[2-9]{_BEHIND})"
)


def set_apart(title: str) -> str:
    """The title with attached numerals set apart, and those before a subtitle marked."""
    title = _ATTACHED.sub(" ", title)
    match = _BEFORE_SUBTITLE.search(title)
    if match is None or _LAST_WORD.search(title[: match.start()]):
        return title
    number = number_of((match[1] or match[2]).lower())
    return f"{title[: match.start()]} {MARK}{number}{title[match.end() :]}"


_YEAR_NUMBER = r"((?:19|20)\d\d)"
YEAR = re.compile(
    rf"(?i)[\[(【]\s*(?:(?:spring|summer|fall|autumn|winter)\s+|(tv|movie|ova|ona|special)\s*,?\s*)?{_YEAR_NUMBER}"
    rf"(?:\s*[-–~]\s*(?:\d{{4}}|\d\d)?)?\s*(?:年版?|,?\s*(tv|movie|ova|ona|special|series))?\s*[\])】]"
    rf"|\s{_YEAR_NUMBER}年版?\s*$"
)
BARE_YEAR = re.compile(r"^(.*\D) ((?:19[3-9]|20[0-4])\d)$")
DUB = re.compile(
    r"(?i)[\[(]\s*(?:vf|vostfr|omu|voix \w+|(?:\w+ )?(?:dub|dubbed|sub|subbed|subs|audio))\s*[\])]"
)  # of a streaming site's season: it says nothing of the anime
KIND_OF_MUSIC = re.compile(r"[\[(]\s*(?:music(?: video)?|mv)\s*[\])]", re.IGNORECASE)
PROMOTION = re.compile(r"\b(?:pv|cm|mv|music video|promotion(?:al)? video|trailer|teaser|commercial)\b")
