"""The words of the simulated shop: its catalogue and its shoppers' queries, in English and Chinese."""

from functools import cache
from itertools import product

import pandas as pd

LANGUAGES = ("en", "zh")
"""The languages of every pair of words below, in that order."""

NOUNS = (
    ("backpack", "双肩包"),
    ("jacket", "夹克"),
    ("lamp", "台灯"),
    ("kettle", "水壶"),
    ("keyboard", "键盘"),
    ("watch", "手表"),
    ("tent", "帐篷"),
    ("camera", "相机"),
    ("blanket", "毛毯"),
    ("speaker", "音箱"),
    ("bicycle", "自行车"),
    ("mug", "马克杯"),
)
"""What the shop sells, the most popular first."""

BRANDS = (
    ("Alder", "云杉"),
    ("Brook", "溪石"),
    ("Cinder", "炭木"),
    ("Dune", "沙丘"),
    ("Ember", "余烬"),
    ("Fjord", "峡湾"),
    ("Grove", "林间"),
    ("Harbour", "海港"),
)
"""Who makes it, the most popular first."""

SERIES = (("basic", "基础版"), ("plus", "升级版"), ("pro", "专业版"))
"""The end of a title, by price band: the cheapest band first."""

CHOICES = 3
"""How many words each class of titles has, and how many templates each class of queries."""

TITLE_WORDS = {
    "novelty": (("new", "新款"), ("limited", "限量"), ("trendy", "潮流")),
    "plain": (("classic", "经典"), ("everyday", "日常"), ("simple", "简约")),
    "bargain": (("discounted", "特价"), ("clearance", "清仓"), ("outlet", "折扣")),
}
"""Class of title: the words that a title of that class may begin with."""

QUERY_TEMPLATES = {
    "inspiration": (("{} ideas", "{} 灵感"), ("gift {}", "礼物 {}"), ("popular {}", "热门 {}")),
    "category": (("{}", "{}"), ("black {}", "黑色 {}"), ("small {}", "小号 {}")),
    "comparison": (("best {}", "最好 {}"), ("{} review", "{} 测评"), ("compare {}", "{} 对比")),
    "purchase": (
        ("{} discount code", "{} 优惠券"),
        ("{} fast delivery", "{} 次日达"),
        ("{} in stock", "{} 现货"),
    ),
}
"""Class of query: the templates of that class, to be filled with a noun."""

DEPARTMENT = ("{} department", "{} 专区")
"""The text of a browsed page, to be filled with a noun."""


def departments() -> pd.DataFrame:
    """Every page of the shop that can be browsed: one for each noun.

    Returns:
        A table with the text in each of :data:`LANGUAGES` (``en``, ``zh``).

    Example:
        >>> departments().iloc[0].to_dict()
        {'en': 'backpack department', 'zh': '双肩包 专区'}
    """
    return pd.DataFrame([_fill(DEPARTMENT, noun) for noun in NOUNS], columns=LANGUAGES)


@cache
def catalogue() -> pd.DataFrame:
    """Every item of the shop: one for each noun, brand, title word and price band, in that nesting.

    Returns:
        A table with the columns ``item_id``, ``title_class`` and ``price_band`` (codes), and the title in
        each of :data:`LANGUAGES` (``en``, ``zh``). It is cached: do not write to it.

    Example:
        >>> catalogue().iloc[-1].to_dict()
        {'item_id': 'i2591', 'title_class': 2, 'price_band': 2,
         'en': 'outlet Harbour mug pro', 'zh': '折扣 海港 马克杯 专业版'}
    """
    words = [(code, word) for code, words in enumerate(TITLE_WORDS.values()) for word in words]
    rows = [
        (title_class, band, *(" ".join(parts) for parts in zip(word, brand, noun, series, strict=True)))
        for noun, brand, (title_class, word), (band, series) in product(
            NOUNS, BRANDS, words, enumerate(SERIES)
        )
    ]
    items = pd.DataFrame(rows, columns=["title_class", "price_band", *LANGUAGES])
    items.insert(0, "item_id", [f"i{code:04d}" for code in range(len(items))])
    return items


@cache
def queries() -> pd.DataFrame:
    """Every query of the shop's shoppers: one for each noun and template, in that nesting.

    Returns:
        A table with the columns ``query_class`` (code) and the query in each of :data:`LANGUAGES`
        (``en``, ``zh``). It is cached: do not write to it.

    Example:
        >>> queries().iloc[-1].to_dict()
        {'query_class': 3, 'en': 'mug in stock', 'zh': '马克杯 现货'}
    """
    templates = [(code, pair) for code, pairs in enumerate(QUERY_TEMPLATES.values()) for pair in pairs]
    rows = [
        (query_class, *_fill(template, noun)) for noun, (query_class, template) in product(NOUNS, templates)
    ]
    return pd.DataFrame(rows, columns=["query_class", *LANGUAGES])


def _fill(template: tuple[str, str], noun: tuple[str, str]) -> list[str]:
    return [phrase.format(word) for phrase, word in zip(template, noun, strict=True)]
