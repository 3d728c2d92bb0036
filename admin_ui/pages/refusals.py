"""How a form of people and owners bears a refusal."""

from typing import Any

import msgspec

from core.kit.errors import DomainError, Stale
from core.kit.forms import Bound

WRONG = frozenset({409, 422})


def refuse(bound: Bound[Any], refusal: DomainError, version: int, **places: str) -> str:
    """Put the refusal into the form, which has then seen this version; who was faster, if that is why.

    `places` are names of fields that are called otherwise in the form. Raises what no form can answer.
    """
    if refusal.status not in WRONG:
        raise refusal
    bound.refused(refusal)
    bound.errors = [msgspec.structs.replace(e, field=places.get(e.field, e.field)) for e in bound.errors]
    bound.raw["version"] = str(version)
    return str(refusal.params["by"]) if isinstance(refusal, Stale) else ""
