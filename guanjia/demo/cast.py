"""Who works at the demo's companies and what breaks there. User names are the ids of the roles."""

import msgspec

PASSWORD = "guanjia-demo"  # noqa: S105 - printed for everybody to try


class Member(msgspec.Struct, frozen=True):
    """A member of staff; `role` is a role's id, the user name too unless another is given."""

    name: str
    role: str
    title: str
    department: str
    username: str = ""

    @property
    def login(self) -> str:
        return self.username or self.role


class Place(msgspec.Struct, frozen=True):
    """A demo company: `sheets` name the project of each sheet of its household list, "" for all."""

    slug: str
    name: str
    locale: str
    preset: str | None
    workbook: str
    sheets: dict[str, str]
    staff: tuple[Member, ...]
    tickets: int
    seed: int


YUNQI_STAFF = (
    Member("孙磊", "tenant_admin", "公司管理员", "gm_office"),
    Member("李婷", "front_desk_agent", "前台早班", "customer_service"),
    Member("何静", "cs_assistant", "客服助理", "customer_service"),
    Member("方敏", "cs_administrator", "客服管理员", "customer_service"),
    Member("郑红", "cs_supervisor", "客服主管", "customer_service"),
    Member("罗兰", "cs_team_lead", "客服组长", "customer_service"),
    Member("王海燕", "cs_manager", "客服经理", "customer_service"),
    Member("周敏", "butler", "贴心管家", "customer_service"),
    Member("郑凯", "butler", "贴心管家", "customer_service", "butler2"),
    Member("冯雪", "butler", "贴心管家", "customer_service", "butler3"),
    Member("沈浩", "engineering_dispatcher", "工程调度", "engineering"),
    Member("赵国栋", "engineer", "水暖", "engineering"),
    Member("马俊", "engineer", "电工", "engineering", "engineer2"),
    Member("何晓峰", "engineer", "综合维修", "engineering", "engineer3"),
    Member("丁力", "engineer", "木工", "engineering", "engineer4"),
    Member("曹建国", "engineering_supervisor", "工程主管", "engineering"),
    Member("韩梅", "cleaning_lead", "清洁组长", "cleaning"),
    Member("吴林", "greening_lead", "绿化组长", "greening"),
    Member("彭刚", "public_order_lead", "秩序班长", "security"),
    Member("田勇", "security_guard", "北门岗", "security"),
    Member("唐伟", "duty_supervisor", "值班主任", "management_office"),
    Member("魏明", "office_director", "管理处主任", "management_office"),
    Member("许丽", "finance", "出纳", "finance"),
    Member("邓洁", "viewer", "只读", "gm_office"),
)
CUIHU_STAFF = (
    Member("梁振邦", "tenant_admin", "公司管理員", "gm_office"),
    Member("陳詠詩", "front_desk_agent", "前臺早班", "customer_service"),
    Member("黃麗珊", "cs_supervisor", "客服主管", "customer_service"),
    Member("林志豪", "cs_manager", "客服經理", "customer_service"),
    Member("張慧敏", "butler", "貼心管家", "customer_service"),
    Member("何家俊", "engineering_dispatcher", "工程調度", "engineering"),
    Member("吳國強", "engineer", "水電", "engineering"),
    Member("李偉明", "engineer", "綜合維修", "engineering", "engineer2"),
    Member("劉建華", "engineering_supervisor", "工程主管", "engineering"),
    Member("周文傑", "duty_supervisor", "值班主任", "management_office"),
    Member("蔡明德", "office_director", "管理處主任", "management_office"),
    Member("楊志成", "security_guard", "東門崗", "security"),
)
YUNQI = Place(
    slug="yunqi",
    name="云栖物业",
    locale="zh-Hans",
    preset=None,
    workbook="households-hans.xlsx",
    sheets={"": "云栖雅苑"},
    staff=YUNQI_STAFF,
    tickets=240,
    seed=20261124,
)
CUIHU = Place(
    slug="cuihu",
    name="翠湖物業",
    locale="zh-Hant",
    preset="butler_4h",
    workbook="households-hant.xlsx",
    sheets={"一期": "翠湖天地一期", "二期": "翠湖天地二期"},
    staff=CUIHU_STAFF,
    tickets=60,
    seed=20261125,
)
PLACES = (YUNQI, CUIHU)

REPAIRS = (
    "主卫洗手盆下方角阀渗水，已自行关闭总阀",
    "厨房水槽下水慢，清理后仍堵",
    "客厅插座跳闸，整屋断电",
    "入户门可视对讲无声",
    "阳台推拉门滑轮坏，关不上",
    "卫生间吊顶渗水，疑似楼上漏水",
    "客厅灯不亮，已换过灯泡",
    "厨房水龙头滴水",
    "卧室窗户把手断裂",
    "马桶水箱不上水",
    "阳台地漏反味",
    "门禁卡刷不开单元门",
    "热水器进水管漏水",
    "玄关墙面起皮，怀疑渗水",
)
REPAIRS_HANT = (
    "主衛洗手盆下方角閥滲水，已自行關閉總閥",
    "廚房水槽下水慢，清理後仍堵",
    "客廳插座跳閘，整屋斷電",
    "入戶門可視對講無聲",
    "陽臺推拉門滑輪壞，關不上",
    "衛生間吊頂滲水，疑似樓上漏水",
    "客廳燈不亮，已換過燈泡",
    "廚房水龍頭滴水",
)
PUBLIC = ("2 栋电梯厅灯闪烁", "地下车库 B1 排水沟盖板翘起", "5 栋单元门闭门器漏油", "中心花园喷灌不停")
ENQUIRIES = ("有线电视坏了打谁电话", "物业服务中心周末几点上班", "访客停车怎么收费", "装修垃圾放在哪里")
HELPS = ("请帮忙抬轮椅下台阶", "快递太重，想请人帮忙搬上楼", "老人独自在家，请上门看一下")
SERVICES = ("约周六上午家里打扫，两个阿姨三小时", "新房想做开荒保洁，一百二十平", "阳台花草想每月修剪一次")
WORK = (
    "更换 DN15 铜角阀一只，通水无渗漏",
    "疏通下水并清理存水弯",
    "更换开关并检测回路",
    "调校并更换滑轮",
    "更换密封圈",
)
OPINIONS = ("师傅很快，谢谢", "修好了", "态度很好，穿了鞋套", "比上次快", "可以")
