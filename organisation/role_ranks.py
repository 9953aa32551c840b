"""From which level of the tree a role may be given. Pure (docs/adr/0107).

The ladder asks for the nearest post of a role upward: whoever could make a regional manager of
their community would stop what is to reach the region. And some permissions are those of offices
that the whole company trusts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from organisation.enums import Permission, UnitLevel

#: from below to above; a department is no level of its own
LEVELS: Final = (UnitLevel.COMMUNITY, UnitLevel.CITY, UnitLevel.REGION, UnitLevel.GROUP)

BY_ROLE: Final[Mapping[str, UnitLevel]] = {
    "region_service_head": UnitLevel.REGION,
    "region_general_manager": UnitLevel.REGION,
    "key_account_manager": UnitLevel.GROUP,
    "group_executive": UnitLevel.GROUP,
}

BY_PERMISSION: Final[Mapping[str, UnitLevel]] = {
    Permission.SUPPLIERS_APPROVE: UnitLevel.REGION,
    Permission.SUPPLIERS_MANAGE: UnitLevel.GROUP,
    Permission.DUTY_QUEUE: UnitLevel.GROUP,
    Permission.INTEGRITY_VIEW: UnitLevel.GROUP,
    Permission.LEGAL_VIEW: UnitLevel.GROUP,
    Permission.QUALITY_PLAN: UnitLevel.GROUP,
    Permission.QUALITY_INSPECT: UnitLevel.GROUP,
    Permission.PRIVACY_VIEW: UnitLevel.GROUP,
    Permission.PRIVACY_VERIFY: UnitLevel.GROUP,
    Permission.PRIVACY_PLAN: UnitLevel.GROUP,
    Permission.PRIVACY_APPROVE: UnitLevel.GROUP,
}


def given_from(code: str, permissions: Collection[str]) -> UnitLevel:
    """The lowest level whose administrator may appoint to the role."""
    asked = [BY_PERMISSION[each] for each in permissions if each in BY_PERMISSION]
    asked.append(BY_ROLE.get(code, UnitLevel.COMMUNITY))
    return max(asked, key=LEVELS.index)


def reaches(held: Collection[str], needed: UnitLevel) -> bool:
    """Whether one of the levels of units that somebody keeps is as high."""
    return any(
        LEVELS.index(UnitLevel(level)) >= LEVELS.index(needed) for level in held if level in LEVELS
    )
