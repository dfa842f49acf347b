# SPDX-License-Identifier: Apache-2.0
"""What a provider shows where it knows nothing is absent, whoever of them shows it."""

from typing import Any

import pytest

from otakube.adapters.http.placeholders import Placeholders, is_placeholder
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.small_answers import EVERY, record, small, xml
from unit.otakube.adapters.providers.test_angle_brackets import PROSE

MAL = "https://cdn.myanimelist.net"
ANILIST = "https://s4.anilist.co/file/anilistcdn"
PICTURES: list[tuple[Provider, dict[str, Any]]] = [
    (Provider.JIKAN, {"images": {"jpg": {"image_url": f"{MAL}/images/questionmark_23.gif?s=a1"}}}),
    (Provider.JIKAN, {"images": {"jpg": {"large_image_url": f"{MAL}/images/qm_50.gif"}}}),
    (Provider.JIKAN, {"images": {"jpg": {"image_url": f"{MAL}/img/sp/icon/apple-touch-icon-256.png"}}}),
    (Provider.MYANIMELIST, {"main_picture": {"large": f"{MAL}/images/questionmark_50.gif"}}),
    (Provider.MYANIMELIST, {"main_picture": {"medium": f"{MAL}/img/sp/icon/apple-touch-icon-256.png"}}),
    (Provider.ANILIST, {"coverImage": {"extraLarge": f"{ANILIST}/media/anime/cover/medium/default.jpg"}}),
    (Provider.ANILIST, {"bannerImage": f"{ANILIST}/media/anime/banner/default.png"}),
    (Provider.JIKAN, {"images": {"jpg": {"image_url": f"{MAL}/images/spaceholder.gif"}}}),
    (Provider.JIKAN, {"images": {"jpg": {"image_url": f"{MAL}/images/anime/icon/anime-no-image.png"}}}),
    (
        Provider.KITSU,
        {"posterImage": {"original": f"https://kitsu.app/images/default_poster-{'2e' * 16}.png"}},
    ),
    (Provider.KITSU, {"posterImage": {"original": "https://kitsu.app/images/default_poster.jpg"}}),
    (Provider.KITSU, {"coverImage": {"original": "https://kitsu.app/images/original/missing.png"}}),
    (Provider.ANIMESCHEDULE, {"imageVersionRoute": "anime/jpg/default/no-image.jpg"}),
    (Provider.ANIME_PLANET, {"image": "https://cdn.anime-planet.com/images/blank_main.jpg?t=1"}),
    (Provider.ANIME_PLANET, {"image": "https://cdn.anime-planet.com/assets/card-load.svg"}),
    (Provider.JIKAN, {"images": {"jpg": {"image_url": f"{MAL}/images/na_series.gif"}}}),
    (Provider.MYANIMELIST, {"main_picture": {"large": f"{MAL}/images/anime/icon/no-image.png"}}),
    (Provider.ANILIST, {"bannerImage": f"{ANILIST}/user/banner/default.png"}),
    (Provider.KITSU, {"coverImage": {"original": f"https://kitsu.app/images/default_cover-{'7a' * 16}.png"}}),
    (Provider.ANIMESCHEDULE, {"imageVersionRoute": "anime/jpg/default/default.jpg"}),
]
SENTENCES = {
    Provider.JIKAN: "No synopsis information has been added to this title. Help improve our database.",
    Provider.MYANIMELIST: "No synopsis has been added for this series yet. Click here to update.",
    Provider.ANILIST: "No description available.",
    Provider.KITSU: "No synopsis has been added for this series yet.Click here to update this information.",
    Provider.ANIDB: "No description",
    Provider.ANIMESCHEDULE: "Synopsis not available yet",
    Provider.ANIME_PLANET: "No synopsis yet - check back soon!",
}


def test_anidbs_picture_that_stands_for_none_is_none() -> None:
    drawn = '<characters><character id="1" type="appears in"><name>Aoi</name><picture>nopic.gif</picture>'
    inner = f"<picture>nopic.gif</picture>{drawn}</character></characters>"
    raw = record(Provider.ANIDB, xml("Kasa no Eki", inner))
    assert EVERY[Provider.ANIDB].metadata(raw).images == []
    assert [one.image_url for one in EVERY[Provider.ANIDB].characters(raw)] == [None]


@pytest.mark.parametrize(("provider", "said"), PICTURES)
def test_a_picture_that_stands_for_none_is_none(provider: Provider, said: dict[str, Any]) -> None:
    assert EVERY[provider].metadata(small(provider, **said)).images == []


@pytest.mark.parametrize(
    "name",
    [
        "noimage_l.jpg", "avatar-default.png", "blank_char.gif", "missing-xl.webp", "default-b1.png",
        "no_image_available.png", "image-not-found.png", "tba.jpg", "1x1.gif", "default/original.png",
        "noimg.png", "no-img-available.png", "noavatar.png", "no-thumbnail.jpg", "no-artwork.png",
        "nobanner.jpg",
        "img_not_available.jpg", "image_unavailable.png", "image-coming-soon.jpg", "poster-not-available.jpg",
        "poster_default.png", "fallback.png", "dummy.png", "img-placeholder.png", "image-placeholder.svg",
        "loading.gif", "lazyload.png", "broken-image.png", "silhouette.png", "cover-default.jpg",
        "no_cover_art.png", "image_missing.png", "photo_not_found.png", "noimage@2x.png", "default@2x.png",
        "no-screenshot.png", "default-thumb.jpg", "default_banner.png", "now-printing.jpg", "nowprinting.gif",
    ],
)  # fmt: skip
def test_a_placeholder_in_any_size_is_none(name: str) -> None:
    assert Placeholders().picture(f"https://x.example/images/{name}") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://img.animeschedule.net/production/assets/public/img/anime/jpg/default/kasa-no-eki.jpg",
        "https://cdn.anime-planet.com/anime/primary/unknown-girl-1.jpg",
        "https://cdn.myanimelist.net/images/anime/1/12345l.jpg",
        "https://media.kitsu.app/anime/poster_images/7/original.jpg",
        "https://x.example/blank-slate-1-190x285.jpg",
        "https://cdn.myanimelist.net/images/anime/4/404.jpg",
        "https://x.example/no-game-no-life.jpg",
        "https://x.example/no-6.jpg",
        "https://x.example/nana.jpg",
        "https://x.example/na-na.jpg",
        "https://x.example/dummy-heart.jpg",
        "https://x.example/loading-love.jpg",
        "https://x.example/silhouette-of-you.jpg",
        "https://x.example/empty-sky.jpg",
        "https://x.example/now-and-then-here-and-there.jpg",
        "https://x.example/artist-unknown-city.jpg",
        "https://x.example/broken-blade.jpg",
        "https://x.example/" + "images" * 40 + "-x.jpg",
    ],
)
def test_a_picture_of_the_anime_stays(url: str) -> None:
    assert Placeholders().picture(url) == url


@pytest.mark.parametrize("provider", list(EVERY))
def test_a_sentence_that_says_that_there_is_no_text_is_none(provider: Provider) -> None:
    for sentence in (SENTENCES[provider], "Unknown", "N/A", "TBA", "?", "(Source: ANN)", " - "):
        assert EVERY[provider].metadata(small(provider, **{PROSE[provider]: sentence})).synopsis is None


@pytest.mark.parametrize("provider", list(EVERY))
def test_a_text_that_tells_something_stays(provider: Provider) -> None:
    text = "No description does it justice: " + "a town of umbrellas, a train of rain, and a girl. " * 8
    raw = small(provider, **{PROSE[provider]: text})
    assert EVERY[provider].metadata(raw).synopsis == text.strip()
    assert EVERY[provider].metadata(small(provider, **{PROSE[provider]: "Unknown to all."})).synopsis


@pytest.mark.parametrize(
    "text",
    [
        "This anime currently has no synopsis.", "A synopsis has not been added yet.", "No plot",
        "No English synopsis available", "Be the first to add a synopsis!", "No known plot",
        "Plot to be announced.", "We have no description for this yet.",
        "This entry does not have a description.", "No official synopsis yet.", "Synopsis is coming soon.",
        "There is no information available for this title at the moment. Check back later!",
        "Currently, no synopsis is available.", "Nothing here yet", "Synopsis missing", "Unknown plot.",
        "No synopsis has been added for Kasa no Eki yet.", "Sypnosis: TBA", "Coming soon…", "To be added.",
    ],
)  # fmt: skip
def test_a_sentence_of_nothing_is_known_by_its_words(text: str) -> None:
    assert Placeholders().prose(text).text is None


@pytest.mark.parametrize(
    "text",
    [
        "There is no synopsis of a life, says Aoi, and walks on.",
        "No description of the beast survives, but the village pays it every year what it asks.",
        "No information is safe from the girl who reads what others throw away.",
        "No plot against the crown has ever succeeded; this one will.",
        "To be announced as heir, Ryou must win three trials.",
        "None of them came back from the war.",
        "A story of the first episode of a show that does not exist.",
    ],
)
def test_a_story_that_begins_with_nothing_is_a_story(text: str) -> None:
    assert Placeholders().prose(text).text == text


@pytest.mark.parametrize(
    "name",
    [
        "(unknown)", "[N/A]", "TBA (2027)", "T.B.D.", "Not yet announced", "Untitled", "No title",
        "未定", "不明", "Not applicable", "No data", "Undisclosed", "Title TBA",
    ],
)  # fmt: skip
def test_other_names_of_nothing_are_none(name: str) -> None:
    assert Placeholders().name(name) is None


@pytest.mark.parametrize("nothing", ["Unknown", "N/A", "TBA", "?", "???", "-", "None found, add some", "tbd"])
def test_a_name_of_nothing_is_no_name(nothing: str) -> None:
    found = EVERY[Provider.JIKAN].metadata(
        small(
            Provider.JIKAN,
            title_english=nothing,
            title_japanese=nothing,
            title_synonyms=[nothing, "Umbrella"],
            studios=[{"name": nothing}],
            genres=[{"name": nothing}, {"name": "Drama"}],
            rating=nothing,
            duration=nothing,
        )
    )
    assert (found.title_english, found.title_japanese, found.synonyms) == (None, None, ["Umbrella"])
    assert (found.studios, found.genres, found.age_rating) == ([], ["Drama"], None)
    assert found.duration_seconds is None


def test_an_anime_may_be_called_like_a_placeholder() -> None:
    titles = {"romaji": "Unknown", "english": "Unknown"}
    media = {"id": 7, "title": titles, "status": "FINISHED", "synonyms": ["TBA"]}
    found = EVERY[Provider.ANILIST].metadata(record(Provider.ANILIST, {"data": {"Media": media}}))
    assert (found.title, found.title_english, found.synonyms) == ("Unknown", "Unknown", [])


def test_an_episode_without_a_name_has_none() -> None:
    rows = [{"mal_id": 1, "title": "TBA", "title_japanese": "?"}, {"mal_id": 2, "title": "The Lamp"}]
    raw = record(Provider.JIKAN, small(Provider.JIKAN).answers["anime"].body, episodes={"data": rows})
    assert [one.title for one in EVERY[Provider.JIKAN].episodes(raw)] == [None, "The Lamp"]
    named = '<episodes><episode><epno type="1">1</epno><title>TBA</title></episode></episodes>'
    anidb = EVERY[Provider.ANIDB].episodes(record(Provider.ANIDB, xml("Kasa no Eki", named)))
    assert [one.title for one in anidb] == [None]


AOI, NOBODY = "Aoi Minato", "Unknown"


def people(provider: Provider) -> Any:
    """A character and a member of the staff without a name, and each with one."""
    match provider:
        case Provider.JIKAN:
            parts = {
                "characters": [
                    {
                        "character": {"name": name},
                        "role": "Main",
                        "voice_actors": [
                            {"person": {"name": who}, "language": "Japanese"} for who in ("?", AOI)
                        ],
                    }
                    for name in (NOBODY, AOI)
                ],
                "staff": [{"person": {"name": name}, "positions": ["Director"]} for name in ("N/A", AOI)],
            }
            bodies = {part: {"data": rows} for part, rows in parts.items()}
            return record(provider, small(provider).answers["anime"].body, **bodies)
        case Provider.ANILIST:
            names = [{"full": NOBODY, "native": "不明"}, {"full": AOI, "native": "不明"}]
            voices = [{"name": {"full": who}, "languageV2": "Japanese"} for who in ("TBA", AOI)]
            cast = [
                {"role": "MAIN", "node": {"id": 5, "name": name}, "voiceActors": voices} for name in names
            ]
            made = [{"role": "Director", "node": {"id": n, "name": name}} for n, name in enumerate(names)]
            return small(provider, characters={"edges": cast}, staff={"edges": made})
        case _:
            inner = (
                "<creators>"
                + "".join(
                    f'<name id="{n}" type="Direction">{name}</name>' for n, name in enumerate((NOBODY, AOI))
                )
                + "</creators><characters>"
                + "".join(
                    f'<character id="{name}" type="appears in"><name>{name}</name><seiyuu>?</seiyuu>'
                    f"<seiyuu>{AOI}</seiyuu></character>"
                    for name in (NOBODY, AOI)
                )
                + "</characters>"
            )
            return record(provider, xml("Kasa no Eki", inner))


@pytest.mark.parametrize("provider", [Provider.JIKAN, Provider.ANILIST, Provider.ANIDB])
def test_nobody_is_called_like_a_placeholder(provider: Provider) -> None:
    raw = people(provider)
    [character] = EVERY[provider].characters(raw)
    assert (character.name, character.name_native) == (AOI, None)
    assert [voice.name for voice in character.voice_actors] == [AOI]
    assert [one.name for one in EVERY[provider].staff(raw)] == [AOI]


@pytest.mark.parametrize(
    "text", ["Unknown", "n/a", "TBA.", " ? ", "…", "To be announced", "Ｎ／Ａ", "TBA (2026)"]
)
def test_words_and_signs_for_nothing_are_known(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["K", "Nana", "×", "!", "None of Them", "Unknown Girl", "♡"])
def test_short_names_are_names(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("provider", "field"),
    [
        (Provider.JIKAN, "status"), (Provider.JIKAN, "type"), (Provider.ANILIST, "status"),
        (Provider.ANILIST, "format"), (Provider.KITSU, "status"), (Provider.KITSU, "subtype"),
        (Provider.MYANIMELIST, "status"), (Provider.MYANIMELIST, "media_type"),
    ],
)  # fmt: skip
def test_a_word_of_a_vocabulary_that_says_nothing_is_not_known(provider: Provider, field: str) -> None:
    for nothing in ("Unknown", "?", "N/A"):
        described = EVERY[provider].metadata(small(provider, **{field: nothing}))
        assert "Unknown" in (described.status, described.type)
