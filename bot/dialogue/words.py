"""The few words that steer a dialogue, whatever it is about.

They are matched against the folded text of one message. Each pattern is anchored or short,
so that none can take long on any input.
"""

from __future__ import annotations

import re

_END = r"[吧了啊呀哈嘛呢。.!！~～ ]*$"

CANCEL = re.compile(
    r"^(唉|哎|那|那就|还是)?(算了[ ,，吧]*)?[我先]{0,2}(取消(报案|投诉|查询|办理)?|算了"
    r"|不想?(报案?|办|弄|查|投诉|填)了|退出|不用办了"
    rf"|先(就)?这样|先?不加了|不(办|弄|报|填|查)|不要了|不[问说整]了|拉倒|改天再(说|报|弄|办)"
    r"|(刚才|这)?(那个|这个|这事儿?|这件事?)?先?放一?放|先?不说这个了?|先不说这事儿?了?"
    rf"){_END}"
)
BACK = re.compile(rf"^(上一步|返回上一步|退回上一步|回到上一步|返回){_END}")
RESTART = re.compile(rf"^(重来|重新来|重新填|重填|从头来|重新开始|错了错了 ?重填){_END}")
NOTHING_OPEN = re.compile(f"{BACK.pattern}|{RESTART.pattern}")
SKIP = re.compile(
    r"^(我?(就是)?(想|要)?匿名(投诉|举报|登记)?"
    r"|我?(不想|不愿意?|不便|不方便)(留|说|透露|告诉你们?|提供)[^,，。;； ]{0,6}"
    r"|没有?(电话|手机|手机号|联系方式)|不留(名字?|姓名|电话|手机号?|联系方式)?(也不留(名字?|姓名|电话|手机号?|联系方式)?)?"
    r"|(不想|不愿意?)留(名字?|姓名|电话|手机号?)[,，]?也不(想|愿意?)?留(名字?|姓名|电话|手机号?)"
    r"|(我?的?车)?(还|暂时)?没(有)?(上牌|挂牌|车牌号?|牌照)呢?"
    rf"|(这一?[个项题步条])?先?(跳过|略过)(这一?[个项题步条])?|以后补|以后再补|待会补|回头补|先不填|不知道|不清楚|记不清|忘了|没有?带|暂时没有|后补"
    rf"|(后面|回头|以后|晚点|过(一?会儿?|后)|待会儿?)再?(说|补|填|给|弄)(行吗|行不行|行不|可以吗|好吗|成吗)?[?？]?){_END}"
)
SKIP_WORD = re.compile(rf"^(这一?[个项题步条])?先?(跳过|略过|以后再?补|后补){_END}")
HELP = re.compile(
    rf"^(帮助|help|怎么填|这是什么|啥意思|什么意思|嘛意思|不懂|不明白|看不懂|\?|？){_END}", re.I
)
RESUME = re.compile(
    r"^(?:那|算了|想了想|我|[ ,，])*还是(?:要|得|再|给我)?(?:报|办|弄|填|登记)"
    r"(?:案|上|一下)*[吧呗了 。!！]*$"
    r"|^(继续|接着|接着来|继续报|接着办|继续办|往下)|没弄完|没办完|没填完|接着来|接着(报|办|弄|填)"
)
# «没了» stands alone: in «车没了» it is the loss itself.
FINISH = re.compile(
    r"((其余|其它|其他|别的|剩下?|剩余)的?(都|就|我|先)*(以后|回头|后面|晚点|过后|完了)再?(补|说|填|弄|给)"
    r"|没有?(别|其他|其它)的了?|(别|其他|其它)的(都|就)?没有?了?|就这些了?|就这样吧?|就这么多了?"
    r"|(?:^|[ ,，。;；!！])(没有了|没了|齐了|完了|没有补充了?)|齐活|完事了?|没啥了|没嘛了)"
    r"[ ,，。!！]*(提交|谢谢您?|报吧|交吧|辛苦了?)?吧?[ 。!！]*$"
)
SUBMIT = re.compile(
    r"(?<!不)(?<!别)(?<!先)"
    r"(提交|确认无误|帮我报上|就报吧|报上去?|直接报|给我报上)[吧了啊呗 。!！]*$"
)
# Two cars were named, and both are the customer's.
BOTH_MINE = re.compile(
    r"(?:两|俩|2|都|全)(?:个|台|辆)?车?(?:都|全)?(?:是|归|算)?(?:我们?家?|咱家?|自己|本人)的?"
    r"|(?:我们?|咱)家?的?(?:两|俩|2)[辆台个]|^(?:两|俩|2)[个台辆]?都是|^都是[吧的啊]*$"
)

ABOUT_SO_MUCH = r"([万千百块元])钱?(?:左右|上下)"
# Which half of «还能开吗？报警了没有？» a short reply is about.
ABOUT_POLICE = re.compile(r"(?:还|也)?没(?:有)?[了呢的啊吧]*")
ABOUT_DRIVING = re.compile(r"不?(?:能|可以|行)[了的啊吧]*")
# «没签收», «没起诉»: in a form it answers something.
SHORT_NO = re.compile(r"^(?:还|也|都)?(?:没有?|未)[\u4e00-\u9fff]{1,3}[了呢吧 。!！]*$")
BARE_NO = re.compile(r"^(没有?了?|没人)[ 。!！]*$")
CORRECT = re.compile(
    r"不对|错了|改成|改为|改一下|改下|更正|应该是|说错|弄错|写错|不是.{0,12}是|记错|要修改|重新说|换成"
    r"|(?:^|[,，。 ])(?:那|算了)?还是(?=[^,，。]{0,4}(?:取|寄|邮|去|来|要|用|按|改|换))"
)
# «对了，我忘了说…»: more about what was told just before.
AFTERTHOUGHT = re.compile(
    r"^(?:对了|哦|啊|噢|嗯|那个|等等|我|刚|又|还|才|突然|[ ,，。])*"
    r"(?:想起(?:来|一)|忘了?(?:说|讲|提)|漏了?(?:说|讲)|没(?:说|讲)(?:到|全|完)|差点(?:儿)?忘"
    r"|再?补充?(?:一?[句点下条个]|几句|一件)|再[加添](?:一?[句条点]|几句)|还有(?:一[句点件条]|件事|个事|就是))"
    r".{4,}",
    re.DOTALL,
)
# Three characters in a row: more than a grunt.
TELLS = re.compile(r"[\u4e00-\u9fff]{3}")
# «刚才对方车牌忘说了，津B…», and «补充一下，左后门漆掉了»: more for what was just recorded.
FORGOT = re.compile(r"忘了?(?:说|讲|提|写|填)")
ADDS = re.compile(r"(?:再|我|还|想|要|给|[ ,，。])补充?(?:一?[下句点条]|[:：,， ])|^补充|补一下")
RESUME_ALONE = re.compile(rf"^(继续|接着来|接着办|继续办|接着报|继续报|继续吧){_END}")
_REMARK = re.compile(r"[\u4e00-\u9fff]{2}.*[\u4e00-\u9fff]{3}")
WAIT = re.compile(
    r"^(?:行|好|那|嗯|[ ,，])*"
    r"(稍等|(您|你)?(先|稍)?[等待过](一?会儿?|一?下|等)(再[说弄办填聊报])?|稍候|先等等|一?会儿?再[说弄办填聊报]"
    r"|我?(现在|先|正)(忙|有事|开车|开会|上班)[^?？,，。]{0,4})[ ,，。]*"
    rf"(我?(先|去|再)?(找|看|拿|拍|问|翻|查|开|忙|接|回)[^?？]{{0,8}}|啊?马上(就)?(来|好)?)?{_END}"
)
# «4分，小王很耐心»: the score comes first, and what follows is why.
SCORED = re.compile(
    r"(?:我|就|给|打|评|那|你们|[ ,，])*+[1-5一二两三四五]\s*+"
    r"(?:颗?星|分(?![钟\d一二三四五六七八九十后前]))"
    r"[ ,，。.!！;；:：~]"
)
QUESTION = re.compile(
    r"[?？]|吗[ 。!！]*$|[么嘛呢不没][ 。!！]*$|怎么|咋|多久|多少|什么|啥|哪|几天"
    r"|能不能|可不可以|是不是|为什么|凭什么|凭嘛|属于|算不算|区别|会不会|要不要|用不用|该不该|行不行|赔不赔"
    # as Tianjin asks
    r"|嘛时候|多会儿|多咱|为嘛|干嘛(?!了)"
)
# «还没报警呢», «正等着呢» tell how things stand.
STANDS = re.compile(
    r"^(?!.*(?:怎么|咋|什么|啥|哪|谁|多|几|为何|吗)).*(?:没有?|正|还在|等着|忙着).*呢$"
)
# What somebody says who waits for a person.
HOW_LONG = re.compile(
    r"^(我|那|那我|人工|客服|真人)?(还|得|要|大概|大约)*(要|得|需要)?等?(多久|多长时间|多会儿)(能|才能)?"
    r"(到我|轮到我|有人|接通|来人?|回复?我?)?[啊呀呢了吗]*[?？。!！]*$"
    r"|^(怎么)?还没(有)?(人|人工|客服)(来|理我|接|回)?[啊呀呢吗]*[?？。!！]*$"
    r"|^(前面|我前面|现在)?(还有|排|有)?(几|多少)(个人|位|人|个)(在?(?:排队?|等))?[啊呀呢着]*[?？。!！]*$|^排到(几|第几|多少)[^,，。]{0,4}$"
    r"|^(人|客服|人工)呢[?？。!！]*$|^(?:还)?(?:有人|人在|在)(?:吗|么|没|嘛|不)[呢啊]*[?？。!！]*$"
)
# «是家财险», «车险»: the line of insurance itself, not words that it only follows from.
LINE_NAMED = re.compile(
    r"险[吧的了啊呢。]*$|^(?:是|就是|报)?(?:车子?|汽车|家财|房子|意外|健康|责任|货|货物)[吧的了啊呢。]*$"
)
# «渔船险», «营业中断险», whether we sell it or not; «保险», «危险», «风险» name none.
INSURANCE_NAMED = re.compile(r"[\u4e00-\u9fff](?<![保危风冒探惊阴凶])险")
RUDE = re.compile(
    r"傻|骗子|垃圾|废物|混蛋|王八|滚|他妈|妈的|tmd|sb|脑残|去死|不要脸|什么玩意|黑心", re.I
)
THANKS = re.compile(
    rf"^(好的?|行了?|嗯+|没了|没有了|知道了|明白了|ok|太)?[ ,，。!！]*"
    r"(谢谢|多谢|感谢|谢了|谢啦|辛苦了?|麻烦(您|你)了|非常感谢)"
    rf"(您|你|您了|你们|啊|客服)?(了|啦)?{_END}|^(再见|拜拜|回见){_END}",
    re.I,
)
ALL_RIGHT = re.compile(
    r"^(嗯+|哦+|噢|好+的?|好嘞|得嘞|行|行了|可以|可以了|知道了|明白了?|懂了|收到|了解|ok"
    rf"|(算了)?[ ,，]*没事了?|没了|没有了|没别的了?){_END}",
    re.I,
)
# Said to a question that wants words: it is no content.
ASSENT = re.compile(
    rf"^我?(确认(提交|无误)?|确定|没问题|嗯+|好+的?|好嘞|行|可以|同意|收到|知道了?|明白了?|了解|ok){_END}",
    re.I,
)
# Said where nothing is open: that was all.
ALL_DONE = re.compile(
    r"^(那|哦|嗯|好的?|行|算了|[ ,，。!！])*+(先|就|我)*+"
    r"(?:没有?(?:什么|啥|别的|其他)?(?:要|需要|可)?补充的?|(?P<no>不用|不需要|不必|不麻烦|用不着|不要)|没事|没啥事|没什么事|没别的事?|没其他事?|不问|问完|办完|这样|到这|到这儿)"
    r"(您|你|你们|您们)?(了|吧|啦|哈|啊|呀|[ ,，。.!！~])*+"
    r"((多?谢谢?|感谢|辛苦|麻烦)(您|你|你们|了|啦)*|再见|拜拜)?[了啦吧啊呀。.!！~ ]*+$"
)
YES_OR_NO = re.compile(
    rf"^(是|是的|对|对的|不|不是|不对|没有?|有|要|不要|嗯呐?){_END}"
    rf"|^(?:(?:是|对|嗯)的?|没错|就是|确实|[ ,，。!！])+{_END}"
)
# Asked after something was handed in: what is there to do now?
WHAT_NEXT = re.compile(
    r"^(?:那|好的?|行|嗯|请问|[ ,，。])*"
    r"(?:(?:接下来|下一步|下面|之后|后面|然后)?(?:我|咱)?(?:现在|接下来|下一步|还)*(?:该|要|应该|得|需要)"
    r"|(?:接下来|下一步|下面|之后|后面|然后)(?:我|咱|还|再|是|就)*)"
    r"(?:(?:干|做|办)(?:些|点)?(?:什么|啥|嘛)|怎么(?:办|弄|做)|咋(?:办|整|弄)|呢)"
    r"[呢啊呀了 ?？。!！]*$"
)
# Said outright, not denied and not asked about.
COMPLAINS = re.compile(
    r"(?<![不没别])(?:我要|我想|我得|必须|坚决)投诉|^投诉(?=你们|[^，。]{0,6}[员师])"
)
FILES = re.compile(r"(?<![不没别])(?<!不想)(?:投诉|举报)(?!电话|热线|渠道|进度|结果|编号|材料)")
PERSON_PLEASE = re.compile(
    r"(?:转|接|找|要|换|叫|来|有)(?:个|一?下|到|你们)*(?:人工|真人|活人|领导|人(?!员))|转人"
)
NO_PERSON = re.compile(
    r"^(那|算了|先)?[ ,，]*(不用|不必|别|不要|甭|先不|不)(再|给我|帮我)?"
    r"(?:(转|接|找|等)(接)?(人工|真人|客服)?|(?:人工|真人)(?:客服)?(?=了))了?"
    rf"(吧|啊|谢谢)?{_END}"
)
# Said to a question that it does not answer: enough of this.
ENOUGH = re.compile(rf"^(那|算了|先)?[ ,，]*(不用|不需要|不麻烦|不必|不要)了{_END}")
ASKING = re.compile(
    QUESTION.pattern + r"|有没有|有无|是否|可否|适合|推荐一?下|赔不赔|保不保|行不行"
)
NONE_OF_THESE = re.compile(r"^(都不是|都不对|不是这些|没有我要的|(没有|没|不是)[了吧啊呀 。!！]*$)")
NO_PHOTOS = re.compile(
    r"^(?:(?:先|暂时|现在|还|我|就)*(?:不|没有?|没法|别)(?:想|用|方便|能|来得及)?(?:发|传|拍|给|带)?"
    r"(?:什么|啥)?(?:照片|相片|图片?)|(?:照片|相片|图片?)(?:先|我|就|暂时|现在|还|等|回头|以后|晚点|过会儿?)*"
    rf"(?:不|没|再|回头|以后|晚点)[^,，。?？]{{0,6}}){_END}"
)
EDIT = re.compile(rf"^(要修改|修改|改一下|有误|不对|错了|不正确|有问题){_END}")
PERSON = re.compile(
    r"人 ?工|真 ?人|转 ?人|活人|转接|客服|机器人|跟人[说聊讲]|[找叫].{0,4}人|有人[吗没么嘛]"
)
OPENER = re.compile(r"^\s*[哦啊嗯]?对了(?=[ ,，。:：])")
# A bare sum of money answers something; it begins nothing.
SUM = re.compile(
    r"^(?:大概|差不多|就|最多|一共|总共|花了?|得)*[0-9.,一二两三四五六七八九十百千万几]+(?:来)?"
    r"(?:块|元|万|千|百|钱|左右|以内|上下|多|吧)*[。.!！]?$"
)
FIGURES = re.compile(r"^[\dXx][\dXx \-]{2,20}$")
LONG_FIGURES = re.compile(r"^[\dXx][\dXx \-]{5,20}$")
RATING = re.compile(
    r"^[1-5](分|星|颗星)?$|^[一二三四五](分|星|颗星)$"
    # «给一星，投诉还没办完呢»: the score counts, the rest is its comment.
    r"|^(打|给)[1-5一二三四五](分|星|颗星)([吧了啊,，。!！ ].{0,80})?$|^[★⭐🌟]{1,5}$"
)
# A remark that answers «are you satisfied?», and means nothing much where nobody has asked.
REMARK = re.compile(
    r"^(还|挺|很|非常|特别|蛮|太|贼|真|都|服务|态度|您|你们?|这|的)*"
    r"(好|棒|不错|不赖|满意|可以|行|差劲?|烂|糟|不行|不好|不满意|一般|垃圾|凑合|马马虎虎|赞)"
    r"(的|了|啊|呀|吧|呢|极了|得很|透了)*[。!！~]*([,，。 ]*(就是|但是?|不过|可是?|只是).{1,80})?$"
    r"|^(给个?|来个?)?([1-5一二三四五](颗?星|分)的?)?[,， ]*(好评|差评|中评)[啊呀吧了。!！~]*$"
    r"|^[👍👎🏻🏼🏽🏾🏿❤👌💯 ]{1,6}$|^(打|给)?(0|[6-9]|10|100|[0-5]\.\d)分?[吧了。!！]*$"
)
ASKS = re.compile(
    r"[?？]|吗[ 。!！]*$|怎么|咋|多久|多少|能不能|可不可以|赔不赔|保不保|算不算"
    r"|要是|如果|万一|假如|几天|进度"
)

_CLAUSE = re.compile(r"[^ ,，。;；!！?？\n]+[?？]?")


# What is done already is told, not wished for: «已经叫拖车了».
ALREADY = re.compile(
    r"(?:我们?|自己|刚才?|都|早就?|[ ,，])*+(?:已经?|早|都)(?:帮我|给)?(?:叫|打|报|联系|找|喊)"
)
# Who wants something done says so; without such a word a sentence tells a fact.
WISHES = re.compile(
    r"想|要|请|帮|给我|麻烦|希望|能|可以|查|办|找|转|叫|取消|撤|投诉|报案|退|续"
    r"|[?？]|[吗么呢][ 。!！]*$|怎么|咋"
)


# «他68了», «68岁»: short, and still a fact.
_AGE = re.compile(r"\d{1,3}(?:多?岁|了|周岁|个月大)")


# Said of a decision where a complaint has been decided: it is to be looked at by others.
REFUSES = re.compile(
    r"^(?!.*(?:定损|理赔|赔|核损|交警|认定|报价))"
    r"(?:.*(?:结果|决定|答复|结论|处理|说法|方案)[^,，。]{0,6}"
    r"(?:不(?:能)?(?:接受|同意|服|认可?|满意)|没法接受|接受不了)"
    r"|.*不(?:接受|同意|服|认可?|满意)[^,，。]{0,6}(?:结果|决定|答复|结论|处理|说法|方案))"
)
# Nothing but a plate, a frame number, a day or a telephone number: what was returned, mended.
VALUE_ALONE = re.compile(
    r"(?:是|改成|应该是|车牌号?[:：]?|[ ,，])*"
    r"(?:[\u4e00-\u9fff][A-Za-z][·. ]?[A-Za-z0-9]{5,6}|[A-HJ-NPR-Za-hj-npr-z0-9]{17}|1\d{10}"
    r"|(?:\d{4}年)?\d{1,2}月\d{1,2}[日号])[。.! ]*"
)
# A word for one's own right before a subject: «我那», «我买的», «给我查查我们家的».
OWN = re.compile(
    r"(?:(?:我们?|咱们?|名下|给我|帮我)(?:家|自己|名下)?"
    r"(?:的|那|这|几|个|份|张|单|辆|台|买|上|投(?!保|诉)|申请|在你们?(?:这|那|家)儿?|[ ,，])*)++"
)
# Asked about the rule, the way or the future, and not about what stands in one's records.
GENERAL = re.compile(
    r"一般|通常|规定|标准|法律|法规|条款|为什么|为啥|凭什么|怎么(?!样)|咋(?!样)|如何|能不能|可不可以|可以|能[^,，。]{0,8}[吗么]"
    r"|要不要|该不该|应该|什么是|(?:什么|啥|嘛)意思|如果|要是|万一|想买|要买|想上|打算|准备|推荐|多久|几天|多长时间"
    r"|投诉电话|撞|追尾|出险|出事|事故"
)


def is_remark(text: str) -> bool:
    """Tell whether this is a sentence that states something, rather than noise or a question."""
    if _AGE.search(text) and not QUESTION.search(text):
        return True
    various = len(set(text)) >= 5
    return various and not QUESTION.search(text) and bool(_REMARK.search(text))


def finishes(text: str) -> bool:
    """Tell whether the customer says that this was all."""
    return not ASKS.search(text) and bool(FINISH.search(text) or SUBMIT.search(text))


def split_question(text: str) -> tuple[str, str]:
    """Return the clauses of ``text`` that ask, and those that tell."""
    clauses = [match.group() for match in _CLAUSE.finditer(text)]
    asked = [c for c in clauses if QUESTION.search(c) and not STANDS.match(c)]
    told = [clause for clause in clauses if clause not in asked]
    return (" ".join(asked) or text, " ".join(told))


# Somebody else whose policy is meant: «我老公的电子保单», not «我的».
FAMILY = (
    r"(?:老公|老婆|爱人|媳妇|丈夫|妻子|对象|爸|妈|父亲|母亲|公公|婆婆|岳父|岳母|儿子|女儿|孩子"
    r"|哥|姐|弟|妹|家人|亲戚|朋友|同事|老板|别人|他|她)"
)
# «就要第二份吧»: what stands around the number of a choice.
AROUND_A_PICK = "第份个张是那就要选的吧呢. 、"
# What customers call a policy → a word of its product's name.
PICKED_AS = {"交强": "强制", "三者": "商业", "车损": "商业", "驾意": "驾乘", "家财": "家庭财产"}
PICK_SUFFIX = "险"
