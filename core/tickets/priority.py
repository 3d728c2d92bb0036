"""Priority from impact and urgency (TK-02), and the department that a nature goes to by default
(PROCEDURES 2.1).
"""

PRIORITIES = ("P1", "P2", "P3", "P4")
MATRIX = {
    ("household", "normal"): "P4",
    ("household", "soon"): "P3",
    ("household", "now"): "P2",
    ("building", "normal"): "P3",
    ("building", "soon"): "P2",
    ("building", "now"): "P1",
    ("estate", "normal"): "P2",
    ("estate", "soon"): "P1",
    ("estate", "now"): "P1",
}
DEPARTMENTS = {
    "facility_damage": "engineering",
    "environment_hygiene": "cleaning",
    "greening": "greening",
    "safety": "security",
    "noise": "security",
    "parking": "security",
    "fees": "finance",
    "renovation": "engineering",
    "service_quality": "customer_service",
    "other": "management_office",
}


def priority(impact: str, urgency: str) -> str:
    """P1 to P4."""
    return MATRIX[impact, urgency]


def raised(before: str) -> str:
    """One step more urgent: on a reopening and on the second breach."""
    return PRIORITIES[max(PRIORITIES.index(before) - 1, 0)]


def department(nature: str) -> str:
    return DEPARTMENTS[nature]
