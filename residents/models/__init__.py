from residents.models.account import KeyAccount, KeyAccountChange, KeyAccountContact
from residents.models.call import Call
from residents.models.contact import ContactPoint
from residents.models.occupancy import Occupancy
from residents.models.person import Person
from residents.models.sign_in import DeviceToken, SignInCode

__all__ = [
    "Call",
    "ContactPoint",
    "DeviceToken",
    "KeyAccount",
    "KeyAccountChange",
    "KeyAccountContact",
    "Occupancy",
    "Person",
    "SignInCode",
]
