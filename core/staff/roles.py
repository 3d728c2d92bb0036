"""The login roles of PROCEDURES 1.1: what each is called, and the "reports to" edges of section 2 that
escalation follows. Chain A is the duty roster's of one source, B and M are the others' where they
differ.
"""

from typing import Literal

import msgspec

from core.kit.i18n import _

Chain = Literal["A", "B", "M"]


class Role(msgspec.Struct, frozen=True):
    """`label` is a message id; `chain_b` and `chain_m` stand where those chains name somebody else above."""

    label: str
    reports_to: str | None = None
    chain_b: str | None = None
    chain_m: str | None = None

    def above(self, chain: Chain) -> str | None:
        """The role one level up in that chain."""
        return {"B": self.chain_b, "M": self.chain_m}.get(chain) or self.reports_to


ROLES: dict[str, Role] = {
    "front_desk_agent": Role(_("前台值班人员"), "cs_administrator", chain_b="cs_supervisor"),
    "cs_assistant": Role(_("客户服务助理"), "cs_administrator", chain_b="cs_supervisor"),
    "cs_administrator": Role(_("客户服务管理员"), "cs_supervisor"),
    "cs_supervisor": Role(_("客户服务主管"), "cs_manager", chain_m="office_director"),
    "cs_team_lead": Role(_("客服组负责人"), "office_director"),
    "cs_manager": Role(_("客服部经理"), "company_leader"),
    "butler": Role(_("贴心管家"), "cs_supervisor"),
    "building_keeper": Role(_("楼管员"), "office_director", chain_m="cs_supervisor"),
    "duty_manager": Role(_("当值管理员"), "office_director"),
    "duty_supervisor": Role(_("值班主任"), "office_director"),
    "office_director": Role(_("管理处主任"), "company_gm_office"),
    "service_centre_manager": Role(_("物业服务中心经理"), "company_leader"),
    "property_dept_head": Role(_("物业部负责人"), "company_leader"),
    "company_mgmt_dept": Role(_("公司管理部"), "company_gm_office"),
    "company_gm_office": Role(_("公司总经办"), "company_leader"),
    "company_leader": Role(_("公司领导")),
    "engineering_dispatcher": Role(_("工程部接单人员"), "engineering_supervisor"),
    "engineer": Role(_("工程维修人员"), "engineering_dispatcher"),
    "engineering_supervisor": Role(_("工程部主管"), "office_director"),
    "safety_supervisor": Role(_("安全主管"), "office_director"),
    "public_order_lead": Role(_("公共秩序维护班长"), "office_director"),
    "security_guard": Role(_("安防人员"), "public_order_lead"),
    "lobby_assistant": Role(_("大堂助理"), "public_order_lead"),
    "cleaning_lead": Role(_("清洁组长"), "office_director"),
    "cleaner": Role(_("清洁工"), "cleaning_lead"),
    "greening_lead": Role(_("绿化组长"), "office_director"),
    "finance": Role(_("财务部"), "company_leader"),
    "collector": Role(_("业务员（收费）"), "finance"),
    "archive_office": Role(_("总经理办公室（档案）"), "company_leader"),
    "office_admin": Role(_("办公室"), "company_leader"),
    "legal_office": Role(_("法律室"), "company_leader"),
    "sales_consultant": Role(_("置业顾问"), "sales_supervisor"),
    "sales_supervisor": Role(_("销售主管"), "sales_manager"),
    "sales_manager": Role(_("营销经理"), "company_leader"),
    "sales_assistant": Role(_("助理（销控）"), "sales_manager"),
    "project_sales_team": Role(_("项目销售组"), "sales_manager"),
    "customer_affairs_group": Role(_("客户事务组"), "sales_manager"),
    "commercial_group": Role(_("商业组"), "sales_manager"),
    "contract_clerk": Role(_("签约专员"), "sales_manager"),
    "tenant_admin": Role(_("公司管理员"), "company_leader"),
    "viewer": Role(_("只读人员"), "cs_manager"),
}


def label(name: str) -> str:
    """The role's name as a message id; a company's own role is called by its code."""
    return ROLES[name].label if name in ROLES else name


def ladder(name: str, chain: Chain) -> list[str]:
    """The roles above, nearest first."""
    steps: list[str] = []
    above = ROLES[name].above(chain) if name in ROLES else None
    while above is not None and above not in steps:
        steps.append(above)
        above = ROLES[above].above(chain)
    return steps
