"""Words that tell of danger to life, in Chinese and English, and the words around them that say it
is not so. Data for `complaints.danger`; expressions meet plain small letters.

Measured on real messages (docs/adr/0103): change nothing here without measuring again.
"""

from __future__ import annotations

from typing import Final

from complaints.enums import DangerKind

_PEOPLE: Final = (
    "(?:人|老人|孩子|小孩|女儿|儿子|母亲|妈妈?|父亲|爸爸?|奶奶|爷爷|业主|住户|学生|我们?|她|他)"
)
_GAS: Final = "(?:燃气|煤气|天然气|液化气|瓦斯)"
_ALOFT: Final = "(?:外墙|幕墙|广告牌|招牌|空调外机|空调支架|窗扇|雨棚|墙砖)"
_BUILT: Final = "(?:房子|房屋|楼|屋顶|楼板|天花板|吊顶|围墙|墙体|护坡|阳台|脚手架|围挡|大梁)"

#: by kind: somebody is in danger now
ACUTE: Final[dict[DangerKind, str]] = {
    DangerKind.ENTRAPMENT: (
        rf"(?<!贫)困人|被困(?!扰|惑|难|境)|困(?:住|着|了|在).{{0,6}}{_PEOPLE}"
        r"|困在.{0,6}(?:电梯|里面|轿厢)|关(?:着|在|进|到)?了?(?:在)?电梯(?:里|内|轿厢)"
        rf"|电梯.{{0,8}}(?:困|关)(?:住|着|了).{{0,3}}{_PEOPLE}"
        rf"|电梯.{{0,4}}(?:坏|停|卡|不动|故障).{{0,10}}(?:[里内]面?还?有{_PEOPLE}|在(?:里面|里头|轿厢))"
        rf"|卡在了?电梯(?:里|内|门|中)|{_PEOPLE}.{{0,6}}卡在.{{0,4}}(?:电梯|轿厢)"
        r"|电梯.{0,10}(?:出不来|出不去)|(?:反锁|锁)在(?:家|屋|房间|车|厕所|卫生间|阳台)里?"
        r"|电梯.{0,6}(?:急坠|坠落|冲顶|蹲底|失控|下坠)"
        r"|(?:stuck|trapped|locked) (?:in|inside) (?:a|the|an|our)? ?"
        r"(?:lift|elevator|room|bathroom|car)"
        r"|\btrapped\b"
    ),
    DangerKind.GAS: (
        rf"{_GAS}(?:管道?|灶|表|阀门?|罐|总阀)?.{{0,3}}(?:泄漏|泄露|漏气|漏了|在漏|外泄)"
        rf"|漏(?:煤气|燃气|天然气|液化气)|{_GAS}的?(?:味|气味|异味|臭味)"
        r"|臭鸡蛋味?|煤气中毒|一氧化碳中毒"
        r"|gas (?:is )?leak(?:ing|age|s)?|leaking gas|smell(?:s|ing)? (?:of |like )?gas|gas smell"
        r"|carbon monoxide"
    ),
    DangerKind.FIRE: (
        r"(?<![随沿挨靠顺等跟])着火(?![车锅红热气候])|着了火"
        r"|(?<![0-9几数多一二两三四五六七八九十引])起火(?![灾车])"
        r"|失火|发生了?火灾|烧(?:起来|着)了|浓烟|(?<!烟囱)冒(?:着|出|了|起)?(?:很多|好多|大|黑|白)?烟(?!囱)"
        r"|自燃(?![油气])|(?<!炸药)爆炸(?!性|物|案|式)"
        r"|\bon fire\b|\bfire (?:broke|in|at|on)\b|there(?:'s| is) (?:a )?fire\b|caught fire"
        r"|\bexplo(?:sion|ded)\b|smoke (?:is )?(?:coming|from|in|everywhere|fill)"
    ),
    DangerKind.FLOOD: (
        r"爆管|水管.{0,3}(?:爆(?:了|裂|开)|炸(?:了|裂|开)|破裂)|消防(?:管|栓).{0,3}爆"
        r"|(?:家里|屋里|房间|楼道|地下室|车库|电梯井|配电房|电井|一楼|机房).{0,6}"
        r"(?:被?水?淹|水漫|灌水|倒灌)"
        r"|burst (?:water )?(?:pipe|main)|(?:pipe|main) (?:has )?burst|\bflood(?:ed|ing)\b"
    ),
    DangerKind.ELECTRIC: (
        r"触电|漏电(?!保护|开关|断路|流)|被电(?:了|到|击|倒|着|晕)|电到(?:人|孩子|老人|我)"
        r"|(?:冒|打|喷)着?火花"
        r"|electric(?:al)? shock|electrocut\w+|\blive wire"
    ),
    DangerKind.FALLING: (
        r"(?:砸|掉下来砸)(?:到|中|伤|着)了?(?:人|行人|孩子|小孩|老人|路人|业主|我)|坠楼"
        r"|(?:fell|falling|dropped) (?:on|onto) (?:a |the )?"
        r"(?:person|child|someone|people|man|woman)"
    ),
    DangerKind.COLLAPSE: (
        rf"(?:坍塌|倒塌|垮塌)(?:了|下来|压)|{_BUILT}.{{0,3}}(?:塌|垮)(?:了|下来)"
        rf"|{_BUILT}(?:要|快要?)(?:塌|倒|垮)"
        r"|(?:wall|ceiling|roof|building|balcony|scaffold\w*) (?:has |is )?collaps(?:ed|ing)"
    ),
    DangerKind.INJURY: (
        r"晕倒|昏倒|昏迷|昏过去|不省人事|没有?了?呼吸|没有?心跳|休克|抽搐|大出血|血流不止"
        r"|流了?(?:好多|很多|大量|一地的?)血|溺水|落水了|掉[进到入]了?(?:水池|泳池|井|河|湖|水里|窨井|坑)"
        r"|(?:要|想|已经?)跳楼|轻生(?!产)|(?:要|想|在)自杀|不想活|割腕|窒息"
        r"|心梗|心脏病发|突发心脏病"
        r"|\bunconscious\b|not breathing|\bfainted\b|bleeding (?:a lot|badly|heavily)"
        r"|\bdrown(?:ed|ing)\b|\bsuicid\w+|heart attack"
    ),
    DangerKind.VIOLENCE: (
        r"持刀|[拿提]着?(?:菜)?刀|动刀|砍(?:人|伤|死)|捅(?:人|伤|死|了)|行凶|抢劫"
        r"|(?<!道德)(?<!权力)绑架|要杀|杀人"
        r"|with a knife|\bstabb(?:ed|ing)\b|\brobb(?:ed|ery)\b|being attacked"
    ),
}

#: by kind: something may cost a life soon, or somebody was hurt
GRAVE: Final[dict[DangerKind, str]] = {
    DangerKind.ENTRAPMENT: r"电梯.{0,8}(?:急速下降|突然下滑|突然下降|往下掉)",
    DangerKind.GAS: rf"(?<!胎)(?<!窗)漏气(?!味)|{_GAS}.{{0,4}}(?:爆|炸)",
    DangerKind.FIRE: r"火苗|烧焦(?:的)?味|糊味|\bsmell(?:s|ing)? (?:of )?(?:burning|smoke)\b",
    DangerKind.FLOOD: (
        r"(?:家里|屋里|房间|电梯井?|配电房|电井|机房|家中)(?:里|惨遭|全|都|在)?进水"
        r"|\bwater (?:is )?pouring\b"
    ),
    DangerKind.ELECTRIC: (
        r"(?:电线|电缆|线头).{0,6}(?:裸露|外露|掉下来|断了|垂下|垂落|烧)"
        r"|(?:裸露|外露)的?(?:电线|电缆|线头)"
        r"|exposed (?:wire|cable)s?"
    ),
    DangerKind.FALLING: (
        rf"高空(?:抛物|坠物|落物)|{_ALOFT}.{{0,8}}(?:掉(?:落|下|了)|脱落|坠落|松动|摇摇欲坠|砸|要掉)"
        r"|(?:玻璃|花盆|砖头|水泥块|瓷砖|石头).{0,6}(?:从.{0,6}(?:掉|落|砸)下?|坠落|砸下来)|摇摇欲坠"
        r"|falling (?:tiles?|debris|glass|objects?)|tiles? (?:are |is )?falling"
    ),
    DangerKind.COLLAPSE: r"坍塌|倒塌|垮塌|塌方|(?:地面|路面).{0,3}(?:塌陷|塌了|下陷)|sinkhole",
    DangerKind.INJURY: (
        r"受伤(?!害)|摔伤|骨折|烫伤|烧伤|割伤|夹伤|砸伤|夹[到住]了?(?:手|脚|人|孩子|小孩)"
        r"|[狗犬]咬[伤了]|(?:摔倒|跌倒).{0,8}(?:起不来|动不了|流血)"
        r"|\binjured\b|\bbleeding\b|broken (?:leg|arm|bone)"
    ),
    DangerKind.VIOLENCE: (
        r"殴打|斗殴|打人|打起来|打架|动手打|家暴|猥亵|被打[了伤]|扬言.{0,6}(?:杀|砍|弄死)"
        r"|\bassault(?:ed)?\b|\bfighting\b|\bbeaten\b"
    ),
}

#: directly before: it is not so
DENIED: Final = (
    r"(?:(?<!有)没有?|未曾?|并未|从未|无|不|不会|不能|不是|并非|不曾|不算)"
    r"(?:再|有|发生|出现|造成|导致|引起|人员|人|任何|闻到|看到|过|什么|被|明显的?){0,4}$"
    r"|\b(?:no|not|without|nobody(?: is| was)?|no one(?: is| was)?|isn't|wasn't|didn't)"
    r"(?: (?:a|an|any|the|been|is|was|longer))*\s$"
)
#: before, in the same clause: to be prevented, or a mere thought
IMAGINED: Final = (
    r"(?:防止|防范|预防|避免|以免|以防|谨防|杜绝|消除|排查|警惕|严防|当心|小心|吸取|生怕|唯恐"
    r"|容易|极易|随时|早晚|迟早|将会|就会|会不会|会引|会导致|会发生|会造成|会砸|会掉|会有"
    r"|可能会|可能导致|可能引|可能造成|可能发生|难道|算不算|比如|例如|新闻|网上"
    r"|一旦|万一|如果|假如|倘若|要是|若是?|假设)[^,]{0,16}$"
    r"|\b(?:if (?:there|a|the|we|something)|in case|prevent\w*|avoid\w*|risk of)\b[^,.]{0,40}$"
)
#: in an earlier clause of the sentence: all that follows is supposed
SUPPOSED: Final = r"一旦|万一|如果|假如|倘若|要是|假设|若[是发有]|生怕|唯恐"
#: directly after: the matter is another one
ABOUT: Final = (
    r"^的?等?(?:安全)?(?:事故)?"
    r"(?:隐患|风险|原因|的危险|的可能|演习|演练|预案|保险|宣传|培训|知识|教育"
    r"|(?:报警|探测|保护|感应|感烟)器(?!.{0,6}(?:响|叫))|检测(?!一下)|标准|规范|高发|的话|[者方])"
    r"|^了?(?:该)?(?:谁|由谁)(?:来)?负责"
    r"|^ (?:drill|lane|door|exit|extinguisher|hydrant|detector|test|risk|insurance|hazard)"
)
#: anywhere in the sentence: a drill, an insurance
REHEARSED: Final = (
    r"(?<!不是)(?:演习|演练)|消防(?:知识)?(?:培训|宣传|讲座)|保险(?![丝柜箱栓])|报销|医保|理赔|伤残"
    r"|(?<!not a )\bdrills?\b"
)
#: after it: it is over
OVER: Final = (
    r"(?<![没未不能])(?<!没有)(?:放|救|走|弄|拉)出来了|已经?(?:被|全部|都|安全)*(?:放|救)出"
    r"|(?<!没有)(?<![没未])(?:获救|脱困|得救|扑灭|熄灭)|(?:火|已经?)(?:自己)?灭了"
    r"|虚惊|没事了|(?<!不是)误报|已(?:经)?(?:解除|排除|修好|处理好|处理完|恢复)"
    r"|\b(?:was|were|been|got|has been|already) (?:rescued|freed|released|fixed|put out)"
    r"|false alarm|\bput out\b"
)
#: after it: it is not over, whatever else was said
STILL: Final = r"还[有在没]|仍|没有?(?:救|放|出|扑)|又(?:着|烧|漏)|\bstill\b"
#: in the sentence, up to the word: it is told of another time
PAST: Final = (
    r"昨[天晚日夜]|前[天晚日]|前几[天日]|上个?(?:月|周|星期|次|礼拜)"
    r"|(?:去年|前年|今年)(?![^,]{0,4}[装买换交修住搬])|曾|(?:19|20)\d\d|\d+月|年前|月前"
    r"|(?<!分钟)(?<!小时)(?<!刻钟)(?:以前|之前)|当时|那次|那天|历史|发生过"
    r"|(?:多次|两次|几次|数次|经常|常常|时有|屡次|时常|每次|每年|近年|天天|每天|长期|多年)[^,]{0,8}$"
    r"|\byesterday\b|\blast (?:week|month|year|night)\b|\b(?:days?|weeks?|months?|years?) ago\b"
)
#: directly after: it is told as something that was
TOLD: Final = r"^的?了?[^,]{0,3}(?:事件|事故|案件|案|遭遇|现象|经历|过[,了几多一两]|[一两三几多]次)"
#: near it: it goes on now
NOW: Final = (
    r"现在|正在|刚刚|刚才|此刻|马上|快来|快点|赶紧|赶快|救命|一直|至今|开始|还在|仍|还没|目前|今天"
    r"|没人[修管来]|又(?:困|被|漏|着|起|冒|爆)|\bnow\b|\bhelp\b|\bhurry\b|\bstill\b|\bsince\b"
)
