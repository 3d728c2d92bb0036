"""Invented data of the gallery pages: a desk, a ticket, a dashboard, a slip."""

from datetime import datetime, timedelta
from typing import Any

import segno
from markupsafe import Markup

from admin_ui import charts
from admin_ui.charts import Bar, Part, Series
from tests.admin_ui.forms import TYPED, Form


def option(value: str, label: str, icon: str = "") -> dict[str, str]:
    return {"value": value, "label": label, "icon": icon}


def run(state: str, label: str, seconds: float, now: datetime) -> dict[str, Any]:
    return {
        "state": state,
        "label": label,
        "due": now + timedelta(seconds=seconds),
        "late": timedelta(minutes=12),
    }


def desk(now: datetime) -> dict[str, Any]:
    queue = [
        (
            "7-1-0301",
            "投诉",
            "violet",
            run("over", "2 小时回复", -1574, now),
            "楼上凌晨拖家具，第二次投诉",
            "管家 郑凯 · 秩序部",
        ),
        (
            "1-2-2105",
            "报修",
            "info",
            run("over", "15 分钟到场", -492, now),
            "入户门可视对讲无声",
            "待接单 · 工程部",
        ),
        ("3-1-0904", "报修", "info", run("warn", "3 分钟转单", 96, now), "厨房插座跳闸", "待派单"),
        (
            "2-1-1203",
            "清洁",
            "brand",
            run("warn", "2 小时回电", 1440, now),
            "入伙全屋清洁，约现场定价",
            "清洁组长 韩梅",
        ),
        (
            "5-2-1106",
            "报修",
            "info",
            run("warn", "4 小时回复", 2280, now),
            "卫生间吊顶渗水，待楼上配合",
            "管家 冯雪",
        ),
        (
            "6-1-0602",
            "回访",
            "violet",
            run("ok", "当日回访", 18720, now),
            "包月绿化第 3 次，完工待回访",
            "李婷",
        ),
        ("5-1-0903", "装修", "warn", run("ok", "整改期限", 101880, now), "开槽超深整改复查", "何晓峰"),
        ("8-2-1501", "报修", "info", run("pause", "小修 8 小时", 1, now), "等业主购买同款龙头", "赵国栋"),
    ]
    return {
        "form": TYPED,
        "people": [
            ({"name": "陈志远", "initials": "陈"}, "业主", "13800132671"),
            ({"name": "林淑芬", "initials": "林", "tone": "info"}, "同住 · 72 岁", "13900020458"),
            ({"name": "陈嘉", "initials": "陈", "tone": "neutral"}, "女儿 · 紧急联系", "18600017730"),
        ],
        "kinds": [
            option("repair", "报修", "tool"),
            option("complaint", "投诉", "message-report"),
            option("clean", "清洁", "bucket"),
            option("green", "绿化", "plant-2"),
            option("ask", "咨询", "message-2"),
            option("help", "求助", "urgent"),
            option("pass", "放行", "door-exit"),
        ],
        "subjects": [
            option("water", "水管漏水"),
            option("drain", "下水堵塞"),
            option("power", "跳闸停电"),
            option("lamp", "灯具"),
            option("door", "门窗五金"),
            option("wall", "墙面渗水"),
            option("intercom", "可视对讲"),
            option("other", "其他"),
        ],
        "urgency": [option("normal", "一般"), option("urgent", "紧急"), option("major", "重大")],
        "times": [option("now", "15 分钟内"), option("pm", "今天下午"), option("book", "预约")],
        "groups": [option("eng", "工程部早班（3 人在岗）"), option("sec", "秩序部")],
        "queue_tabs": [
            {"label": "按时限", "href": "#q", "count": 11, "tone": "danger", "current": True},
            {"label": "待派单", "href": "#q2", "count": 2},
            {"label": "待回访", "href": "#q3", "count": 6},
        ],
        "queue": [
            {"room": r, "kind": k, "tone": tone, "clock": c, "what": w, "who": who}
            for r, k, tone, c, w, who in queue
        ],
        "job_steps": [
            {"label": "接单", "note": "10:34", "state": "done"},
            {"label": "到场", "note": "10:46", "state": "done"},
            {"label": "维修", "state": "now"},
            {"label": "签字", "state": "todo"},
            {"label": "完工", "state": "todo"},
        ],
    }


def ticket(now: datetime) -> dict[str, Any]:
    stages = [
        ("受理", "10:32 李婷", "done"),
        ("派单", "10:33 工程部", "done"),
        ("接单", "10:34 赵国栋", "done"),
        ("到场", "10:46", "done"),
        ("完工", "11:28", "done"),
        ("返单", "等待前台确认", "now"),
        ("回访", "今日 20:00 前", "todo"),
        ("关闭", "", "todo"),
    ]
    runs = [
        ("转单 ≤ 3 分钟", run("met", "转单", 0, now), "1 分 42 秒", 57),
        ("到场 ≤ 15 分钟", run("missed", "到场", 0, now), "27 分 20 秒", 100),
        ("管家回复 每 4 小时", run("warn", "管家 4 小时回复", 2280, now), "下次 14:52", 84),
        ("小修 ≤ 8 小时", run("ok", "小修 8 小时", 15480, now), "截止 18:32", 46),
    ]
    events = [
        (
            "赵国栋",
            "",
            "完工并取得业主签字",
            20,
            "check",
            "brand",
            "更换主卫洗手盆 DN15 铜角阀 1 只，通水 10 分钟无渗漏。",
        ),
        (
            "周敏",
            "贴心管家",
            "第 1 次回复前台",
            50,
            "message-2",
            "violet",
            "已上门陪同，师傅在更换角阀，预计半小时完工。",
        ),
        ("赵国栋", "", "接单", 70, "tool", "", ""),
        (
            "李婷",
            "",
            "来电登记 · 首问责任人",
            1600,
            "phone",
            "info",
            "主卫洗手盆下方角阀渗水，已自行关闭总阀。",
        ),
    ]
    return {
        "form": Form({"reached": "yes", "mood": "5", "facts": ["solved", "clean"]}),
        "stages": [{"label": a, "note": b, "state": c} for a, b, c in stages],
        "runs": [{"rule": a, "clock": b, "headline": c, "percent": d} for a, b, c, d in runs],
        "events": [
            {
                "who": a,
                "role": b,
                "what": c,
                "at": now - timedelta(minutes=d),
                "icon": e,
                "tone": f,
                "body": g,
            }
            for a, b, c, d, e, f, g in events
        ],
        "reached": [option("yes", "接通"), option("no", "未接"), option("later", "约时再访")],
        "moods": [
            option("1", "很不满意"),
            option("2", "不满意"),
            option("3", "一般"),
            option("4", "满意"),
            option("5", "很满意"),
        ],
        "facts": [
            option("solved", "问题已解决，无渗漏"),
            option("clean", "上门准时，着装规范、穿鞋套"),
            option("fee", "收费与告知一致（¥58.00）"),
        ],
        "chain": [
            {
                "person": {"name": "刘洋", "initials": "刘"},
                "role": "工程主管",
                "state": "approved",
                "at": now - timedelta(days=2),
            },
            {
                "person": {"name": "王海燕", "initials": "王"},
                "role": "客服经理",
                "state": "waiting",
                "note": "等焊工证原件",
            },
            {"person": {"name": "张强", "initials": "张"}, "role": "总经办", "state": "todo"},
        ],
        "papers": [
            {"value": "id", "label": "身份证复印件", "done": True},
            {"value": "key", "label": "收回出入证 5 张", "done": False, "note": "还差 2 张"},
        ],
    }


def dash(now: datetime) -> dict[str, Any]:
    days = [f"11-{day:02}" for day in range(9, 23)]
    lines = [
        Series(
            "时限达成", [93.8, 94.6, 95.1, 94.2, 95.8, 96.1, 95.4, 94.9, 96.3, 96.8, 95.9, 96.5, 97.1, 96.4]
        ),
        Series(
            "回访",
            [100, 99.4, 100, 98.9, 99.6, 100, 100, 98.2, 99.1, 100, None, 100, 98.7, 99.1],
            "violet",
            dashed=True,
        ),
    ]
    rates = [
        Bar(name, [Part("达成", value, "warn" if value < 95 else "brand")], f"{value}%")
        for name, value in [
            ("报修 转单", 99.2),
            ("报修 到场", 97.0),
            ("小修 8 小时", 95.6),
            ("投诉 回复", 91.3),
            ("管家 4 小时", 93.8),
            ("清洁 回电", 98.4),
            ("装修 巡查", 100),
        ]
    ]
    mood = [
        Part("很满意", 498),
        Part("满意", 118, "soft"),
        Part("一般", 25, "neutral"),
        Part("不满意", 11, "danger"),
    ]
    load = [
        Bar("赵国栋", [Part("完成", 21), Part("进行", 2, "warn"), Part("超时", 0, "danger")], "23"),
        Bar("马俊", [Part("完成", 18), Part("进行", 4, "warn"), Part("超时", 1, "danger")], "23"),
    ]
    hours, week = [str(hour) for hour in range(7, 22)], list("一二三四五六日")
    calls = [[(hour * 7 + day * 3) % 13 for hour in range(15)] for day in range(7)]
    rows = [
        (
            "7-1-0301",
            "投诉",
            "violet",
            run("over", "2 小时回复", -7680, now),
            "楼上凌晨拖家具，第二次投诉",
            "郑凯",
            "催办",
        ),
        ("1-2-2105", "报修", "info", run("over", "15 分钟到场", -480, now), "可视对讲无声", "待接单", "改派"),
        ("3-1-0904", "报修", "info", run("warn", "3 分钟转单", 70, now), "厨房插座跳闸", "李婷", "派单"),
        ("3-2-1802", "报修", "info", run("ok", "大修", 500_000, now), "主卫角阀渗水", "周敏", "提醒"),
    ]
    return {
        "form": Form(),
        "kpis": [
            {
                "label": "时限达成率",
                "value": "96.4",
                "unit": "%",
                "target": "目标 95%",
                "spark": charts.spark([93, 94.1, 93.6, 94.8, 95.2, 96.4]),
                "trend": {"text": "▲ 1.2", "good": True},
                "note": "较上月",
            },
            {
                "label": "正在超时",
                "value": "4",
                "unit": "件",
                "danger": True,
                "note": "最久 2 小时 08 分",
                "href": "/tickets?late=1",
            },
            {
                "label": "回访率",
                "value": "99.1",
                "unit": "%",
                "target": "目标 100%",
                "spark": charts.spark([100, 99, 100, 98.8], "violet"),
                "trend": {"text": "差 6 件", "good": False},
            },
            {"label": "满意度", "value": "4.72", "unit": "/ 5", "note": "回访 652 份"},
        ],
        "breaches": {
            "label": "现在超时与即将超时",
            "columns": [
                {"label": "房号"},
                {"label": "事项"},
                {"label": "时限"},
                {"label": "责任人"},
                {"label": "状态", "align": "r"},
                {"label": "操作", "hidden": True},
            ],
            "rows": [
                {
                    "id": r,
                    "room": r,
                    "kind": k,
                    "kind_tone": tone,
                    "clock": c,
                    "what": w,
                    "who": who,
                    "verb": v,
                    "href": "#x",
                    "tone": c["state"],
                }
                for r, k, tone, c, w, who, v in rows
            ],
        },
        "rates": charts.bars("各流程达成率", rates, most=100),
        "rates_table": charts.bars_table("各流程达成率", rates),
        "course": charts.line("达成率与回访率走势", days, lines, target=95, bounds=(90, 100)),
        "course_table": charts.line_table("达成率与回访率走势", days, lines),
        "mood": charts.donut("满意度分布", mood, center="4.72", below="652 份"),
        "mood_parts": mood,
        "mood_table": charts.donut_table("满意度分布", mood),
        "load": charts.bars("工程师负荷", load, width=400, label_width=58, tail_width=30),
        "load_table": charts.bars_table("工程师负荷", load),
        "heat": charts.heat("来电热区", week, hours, calls),
        "heat_table": charts.heat_table("来电热区", week, hours, calls),
        "list_view": {
            "action": "/tickets",
            "q": "",
            "chips": [
                {"label": "紧急", "href": "?urgent=1", "on": True},
                {"label": "有偿", "href": "?paid=1"},
            ],
            "saved": [
                {"label": "我的", "href": "?v=mine", "current": True},
                {"label": "即将超时", "href": "?v=late", "count": 3, "tone": "danger"},
            ],
            "keep": {"v": "mine"},
            "count": "共 1,000+ 条",
        },
        "ticket_table": {
            "label": "工单",
            "select": "batch",
            "columns": [
                {"label": "房号", "sort": "?sort=room", "dir": "ascending"},
                {"label": "事项"},
                {"label": "时间", "sort": "?sort=at"},
            ],
            "rows": [
                {
                    "id": f"t{i}",
                    "label": r[0],
                    "room": r[0],
                    "what": r[4],
                    "at": now - timedelta(hours=i * 20),
                    "href": f"#t{i}",
                    "tone": "",
                }
                for i, r in enumerate(rows)
            ],
        },
        "page": {"prev": "", "next": "?after=x", "count": "第 1–50 条"},
        "versions": [
            {"label": "2026-01 版", "state": "已归档", "note": "被 1,204 张单引用", "href": "#v1"},
            {"label": "2026-07 版", "state": "执行中", "tone": "ok", "note": "07-01 起", "href": "#v2"},
            {
                "label": "2027-01 版",
                "state": "草稿",
                "tone": "warn",
                "note": "拟 2027-01-01 生效",
                "href": "#v3",
                "current": True,
            },
        ],
    }


def slip(now: datetime) -> dict[str, Any]:
    code = Markup(  # noqa: S704 - segno draws it
        segno.make("https://yunqi.example/t/BX-20261122-0037", micro=False).svg_inline(
            border=0, omitsize=True
        )
    )
    return {
        "doc": {
            "company": "云栖物业服务集团",
            "centre": "翠湖天地客户服务中心",
            "title": "维修派工单",
            "left": "单号：BX-20261122-0037　第一联 前台存根",
            "right": "受理：2026-11-22 10:32　派单：10:33",
            "qr": code,
            "printed_by": "李婷",
            "printed_at": now,
            "times": 1,
            "version": "表 RP-1 第 2 版",
        }
    }
