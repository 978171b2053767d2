"""Opening hours as a sentence in both languages; pure."""

from collections.abc import Sequence

from zhanggui.core.i18n import Text
from zhanggui.stores.rules import OpenHours

ZH = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
EN = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def hours_text(hours: Sequence[OpenHours]) -> Text:
    """`周一至周五 08:00–22:00；周六、周日 09:00–22:00`; days with equal hours are told together."""
    if not hours or {h.day for h in hours if h.open == h.close} == set(range(1, 8)):
        return Text(zh="全天营业", en="Open around the clock")
    by_day = {
        day: tuple(sorted((h.open, h.close) for h in hours if h.day == day))
        for day in range(1, 8)
        if any(h.day == day for h in hours)
    }
    groups: list[tuple[list[int], tuple[tuple[str, str], ...]]] = []
    for day, spans in by_day.items():
        if groups and groups[-1][1] == spans and groups[-1][0][-1] == day - 1:
            groups[-1][0].append(day)
        else:
            groups.append(([day], spans))
    zh = [f"{_days(days, ZH, '每天', '至', '、')} {_spans(spans, '、')}" for days, spans in groups]
    en = [f"{_days(days, EN, 'Daily', '–', ', ')} {_spans(spans, ', ')}" for days, spans in groups]
    return Text(zh="；".join(zh), en="; ".join(en))


def _days(days: list[int], names: list[str], every: str, to: str, and_: str) -> str:
    if len(days) == 7:
        return every
    if len(days) > 2:
        return f"{names[days[0] - 1]}{to}{names[days[-1] - 1]}"
    return and_.join(names[day - 1] for day in days)


def _spans(spans: tuple[tuple[str, str], ...], and_: str) -> str:
    return and_.join(f"{start}–{end}" for start, end in spans)
