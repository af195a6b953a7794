"""What the bot says when no intent is speaking. One place, one voice."""

import re

CORRECTED = "好的，已经改过来了。"
WHICH_TO_CORRECT = (
    "请告诉我哪一项要改，直接说就行，比如「电话改成 138 开头那个号」或「时间是前天晚上」。"
)
GOT_IT = "好的，记下了。"
ASK_AGAIN = "好的，我们重新填这一项。"
CANCELLED = "好的，{title}先放下。已经填的内容给您留着，想接着办时回复「继续」。"
# An emergency is on record already: to put off its questions takes nothing back.
RECORDED_STAYS = (
    "好的，先不问了。这次{title}已经登记，值班人员会照常跟进；想起什么直接说，我接着记。"
)
CANCELLED_EMPTY = "好的，{title}已取消。还需要别的帮助，直接告诉我。"
DRAFT_DROPPED = "好的，之前没办完的{title}就不办了。以后需要随时告诉我。"
NOTHING_OPEN = "现在没有正在填的内容，不用退回。想办什么，直接告诉我，或者点下面的按钮。"
NOTHING_TO_CANCEL = "现在没有正在办理的事项。有什么需要，直接告诉我就行。"
BACK_TO = "我们接着刚才的{title}。"
RESUMED = "我们接着办{title}，您之前说的我都记着：\n{summary}"
RESUMED_EMPTY = "我们接着办{title}。"
NOTHING_TO_RESUME = "目前没有没办完的事项。您想办什么，直接告诉我就行。"
RESTARTED = "好的，{title}我们从头来。"
FIRST_QUESTION = "已经是第一步了。"
SKIPPED = "好的，「{label}」以后补。"
CANNOT_SKIP = (
    "这一项办理时必须有，暂时没有的话，可以回复「取消」先放下，或回复「人工」找我们的工作人员。"
)
HELP_SLOT = "{help}\n\n也可以回复：上一步、以后补、取消、人工。"
HELP_DEFAULT = "这一步需要您的「{label}」。"
WAITING = "好的，不着急，您慢慢来，我在这儿等您。"
CONFIRM = "请您核对一下：\n{summary}\n\n{invitation}以上信息对吗？"
CONFIRM_BUTTONS = ("确认提交", "要修改", "取消")
ANSWER_YES_OR_NO = "信息都对的话回复「确认提交」；要改哪一项，直接告诉我正确的内容就行。"
NOT_UNDERSTOOD = "抱歉，这句话我没太明白。您可以换个说法，或者点下面的按钮。"
NOT_UNDERSTOOD_IN_FLOW = "抱歉，我没听明白您的意思。"
OFFER = "您是想问下面哪一个？点一下或者回复第几个就行，都不是的话换个说法告诉我。"
OFFER_ONE = "您是想问这个吗？是的话点一下，不是的话换个说法告诉我。"
OFFER_NONE = "都不是"
NOT_KNOWN = (
    "这个问题我没有把握，不敢随便说。您可以换个说法再问一次，或者点「转人工」，请工作人员来答；"
    "不急的话点「请专家答复」，查清了在这里回您。"
)
SEVERAL = "您问了{count}件事，我一件一件说："
PART = "{number}、{heading}\n{text}"
PART_OFFER = "这一件我没把握，您想问的是不是：\n{choices}\n是的话点一下，或者换个说法再问一次。"
PART_UNSURE = "第{number}个问题我没把握，不敢随便说。您换个说法再问一次，或者回复「人工」。"
IN_OTHER_WORDS = "抱歉刚才没说清楚，我换个说法：\n{text}\n\n{unclear}"
WHAT_IS_UNCLEAR = (
    "还有哪一点不清楚？直接告诉我就行；要是还没解决，回复「没解决」，我请工作人员来答，"
    "不急的话点「请专家答复」，查清了在这里回您。"
)
WHAT_IS_UNCLEAR_OR_RELATED = (
    "是哪一点不清楚，还是想问下面这些？直接告诉我就行；"
    "要是还没解决，回复「没解决」，我请工作人员来答，不急的话点「请专家答复」。"
)
QUOTED = "「{}」"
PERSON_BUTTON = "转人工"
EXPERT_BUTTON = "请专家答复"
UNSOLVED_REASON = "知识库的答复没有解决问题"
STILL_UNSOLVED = "很抱歉，我没能帮您说清楚。这就请工作人员来答，您问的和我答过的都会一起转过去。"
NOT_FOR_YOU = "这个问题要先核对您的情况，我不便在这里直接回答。回复「人工」，我请工作人员来帮您。"
OFFER_NONE_REPLY = "好的，请您换个说法再问一次，或者回复「人工」，我请工作人员来帮您。"
TOO_MANY_MISSES = "一直没能听懂您的意思，很抱歉耽误您时间。我这就请人工客服来帮您。"
IN_ORDER = "好的，我按顺序来：先办{order}{question}。"
THEN = "，再办"
AND_THE_QUESTION = "，您问的我也一起答"
WHICH_PLATE = "您说了{plates}，哪个是您的车？"
AND = "、"
MORE_CARS = "您的另一辆车：{plates}（一个报案号登记一辆车，这件提交后再报它一次）"
YES_TO_WHAT = "好的。您指的是哪件事？想办什么，直接说就行，或者点下面的按钮。"
HERE = "好的，我在呢。"
ANOTHER_LATER = (
    "好的，这是另一起，我分开给您记。先把这一起的{title}办完，接着就办那一起，您说过的不用再说。"
)
ANOTHER_NOW = "接下来办另一起的{title}（您说的「{quote}」）。"
ANOTHER_NOW_EMPTY = "接下来办另一起的{title}。"
FLOW_GONE = "抱歉，刚才办到一半的事项因为系统升级需要重新开始。您想办什么，请再告诉我一次。"
TECHNICAL = (
    "抱歉，系统刚才出了点问题，您的消息已经收到（编号 {reference}），我们的工作人员会看到并跟进。"
    "您可以稍后再发一次，急事请拨打 {hotline}。"
)
OLD_DRAFT = "这次我们新填一份{title}。之前还有一份没填完的，想接着填那一份，回复「继续」。"
NOTED = "好的，这些我也记下了。"
NOTHING_YET = "您还没有说是什么事，我先问您一下。"
REGISTERED_AS = "好的，就按您说的登记：\n{summary}"
PERSON_OFFERED = "想直接找工作人员的话，回复「人工」就行。"
HELP_OPEN = (
    "我可以帮您报案、查理赔进度、查保单、登记投诉，也能回答保险问题。"
    "直接说事儿就行，或者点下面的按钮。"
)
STALE = "您之前有没办完的{title}，回复「继续」可以接着办。"
PHOTOS_LATER = "好的，照片不急，报案以后随时发过来都行。"
GOT_PHOTO = "照片收到了。请问这是办什么用的？"
PHOTO_ATTACHED = "照片收到了，已经放进报案 {number}（共 {count} 张）。还有的话接着发就行。"
GOT_PHOTO_BUTTONS = ("报案", "补理赔材料", "投诉", "转人工")
GOT_VOICE = "语音收到了，不过我暂时听不懂语音，麻烦您打字告诉我，或者回复「人工」。"
GOT_FILE = "这种类型的消息我暂时打不开，麻烦您发文字或照片给我。"
EDIT_CUE = "更正，"  # put before edited words, so that they are read as a correction
EDIT_NOTHING_NEW = (
    "看到您改了前面的消息，不过没有看出要更正哪一项。要改的话，直接说“某一项改成什么”就行。"
)
EDIT_AFTERWARDS = (
    "看到您改了前面的消息。已经登记的内容不会跟着变；"
    "要更正请直接说改哪一项，要办新的请点下面的按钮。"
)
TAP_GONE = (
    "这个按钮已经过了时候，没有再生效。您想办什么，直接告诉我，或者点最新一条消息下面的按钮。"
)
POINT = "定位 {lat:.5f} {lon:.5f}"
FOLLOWED = "你好"  # what we take following us to mean
GOT_LOCATION = "位置收到了：{label}。请问需要我帮您做什么？"
MENU_BUTTONS = ("报案", "查理赔进度", "查保单", "投诉", "转人工")
SOLVED_BUTTONS = ("已解决", "没解决")
TOO_LONG = "这条消息有点长，我只看了前面一部分。"
EMPTY = "我这边没有看到文字内容。您可以直接打字告诉我需要什么帮助。"
FOR_THE_PERSON = "您说的我都记下了，接手的同事看得到。等待的时候，您要办别的也可以直接告诉我。"
PERSON_WITHDRAWN = "好的，不转了，我继续帮您。您想办什么，直接告诉我就行。"
PERSON_COMES_ANYWAY = "您的情况比较要紧，值班同事还是会和您联系。别的事您也可以直接告诉我。"
WELCOME = "不客气，能帮上您就好。以后有事随时找我。"
ALL_RIGHT = "好的。还需要办别的，直接告诉我就行。"
ALL_DONE = "好的，那就到这儿。以后有事随时找我，祝您一切顺利。"
IN_WORDS = "这一项要您用自己的话说一句，我照原样记下；暂时不想说，回复「跳过」就行。"
IN_WORDS_NOW = "这一项要您用自己的话说一句，我照原样记下；不想办了，回复「取消」就行。"
CODE_SENT_AGAIN = "验证码重新发到尾号 {tail} 的手机了，以最新的一条为准。"
CODE_TOO_SOON = (
    "验证码刚发到尾号 {tail} 的手机，短信有时会慢，也看看是不是被手机拦截了。"
    "等 1 分钟还没到，再说「重发验证码」。"
)
NOTHING_TO_CONFIRM = "这一项已经办完了，不用再提交。还需要办别的，直接告诉我就行。"
STEPPED_BACK = "好的，退回一步，「{label}」重新填。"
REQUEST_FILED = "{title}已登记，编号 {number}，{promise}会有同事联系您。{after}"
REQUEST_SOON = "工作时间内"
REQUEST_BY = "最晚 {when} 前"
REQUEST_DETAILS = "具体是什么情况？简单说一句就行。"
THEN_NEXT = "接下来帮您办{title}。"
HANDOFF_URGENT = "我已经把您的情况转给值班人员，他们会马上联系您。我也一直在这儿。"
HANDOFF_QUEUED = (
    "已经为您转接人工客服，{ahead}。等待的时候您可以继续留言，说过的内容同事都能看到，不用重复。"
)
HANDOFF_CLOSED = (
    "现在不在人工服务时间，已经为您登记，{when} 前会有同事回复您。"
    "有人受伤等紧急情况请先拨打 120、122，再拨打客服热线。"
)
CLOSING = (
    "很抱歉，今天的人工服务时间到了，还没轮到您，不用再等。"
    "已经为您登记留言，编号 {number}，{when} 前会有同事联系您。"
)
CLOSING_PHONE = "会打您尾号 {tail} 的电话；想换号码或补充情况，直接在这里说。"
CLOSING_NO_PHONE = "方便的话把联系电话发给我；想补充的直接在这里说，同事都看得到。"
# What is said at once although an agent talks: only what to do, without promises about staff.
AGENT_IS_TOLD = "和您对话的同事已经收到加急提醒。"
OF_OURSELVES = re.compile(r"[^。！]*我已经[^。！]*[。！]|[^。！]*我会[^。！]*[。！]")
AGENT_TAKES = "{agent}已接入，接下来由工作人员为您服务，之前说过的不用重复。"
LEAD_JOINS = "{agent}（主管）也加入了，一起为您服务。"
RECALLED = "客服撤回了一条消息。"
AGENT_PASSES = "{agent}接着为您服务，您说过的内容都转过去了。"
AGENT_LEAVES = "刚才为您服务的同事暂时离开了，已经请其他同事接着处理，您不用重复说。"
AGENT_ELSEWHERE = "已经为您转给{skill}的同事，很快有人接着为您服务，您不用重复说。"
AGENT_ENDS = "人工服务先到这里，接下来还是我来帮您。有需要随时回复「人工」。"
STILL_WAITING = "您还在排队，{ahead}。不想等的话，回复「不用转人工了」，我接着帮您。"
HANDOFF_ALREADY = "已经在为您转接了，{ahead}，请您稍等。"


WHICH_COVERED = "您问的是哪一份？点一下，我照那份保单告诉您。"
WHICH_COVER = (
    "您问的是哪一份保险的保障？已经买了的，点「查保单」，我照您的保单说；"
    "还没买、想了解的，告诉我险种名，比如车损险、家财险、意外险。"
)
WHICH_COVER_BUTTONS = ("查保单", "有哪些产品")
LEAVE_MESSAGE = "留言等回电"
MESSAGE_LEFT = "登记好了，编号 {number}，{promise}会有同事打您尾号 {tail} 的电话。"
MESSAGE_LEFT_HERE = "登记好了，编号 {number}，{promise}会有同事在这里答复您。"
NO_QUEUE = "不用再排队。"
NOBODY_FREE = -1  # minutes that nobody can tell: no colleague is at work
_LONG_WAIT = 90


def ahead(count: int, minutes: int = 0, *, late: bool = False) -> str:
    """Return the place in the queue in words, with the expected wait where it is known.

    ``late`` tells that it goes on beyond closing time: then a call is offered instead.
    """
    if minutes == NOBODY_FREE:
        place = f"前面还有 {count} 位，" if count else ""
        return f"{place}同事现在都没有空，一有空就接您"
    place = f"前面还有 {count} 位" if count else "下一位就是您" if minutes else "马上就到您"
    if late:
        return f"{place}，今天下班前多半轮不到；点「{LEAVE_MESSAGE}」，登记好就不用等，同事打给您"
    if minutes > _LONG_WAIT:
        hours = -(-minutes // 60)
        return f"{place}，可能要等 {hours} 小时左右；急的话请打热线"
    return f"{place}，大约等 {minutes} 分钟" if minutes else place


GATE_LEFT = "好的，{title}先放下，核对身份的不用再填了。"
GATE_LEFT_DRAFT = (
    "好的，{title}先放下，核对身份的不用再填了；已经填的给您留着，想自己接着办时回复「继续」。"
)
NO_PROMISE = (
    "这个我不能跟您打保票：能不能办成、赔不赔、赔多少，要看条款和实际情况，由负责的同事核定，"
    "结果会说明依据；不认可可以申请复核，也可以投诉。您如实说就行，不会因为问这个受影响。"
)
NO_AMOUNT = (
    "赔多少现在还说不准，我也不能先报个数：要等查勘定损、核对条款和责任以后才算得出来，"
    "怎么算的会一项一项告诉您；不认可可以申请复核。"
)
NO_VERDICT = (
    "谁的责任我不能下结论，由交警认定，或者双方协商写在协议书上；不影响现在报案，您照实说经过就行。"
)
NO_REBATE = (
    "返现、返点、送卡送礼换投保，法律不允许，我和同事都不能给；有人私下答应您，也别当真。"
    "公司有合规的优惠，会写在保单和官方页面上。"
)
PLATE_LABEL, PLATE_CALLED = "车牌号", ("车牌",)
ASK_PLATE = "车牌号是多少？没上牌或者不是车险，回复「以后补」。"
PLATE_HELP = "比如津A12345；新能源车是 8 位。"
PHONE_LABEL, PHONE_CALLED = "联系电话", ("电话", "手机", "手机号")
ASK_PHONE = "请留个联系电话，同事会打这个号码。"
POLICY_LABEL, POLICY_NUMBER_LABEL = "保单", "保单号"
WHICH_POLICY = "您名下能办这件事的有这几份，是哪一份？回复第几份就行：\n{policies}"
WHICH_POLICY_NONE = (
    "您名下没有找到能办这件事的保单。请把保单号或车牌号告诉我，我再看看；也可以回复「人工」。"
)
HELP_POLICY = (
    "要知道给哪一份保单办。回复列表里的序号，比如「第 1 份」，或者说车牌号、保单号、险种；"
    "不在列表里的，这件事办不了或者不在您名下，回复「人工」帮您查。"
)
HELP_CALL = "办这件事的同事打这个号码找您，只用来联系这件事。现在不方便留，回复「以后补」。"
WHICH_POLICY_AGAIN = (
    "没对上是哪一份。请回复列表里的序号，比如「第 1 份」，或者直接说车牌号、保单号。"
)
NO_SUCH_POLICY = "没有查到这份保单，没法登记。请核对保单号或车牌号再试，也可以回复「人工」。"
SERVICE_UNDER_WAY = (
    "这份保单的「{title}」已经有一件在办：编号 {number}，现在是「{status}」。{says}"
    "您刚才说的我已经补充进去了，不用重复提交。"
)
PHOTO_FOR_SERVICE = "照片收到了，已经放进申请 {number}（共 {count} 张）。还有的话接着发就行。"

# A promised call.
CALL_TIME_PASSED = "您说的 {when} 已经过了，这个时间约不上，抱歉。"
CALL_TIME_LABEL = "回电时间"
CALL_TIME_CALLED = ("时间", "几点")
ASK_CALL_TIME = "您看什么时候方便？比如“{0}”“{1}”。"
ASK_CALL_HOUR = "{day}几点方便？比如“{0}”“{1}”。"
HELP_CALL_TIME = "说个大概的时间就行，同事到点给您打，只打一次，没接到会再约。"
CALL_TIMES = ("明天上午十点", "半小时后")
CALL_TIMES_TODAY = ("半小时后", "一小时后")
CALL_HOURS = ("上午十点", "下午三点")
SAME_TIME_TOMORROW = "明天{0:%H:%M}"
CALL_DAY = "{0.month}月{0.day}日"
TODAY = "今天"
CALL_AT_NEXT_OPENING = "您说的时间没有人值班，改到最近能打的时间："
CALL_OFF = "取消回电"
CALL_STILL_OWED = "您还约着一次（编号 {number}，{when}），也不用打的话，再点一次「取消回电」。"
