"""产品介绍：按产品卡说清保什么、不保什么、适合谁；不报价，不承诺。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.back_office import BackOffice, ProductView
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.fold import fold
from bot.dialogue.readers_policies import A_CARD
from bot.dialogue.slot_types.text import free_text

_TAPS_SHOWN = 6
_ALL = "我这里能介绍的产品有这些，没列出的可以转人工问："
_SEVERAL = "您问到的不止一个，先说个大概："
_FOR_WHOM = "可以看看这些（仅供参考，合不合适还要看您的情况和核保）："
_FOOT = "以保单条款、核保和分公司许可的产品清单为准；这里不报价。想办理说“我要投保”，也可以转人工。"
_PEOPLE = re.compile(r"适合(.{1,8}?)(?:买|上|投)?的(?:保险|产品|险)")
# A family of products, said without naming one.
_FAMILIES = (("车险", {"auto"}), ("责任险", {"liability"}), ("财产险", {"home", "property"}))


class ProductCard(Flow):
    """Show the card of the product that was named, or what cards there are."""

    name = "product_card"
    title = "产品介绍"
    taps = ("产品介绍", "有哪些产品", "其他产品")
    # The whole sentence must be of this kind: «了解一下意外险怎么赔» asks for something else.
    sounds_like = (
        r"^(?!.*(天安|申能|平安|人保|太保|公司))(?:"
        r"(请|麻烦|帮我|给我|你|您|能|能不能|跟我|我?想)*(介绍|讲讲|讲一下|说说|说一下|了解)"
        r"(一下|下)?(你们的?)?[^和跟,，]{1,10}险(产品)?(吧|呗|吗)?"
        r"|(你们的?)?[^,，]{1,10}险(怎么样|怎样|咋样|好不好|产品介绍)"
        r"|(你们|咱们)?都?(有|卖)(哪些|什么|啥|嘛|几种)(保险)?产品"
        r"|看看(你们的?)?产品|(保险)?产品(目录|大全|清单|列表|一览)"
        r"|(有没有|有|哪些是?)?适合.{1,8}?(买|上|投)?的(保险|产品|险)(吗|有哪些|有什么)?"
        r")[啊呀呢 ?？。!！]*$"
    )

    # What was shown alone: «保什么» is about it, and no longer about a policy shown before.
    seen = Slot(
        free_text,
        label="看过的产品",
        ask="哪个产品？",
        optional=True,
        shown=False,
        remembered=True,
    )

    @property
    def confirm(self) -> bool:
        """Reading a card needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Show one card, the cards for the people or the family named, or all."""
        cards, text = office.products(), fold(self.utterance)
        named = _named(cards, text)
        self.values["seen"] = ""
        if len(named) == 1:
            self.values["seen"] = f"{A_CARD}{named[0].called[0]}"
            return _shown(named[0])
        if named:
            return _listed(named, _SEVERAL)
        people = _PEOPLE.search(text)
        if people and (fitting := _for_whom(cards, people[1])):
            return _listed(fitting, _FOR_WHOM)
        for family, lines in _FAMILIES:
            if family in text:
                return _listed([card for card in cards if card.line in lines], f"{family}有这些：")
        return _listed(cards, _ALL)


def _named(cards: Sequence[ProductView], text: str) -> list[ProductView]:
    """Return the cards named in the text; 新能源车险 does not name what is only a part of it."""
    words = {word: card for card in cards for word in card.called if word in text}
    whole = {w for w in words if not any(w != other and w in other for other in words)}
    return list({words[word].code: words[word] for word in whole}.values())


def _for_whom(cards: Sequence[ProductView], people: str) -> list[ProductView]:
    return [card for card in cards if any(word in people for word in card.audiences)]


def _shown(card: ProductView) -> Outcome:
    parts = (
        f"【{card.name}】{card.summary}",
        f"保什么：{card.covers}",
        f"不保什么：{card.excludes}",
        f"保多久：{card.period}",
        f"保额和费率：{card.amount}",
        f"怎么赔：{card.claims}",
        f"特点：{'；'.join(card.features)}。",
        f"适合：{'；'.join(card.suits)}。",
        f"不太适合：{'；'.join(card.unsuits)}。",
        f"办理要带：{'、'.join(card.bring)}。",
        f"条款：{card.terms}；{card.reviewed_on} 复核。{_FOOT}",
    )
    return Outcome.say("\n".join(parts), *card.asks[:2], "我要投保", "其他产品", "转人工")


def _listed(cards: Sequence[ProductView], head: str) -> Outcome:
    lines = (f"· {card.name}：{card.summary}" for card in cards)
    taps = (f"介绍一下{card.called[0]}" for card in cards[:_TAPS_SHOWN])
    more = [f"想细看哪一个，说“介绍一下{cards[0].called[0]}”这样的话就行。"] if cards else []
    foot = "".join((*more, _FOOT))
    return Outcome.say("\n".join((head, *lines, foot)), *taps, "转人工")
