# SPDX-License-Identifier: Apache-2.0
"""Sentences of seven languages that say that there is no text, and stories that begin like them."""

import pytest

from otakube.adapters.http.placeholders import Placeholders, is_placeholder

NOTHING = {
    "Spanish": [
        "No hay sinopsis disponible.", "Sinopsis no disponible todavía.", "Sin sinopsis", "Sin descripción.",
        "Aún no se ha añadido una sinopsis para este título.", "Este anime no tiene sinopsis en español.",
        "No se ha encontrado ninguna descripción.", "Todavía no hay información sobre este anime",
        "Sinopsis pendiente de traducción.", "Próximamente: sinopsis.",
        "No existe sinopsis para «Kasa no Eki» aún.",
        "Ayúdanos a completar la base de datos: esta serie no tiene descripción.",
    ],
    "Portuguese": [
        "Nenhuma sinopse disponível.", "Ainda não há sinopse para este anime.", "Sem sinopse.",
        "Sem descrição",
        "Nenhuma sinopse foi adicionada a este título.", "Sinopse não disponível no momento.",
        "Este anime ainda não tem uma sinopse em português.", "Sinopse em breve.",
        "Não temos informações sobre esta obra.", "Descrição indisponível",
    ],
    "French": [
        "Aucun synopsis n'a été ajouté.", "Aucun synopsis disponible.", "Pas de synopsis pour le moment.",
        "Pas encore de résumé.", "Il n'y a pas encore de synopsis pour cette série.", "Synopsis à venir",
        "Aucune description n’est disponible en français pour l’instant.", "Résumé manquant.",
        "Aucune information n'est disponible.", "Synopsis bientôt disponible",
    ],
    "German": [
        "Keine Beschreibung vorhanden.", "Für diesen Titel gibt es noch keine Beschreibung.",
        "Zu diesem Anime ist leider noch keine Inhaltsangabe vorhanden.", "Beschreibung folgt.",
        "Es wurde noch keine Zusammenfassung hinzugefügt.", "Inhaltsangabe fehlt", "Noch keine Beschreibung",
        "Derzeit liegen keine Informationen vor.", "Für „Kasa no Eki“ gibt es noch keine Beschreibung.",
        "Handlung unbekannt",
    ],
    "Japanese": [
        "あらすじはまだありません。", "あらすじは登録されていません", "あらすじ準備中", "説明なし",
        "概要はありません。",
        "この作品のあらすじは現在準備中です。", "情報がありません", "ストーリー未定",
        "紹介文はまだ追加されていません。",
        "現在、この作品の説明はございません。", "『傘の駅』のあらすじはまだ登録されていません。",
    ],
    "Chinese": [
        "暂无简介", "暂无剧情介绍。", "该动画目前还没有简介", "簡介尚未添加", "暫無簡介",
        "没有简介",
        "这部作品还没有中文简介。", "简介待补充", "剧情未知", "尚無資料", "欢迎补充简介，目前暂无。",
    ],
    "Korean": [
        "시놉시스가 없습니다.", "등록된 줄거리가 없습니다", "줄거리가 아직 등록되지 않았습니다.",
        "줄거리 없음", "설명이 없습니다",
        "작품 소개 준비중입니다.", "아직 이 작품에 대한 정보가 없습니다.", "시놉시스 미정",
        "한국어 설명이 아직 추가되지 않았습니다.",
        "내용 없음",
    ],
}  # fmt: skip
STORIES = [
    "No hay sinopsis que prepare a nadie para lo que Aoi encuentra en la estación.",
    "Sin descripción posible: un pueblo bajo la lluvia.",
    "Sin nada que perder, Aoi sube al tren.", "No hay datos de los que vuelven.", "El texto perdido",
    "Nenhuma história de amor começa assim.", "Não há história sem chuva, diz Aoi.",
    "Sem dados, a cidade para: um hacker de dez anos ri.",
    "Aucun résumé ne dira ce que la pluie a pris à Aoi.", "Pas de scénario : ils improvisent leur vie.",
    "Une histoire sans fin.", "L'histoire d'une fille sans nom.",
    "Keine Beschreibung wird dem gerecht, was Aoi am Bahnhof fand.", "Es gibt keine Handlung ohne Folgen.",
    "Die Zeit ohne Regen.", "Niemand hat den Text gelesen, der die Welt beendet.",
    "あらすじのない物語が始まる。", "説明のつかない事件が町を襲う。", "情報を持たない少女が駅で傘を拾う。",
    "紹介されない恋",
    "没有故事的人来到雨中的车站。", "无名的少女拾起一把伞。", "内容空虚的城市",
    "他没有说明来意，只留下一把伞。",
    "줄거리를 잃어버린 소녀가 역에서 우산을 줍는다.", "정보가 없는 도시에서 소년은 살아남는다.",
    "설명할 수 없는 사건",
    "No synopsis has a heart, but this one tries.",
]  # fmt: skip


@pytest.mark.parametrize(
    "sentence", [one for said in NOTHING.values() for one in said], ids=lambda said: said[:40]
)
def test_a_sentence_of_nothing_is_none_in_seven_languages(sentence: str) -> None:
    assert Placeholders().prose(sentence).text is None


@pytest.mark.parametrize("story", STORIES)
def test_a_story_that_begins_so_stays(story: str) -> None:
    assert Placeholders().prose(story).text == story


@pytest.mark.parametrize(
    "name",
    [
        "Desconocido", "(Por anunciar)", "Sin título", "Desconhecido", "A definir", "Inconnu", "À venir",
        "Sans titre", "Unbekannt", "Noch nicht bekannt", "未知", "待定", "暂无", "미정", "제목 미정",
    ],
)  # fmt: skip
def test_a_word_for_nothing_is_none_in_seven_languages(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize(
    "name", ["El desconocido", "Inconnue au bataillon", "未知の駅", "Der Unbekannte", "미정이", "Por ti"]
)
def test_a_name_with_such_a_word_is_a_name(name: str) -> None:
    assert not is_placeholder(name)


def test_a_long_text_of_such_words_is_read_quickly_and_kept() -> None:
    text = "あらすじはありません" * 2_000
    assert Placeholders().prose(text).text == text
