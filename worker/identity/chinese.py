"""Traditional script to simplified, for comparison. Pure; one converter a process, loaded when it is first needed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# Frequent characters that only traditional script has. One of them is enough to convert the whole text. Text keys are
# made with them: with others, raise ``digest.ALGORITHM_VERSION`` and ``near.NEAR_VERSION``.
_TRADITIONAL = re.compile(
    "[個們來時為國這說對會後學過還發經動開問無見長門間關東車馬魚鳥龍體區華與義書買賣頭實業產們處應當從現機權條樣樓"
    "歲歷歸決沒況淚滿漢濟灣點熱爭獎環現畫當療盡監盤眾礦確種稱積穩窮競筆節簡糧級紅紀約純紙級細終組結絕統絲經維網緊總線"
    "練織續習聖聞聯聲職聽腦臉興舉舊艦莊萬葉藝蘇號術衛裝製複視親覺觀計討記許設訪證評話該詳語誤請論調談講議護讀變讓豐負財責貨"
    "質賽趙軍較輸轉農運達違遠適選遺還邊郵鄉醫釋銀銷錢錯鎮鐵長門開閉間際陽陳階隊險難電靜響頁頂項順預領題顯風飛飯館驗體黃齊]"
)


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC  # 60 ms, and only where Chinese is compared

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """``text`` in simplified script."""
    converted: str = _converter().convert(text)
    return converted


def simplified_where_traditional(text: str) -> str:
    """As ``simplified``, for whole texts: one without a frequent traditional character stays as it is, which costs a
    fraction."""
    return simplified(text) if _TRADITIONAL.search(text) else text
