# SPDX-License-Identifier: Apache-2.0
"""Sentences that say that there is no text, in the languages that providers show.

A sentence is one if all its words are words that such sentences are made of, one of them names the text and
one denies it: a story that begins so goes on in other words. Where a script has no spaces, a sentence is made
of such pieces from end to end.
"""

import re
from typing import NamedTuple

from otakube.domain.record.text import comparable

LONGEST = 250  # of a sentence that says that there is no text
_QUOTED = re.compile(
    r"“[^“”]{1,100}”|„[^„“”]{1,100}[“”]|«[^«»]{1,100}»|「[^「」]{1,100}」|『[^『』]{1,100}』|《[^《》]{1,100}》"
)


class Vocabulary(NamedTuple):
    """One language's: what names the text, what denies it, and what stands around."""

    subjects: frozenset[str]
    negations: frozenset[str]
    around: frozenset[str]

    def says_nothing(self, said: str) -> bool:
        """True of a comparable sentence of these words alone that denies the text."""
        words = frozenset(said.split())
        return bool(words & self.subjects and words & self.negations) and words <= self.all

    def pieces_say_nothing(self, said: str) -> bool:
        """The same of a sentence without spaces."""
        said = said.replace(" ", "")
        denied = any(one in said for one in self.negations)
        return denied and any(one in said for one in self.subjects) and _made_of(said, self.all)

    @property
    def all(self) -> frozenset[str]:
        """Every word."""
        return self.subjects | self.negations | self.around


def _vocabulary(subjects: str, negations: str, around: str) -> Vocabulary:
    return Vocabulary(frozenset(subjects.split()), frozenset(negations.split()), frozenset(around.split()))


SPACED = (
    _vocabulary(  # Spanish
        """
        sinopsis descripcion descripciones resumen argumento trama informacion datos biografia texto
        """,
        """
        no sin ninguna ningun ninguno falta faltan pendiente proximamente nada desconocida desconocido nadie
        """,
        """
        sobre acerca hay ha han habido sido se la el los las un una de del en por al y o a que para con este
        esta esto estos aun todavia actualmente ahora momento dia anime serie titulo pelicula episodio
        capitulo personaje manga ova entrada ficha obra pagina espanol castellano ingles japones oficial
        anadido anadida anadir anadela agregado agregada agregar disponible disponibles tiene tenemos existe
        existen conoce encontrado encontrada encontro ayudanos ayuda puedes completar completarla escribir
        escribirla escrito escrita publicado publicada traducido traducida traduccion traducir base nuestra
        nuestro lo sentimos aqui haz clic actualizar actualizarla editar pronto estara sera mas adelante
        vuelve tarde revisar le nos su momentos proporcionado proporcionada ser primero primera conocida
        conocido es
        """,
    ),
    _vocabulary(  # Portuguese
        """
        sinopse sinopses descricao resumo enredo trama historia informacao informacoes dados biografia texto
        """,
        """
        nao sem nenhuma nenhum falta pendente embreve nada desconhecida desconhecido ninguem indisponivel
        breve
        """,
        """
        sobre ha tem temos existe existem foi foram ainda no na nos nas o a os as um uma do da dos das de em
        por para com e ou que este esta esse essa isto ate momento agora atualmente anime serie titulo filme
        episodio capitulo personagem manga ova obra pagina portugues ingles japones oficial adicionado
        adicionada adicionadas adicionar adicione disponivel disponiveis encontrado encontrada encontrou
        ajude ajudar completar escrever escrita escrito publicada publicado traduzida traduzido traducao
        clique aqui atualizar atualize editar logo sera mais tarde volte desculpe lamentamos nossa nosso
        banco base seja primeiro primeira fornecida fornecido cadastrada cadastrado registrada ser estar
        """,
    ),
    _vocabulary(  # French
        """
        synopsis resume description descriptif histoire intrigue scenario information informations donnees
        biographie texte
        """,
        """
        aucun aucune pas sans manque manquant manquante prochainement rien inconnu inconnue bientot venir
        indisponible
        """,
        """
        n ne a ont est sont ete l le la les un une de du des d en par pour et ou y il elle on que qui ce cet
        cette ces encore actuellement moment instant heure maintenant toujours anime serie titre film
        episode chapitre personnage manga oav ova oeuvre œuvre fiche page francais francaise anglais
        anglaise japonais officiel officielle ajoute ajoutee ajoutes ajouter disponible disponibles existe
        trouve trouvee aidez nous completer ecrire ecrit ecrite redige redigee publie publiee traduit
        traduite traduction cliquez ici mettre jour modifier sera seront plus tard revenez notre base desole
        desoles premier premiere soyez connu connue fourni fournie renseigne renseignee s avons au aux
        """,
    ),
    _vocabulary(  # German
        """
        beschreibung beschreibungen inhaltsangabe zusammenfassung handlung inhalt synopsis info infos
        information informationen angaben daten biografie biographie text inhaltsbeschreibung
        kurzbeschreibung
        """,
        """
        kein keine keinen keiner nicht ohne fehlt fehlen folgt demnachst bald nichts unbekannt niemand
        """,
        """
        es gibt ist sind wurde wurden wird werden hat haben noch zu zum zur fur diese dieser dieses diesen
        diesem der die das den dem ein eine einen und oder in im auf von mit leider derzeit zurzeit momentan
        aktuell zeit bisher bislang anime serie titel film episode folge kapitel charakter figur manga ova
        eintrag seite werk deutsch deutsche deutscher englische japanische offizielle hinzugefugt hinzufugen
        eingetragen vorhanden verfugbar bekannt verfasst geschrieben schreiben ubersetzt ubersetzung
        veroffentlicht gefunden hilf uns helfen erganzen datenbank unsere unserer klicke klick hier
        aktualisieren bearbeiten spater schau wieder vorbei erste erster sei wir jetzt angekundigt liegt
        liegen vor moment entschuldigung
        """,
    ),
)
UNSPACED = (
    _vocabulary(  # Japanese
        """
        あらすじ 粗筋 あらまし 概要 説明 説明文 解説 紹介文 作品紹介 ストーリー シノプシス 情報 データ 内容
        プロフィール
        """,
        """
        ありません ない なし 無し 無い 未登録 未定 未公開 準備中 ございません 未入力 未設定 未記入 未作成
        未追加 未発表 作成中 調査中 制作中 近日公開 いません おりません 不明 見つかりません 待ち
        お待ちください 募集中
        """,
        """
        は が の も に を で と へ まだ 現在 現時点 この 本 作品 アニメ シリーズ タイトル エピソード 番組
        登録 追加 公開 され されて して て い ます です だ した でした ございます 公式 日本語 英語 版
        について 今 今の ところ しばらく 提供 投稿 編集 作成 発表 後日 近日 中 予定 する される 申し訳
        見つかり しばらくお 続報 ただいま 只今 翻訳 用 文 詳細 あり ん 掲載 表示 できる ご 協力 お願いします
        更新 項目 ページ キャラクター
        """,
    ),
    _vocabulary(  # Chinese, in both scripts
        """
        简介 簡介 剧情 劇情 介绍 介紹 内容 內容 概要 梗概 描述 说明 說明 资料 資料 信息 資訊 资讯 大纲 大綱
        摘要 故事
        """,
        """
        暂无 暫無 没有 沒有 无 無 尚无 尚無 未添加 未知 待补充 待補充 待添加 待更新 待定 待公布 尚未 还没
        還沒 还没有 還沒有 暂缺 暫缺 缺少 缺失 敬请期待 敬請期待 暂未 暫未 未有 未提供 未公布 暂时没有
        """,
        """
        的 了 该 該 此 这 這 这部 這部 本 部 作品 动画 動畫 动漫 動漫 番剧 番劇 系列 标题 標題 词条 詞條
        条目 條目 中文 英文 日文 官方 目前 暂时 暫時 现在 現在 还 還 有 被 任何 相关 相關 添加 新增 加入
        填写 填寫 提供 公开 公開 公布 公佈 翻译 翻譯 可用 欢迎 歡迎 补充 補充 完善 帮助 幫助 我们 我們 编辑
        編輯 更新 请 請 稍后 稍後 再来 再來 抱歉 对不起 對不起 数据库 資料庫 中 为 為 对 對 于 於 和 集 人物
        角色 电影 電影 剧集 劇集 信息 您 可以 点击 點擊 此处 此處
        """,
    ),
    _vocabulary(  # Korean
        """
        시놉시스 줄거리 설명 소개 개요 내용 정보 요약 스토리 데이터 작품소개
        """,
        """
        없습니다 없음 없다 없어요 않았습니다 않음 준비중 준비 미정 미등록 미상 불명 미공개 추후 예정
        못했습니다 없는 않은 아직
        """,
        """
        은 는 이 가 을 를 의 에 도 로 으로 대한 아직 현재 해당 작품 애니메이션 애니 시리즈 제목 에피소드
        영화 등록 추가 작성 제공 공개 되지 되어 있지 중 중입니다 입니다 한국어 영어 일본어 공식 번역 된
        됩니다 할 수 있는 있습니다 업데이트 곧 지금 찾지 찾을 수정 도와주세요 데이터베이스 죄송합니다 나중에
        다시 확인해 주세요 공지 페이지 캐릭터 항목 사용 가능한 가능 그 어떤
        """,
    ),
)


def says_nothing(text: str) -> bool:
    """True of a sentence of one of these languages that says that there is no text; English has its own."""
    if len(text) > LONGEST:
        return False
    said = comparable(_QUOTED.sub(" ", text))
    return any(one.says_nothing(said) for one in SPACED) or any(
        one.pieces_say_nothing(said) for one in UNSPACED
    )


def _made_of(text: str, pieces: frozenset[str]) -> bool:
    """Tell whether a text is a row of such pieces."""
    longest = max(map(len, pieces))
    reached = {0}
    for end in range(1, len(text) + 1):
        if any(text[start:end] in pieces for start in range(max(0, end - longest), end) if start in reached):
            reached.add(end)
    return len(text) in reached
