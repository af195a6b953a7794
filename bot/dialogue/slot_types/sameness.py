"""Is it the accident that was reported before, or another one?"""

from bot.dialogue.slot_types.choice import Choice

same_or_new = Choice(
    (
        ("same", "接着办那一件", "接着办|就是那|继续那|不用重复|不用再报"),
        ("more", "补充到那一件", "补充|加到|合并|一块儿|同一[次个件起场]|一回事|是的?$|对"),
        ("new", "另外报一次", "另外|另一次|不是同|不是一回|又出|新的|不一样|不是$"),
    )
)
same_event = Choice(
    (
        ("same", "是同一起", "同一[次个件起场]|就是那|一回事|就一[起次]|^是的?$|^对|没错"),
        ("another", "另一起，分开报", "另[一外]|不是|不同|两[起次码]|分开|^不"),
    )
)
