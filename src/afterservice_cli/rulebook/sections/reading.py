"""How a text is read: the words that deny a phrase, praise, or say that all is settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.sections.forms import Phrases

DEFAULT = "‹default›"  # in a list, what would stand there if the rulebook said nothing

_VERY = "(很|挺|蛮|非常|特别|十分|超|超级|真|真的|比较|太)"

DENIALS: Sequence[str] = (
    "(没有|没|未|无|并无|从未|从没|毫无)(任何|一点|一点儿|一丝|丝毫|半点|什么|发现|出现|出现过|发生|发生过|遇到|再|)"
    "(任何|明显|明显的|太大|太大的|大的|其他|)",
    "(没有|没|未|从未|从没)(再|)(出现|发现|发生|遇到|碰到)(过|)(任何|什么|明显|有|)",
    "(没有|没|未|从未|从没)(再|)(见|见到|看到|看见|听到|闻到|感觉到)(过|)(任何|什么|明显|有|)",
    "(没有|没|未|从没|并没有)(啥|一丁点|一丁点儿|那种|任何的|再|再有|曾|一条|一道|一处|一个)",
    "(看|听|闻|察觉|感觉)不(到|见|出|出来)(任何|什么|明显|有|)",
    "不(会|再|太|怎么|算|是|是因为|像|觉得|存在|易|容易|)",
    "(并非|绝非|绝不|绝不会|不用担心|不担心|不怕|不必担心|避免|避免了|防止|预防)(会|)",
    "(no|not|never|without|isn't|wasn't|aren't|weren't|didn't|doesn't|don't|hasn't|haven't|nor)"
    "( any| a| been| be| ever|)",
    "(no|not|never|without|isn't)( a| an| any|)( single| visible| further|)",
    "(not|never|haven't|hasn't|didn't|don't|can't|couldn't)"
    "( had| have| see| seen| hear| heard| notice| noticed| find| found)( a| an| any|)( single|)",
    "no (longer|more|sign of|signs of|trace of|traces of)( a| any|)",
    "(hardly|barely) any",
    "(zero|neither|free of|free from)",
)
DENIALS_AFTER: Sequence[str] = (
    "(的|)(问题|现象|情况)(都|也|)(没有|没有了|不存在|不存在了|消失了|没出现|没有出现|没发生|没有再出现|没再出现)",
    "(不存在|不存在了|消失了)",
    "-(free|proof)",
)
DOUBT: Sequence[str] = (
    "(是不是|有没有|会不会|是否|难道|不得不|不能不|吗|?)",
    "(不能说|不敢说|谁说|敢说|怎么可能|怎么会)",
    "(如果|要是|假如|希望|建议|本来|原本|以为|说好|说是|号称|宣称|宣传|承诺|不知道)",
    "(客服|师傅|售后|商家|卖家|店家|厂家|他们|你们|对方|系统|页面|订单|工单)(都|还|)(说|显示|回复)",
    "(whether|supposed to|should have|promised|advertised|if only|wish)",
    "(they|he|she|you|seller|shop|agent|manual|page|website|ad|label|box)( all|)"
    " (said|say|says|claim|claims|claimed|told)",
)
CALM: Sequence[str] = (
    f"{_VERY}(好|棒|赞|强|值|便宜|方便|专业|结实|稳定|正常|新鲜|干净|牢固|准时|迅速|顺利|轻便|安静|好吃)",
    "(不错|满意|喜欢|给力|好用|好看|漂亮|舒服|流畅|清晰|热情|耐心|周到|及时|实惠|划算|负责|完好|完美|精致|厚道|"
    "贴心|靠谱|省心|放心)",
    "(物流|发货|送货|快递|到货|配送|速度|响应|回复|处理)(也|)(很|挺|非常|特别|超|真|比较|蛮|)快",
    "(完好无损|完美无缺|没问题|没有问题|没任何问题|没有任何问题|没什么问题|没毛病|没有毛病|一切正常|一切都好|名不虚传)",
    "(使用|运行|工作|功能|显示|充电)(都|也|一直|很|)正常",
    "值得(购买|拥有|推荐|入手|信赖|信任)",
    "性价比(很|超|真|非常|)高",
    "(推荐购买|物美价廉|物超所值|好评|五星|点赞|棒棒)",
    "(works|working|arrived|packed|runs|everything is) (fine|well|perfectly|great|flawlessly)",
    "(excellent|perfect|love it|happy with|no problem|no problems|no issue|no issues|very good|very happy)",
)
SETTLED: Sequence[str] = (
    "(已经|已)(解决|修好|处理好|搞定|弄好|恢复正常|恢复|妥善处理|圆满解决|处理完)",
    "(现在|目前|后来|终于|最后|最终)(都|又|已经|)(解决|修好|处理好|搞定|弄好|恢复|恢复正常|好|可以用|能用|正常)了",
    "问题(都|已经|已|得到|得以|很快|马上|立刻|当场|及时|全部|也|)(解决|处理好)了",
    "(帮|给)(我|我们|忙)~(解决|修好|处理好|搞定|弄好)了",
    "(is|was|been|now|already) (resolved|fixed|solved|sorted)",
)
TURNS: Sequence[str] = (
    "(但|可是|不过|只是|就是|然而|可惜|却|美中不足|唯一|结果|缺点|遗憾|居然|竟然|偏偏|没想到|谁知|不料)",
    "(but|however|although|though|except|yet)",
)


class Reading(Section):
    """How a text is read: which words make a phrase in it count for nothing."""

    denials: Phrases = key("words that deny what follows at once: 没有划痕, not damaged", default=DENIALS)
    denials_after: Phrases = key(
        "words that deny what stands before them, at the end of a clause", default=DENIALS_AFTER
    )
    doubt: Phrases = key("words with which a clause counts, whatever denies or praises: 是不是漏电", default=DOUBT)
    calm: Phrases = key("praise: in a clause that has some, no phrase counts", default=CALM)
    settled: Phrases = key(
        "words with which a case says that it is settled: what stands before them speaks for no category",
        default=SETTLED,
    )
    turns: Phrases = key("words with which another clause begins", default=TURNS)


DEFAULTS: Mapping[str, Sequence[str]] = {field: declared.default for field, declared in Reading.KEYS.items()}


def with_defaults(reading: Reading) -> Reading:
    """Return how texts are read, with the words that hold if nothing is said in the place of `DEFAULT`."""
    lists: Mapping[str, Sequence[str]] = reading.__dict__
    return Reading.of({field: _with_default(field, lists[field]) for field in DEFAULTS})


def _with_default(field: str, words: Sequence[str]) -> Sequence[str]:
    return tuple(word for one in words for word in (DEFAULTS[field] if one == DEFAULT else (one,)))
