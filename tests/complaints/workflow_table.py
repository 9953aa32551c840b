"""What may be done with a ticket: every state, every action, every role, typed by hand.

It knows nothing of the product's own tables; `test_workflow` compares the two. The ticket is an
ordinary complaint of the community X1 whose post a steward of that community holds (`handler`), in
one of two situations. "quiet": nothing happened but what led to the state. "pressed": it has come
up to level 1 to a post that co-owns it (`co_owner`, otherwise a general manager of the region), the
handler has asked for more time, and the region's head of customer service supervises it.

A cell is open where the state allows the action (`QUIET`, and `PRESSED` on top of it), the role may
take it (`MAY`), and no single cell is taken out (`NEVER`).
"""

from complaints.enums import Action, Decision, Entry, Measure, Remedy, Tie
from organisation.reference_data import ROLES

#: state: what it allows at all
BESIDE = "link plan_action"
GOING_ON = f"{BESIDE} name"
UNSOLVED = f"raise_severity {GOING_ON}"
QUIET = {
    "received": f"assign withdraw reject merge reply note add urge supervise {UNSOLVED}",
    "assigned": "assign accept return withdraw reject merge reply note add urge supervise "
    f"{UNSOLVED}",
    "accepted": "assign start return withdraw merge reply note add urge ask_extension supervise "
    f"{UNSOLVED}",
    "in_progress": "assign wait_resident wait_supplier resolve return withdraw merge reply note "
    f"add urge ask_extension supervise {UNSOLVED}",
    "waiting_resident": "resume resolve withdraw merge reply note add ask_extension supervise "
    f"{UNSOLVED}",
    "waiting_supplier": "resume resolve withdraw merge reply note add urge ask_extension supervise "
    f"{UNSOLVED}",
    "resolved": f"call_back reopen close reply note add rate supervise {GOING_ON}",
    "call_back": f"reopen close reply note add rate supervise record_call {GOING_ON}",
    "reopened": f"assign accept return withdraw merge reply note add urge supervise {UNSOLVED}",
    "closed": f"reopen reply note rate {BESIDE}",
    "withdrawn": f"note {BESIDE}",
    "rejected": f"reopen reply note {BESIDE}",
    # whoever reported it can be answered in words of their own, and may part it again
    "merged": f"reopen reply unmerge {BESIDE}",
}

#: what the pressure adds and takes away
DECIDED = "take_over give_back acknowledge grant_extension refuse_extension end_supervision"
PRESSED = {
    "received": "take_over acknowledge grant_extension refuse_extension end_supervision",
    "assigned": DECIDED,
    "accepted": f"{DECIDED} -ask_extension",
    "in_progress": f"{DECIDED} -ask_extension",
    "waiting_resident": f"{DECIDED} -ask_extension",
    "waiting_supplier": f"{DECIDED} -ask_extension",
    "resolved": "end_supervision",
    "call_back": "end_supervision",
    "reopened": DECIDED,
}

HANDLE = (
    "accept start wait_resident wait_supplier resume resolve return ask_extension reply note link "
    "raise_severity"
)
FOR_CALLER = "reopen withdraw add urge"
DISPATCH = "assign reject merge unmerge plan_action name"
LEAD = f"{DISPATCH} close call_back grant_extension refuse_extension"
ABOVE = "take_over give_back supervise"

#: role: what it may do in its own area, whatever the state
MAY = {
    "hotline_agent": f"reply note link raise_severity {FOR_CALLER} record_call",
    "hotline_supervisor": f"reply note link raise_severity {FOR_CALLER} record_call {LEAD} "
    "supervise end_supervision",
    "dispatcher": f"reply note link raise_severity {FOR_CALLER} {DISPATCH}",
    "steward": f"{HANDLE} {FOR_CALLER}",
    "engineer": HANDLE,
    "security_lead": HANDLE,
    "project_manager": f"{HANDLE} {FOR_CALLER} record_call {LEAD} {ABOVE}",
    "region_service_head": f"{HANDLE} {FOR_CALLER} record_call {LEAD} {ABOVE} end_supervision",
    "region_general_manager": f"reply note link raise_severity {LEAD} {ABOVE} end_supervision",
    "group_executive": f"reply note link raise_severity {DISPATCH} {ABOVE} end_supervision "
    "grant_extension refuse_extension",
    "duty_officer": f"{HANDLE} {FOR_CALLER} record_call {LEAD} {ABOVE} end_supervision",
    "quality_manager": "",
    "inspector": "",
    "privacy_officer": "",
    "privacy_approver": "",
    "key_account_manager": f"{HANDLE} {FOR_CALLER} {DISPATCH}",
    "discipline_inspector": "",
    "legal_counsel": "",
    "procurement_manager": "",
    "administrator": "",
    # the handler neither closes nor withdraws, decides nothing about the own request, calls nobody
    "handler": f"{HANDLE} reopen add urge",
    "reporter": "reopen close withdraw add urge rate",
    "stranger": "",
    "steward_elsewhere": "",
    # the code of this report and that of another one
    "code_holder": "add reopen",
    "holder_of_another_code": "",
    # before it came up to them
    "co_owner": f"reply note link raise_severity {LEAD} {ABOVE} end_supervision",
    "machine": f"note link raise_severity {FOR_CALLER}",
    "system": "assign accept start wait_resident wait_supplier resume resolve call_back reopen "
    "close withdraw reject reply note add urge",
}

#: where a single cell is otherwise
NEVER = {
    # it lies with the dispatcher now, who does not withdraw what they hold
    ("received", "dispatcher", "withdraw"),
    # until somebody has rung up, only the resident says that it is done
    *(("call_back", role, "close") for role in MAY if role != "reporter"),
}
PRESSED_NEVER = {
    ("region_service_head", "supervise"),  # does so already
}
#: what answering for it beside the handler opens
BESIDE_THE_HANDLER = {"co_owner": f"{HANDLE} acknowledge"}

ROLE_NAMES = [code for code, *_ in ROLES]
#: offered only on matters that an ordinary complaint is not: `test_the_steps_of_other_matters`
ELSEWHERE = {"lower_severity", "correct_account", "coordinate", "forward", "counter", "decide"}
VERBS = [*Action, *Entry, *Decision, *Measure, Tie.UNMERGE, Tie.LINK, Remedy.PLAN]


def expected(state, role, situation):
    words = QUIET[state].split()
    if situation == "pressed":
        words += PRESSED.get(state, "").split()
    offered = {word for word in words if word[0] != "-"} - {w[1:] for w in words if w[0] == "-"}
    may = set(MAY[role].split())
    if situation == "pressed":
        may |= set(BESIDE_THE_HANDLER.get(role, "").split())
    mine = offered & may
    mine = {verb for verb in mine if (state, role, verb) not in NEVER}
    if situation == "pressed":
        mine = {verb for verb in mine if (role, verb) not in PRESSED_NEVER}
    return mine


WHO_REPLIES = {
    "hotline_agent", "hotline_supervisor", "dispatcher", "steward", "engineer", "security_lead",
    "project_manager", "region_service_head", "region_general_manager", "group_executive",
    "duty_officer", "key_account_manager", "handler", "co_owner",
}  # fmt: skip
#: it lies with the whole company: who handles there, which no community or region does
WHO_HANDLES_EVERYWHERE = {"legal_counsel", "key_account_manager", "duty_officer"}
#: verb: the matter, who may take that step, the states that know it and some that do not
OTHER_MATTERS = {
    # of an ordinary matter there is nothing to lower; its handler does not lower what is graver
    "lower_severity": (
        "serious",
        {
            "hotline_supervisor",
            "dispatcher",
            "project_manager",
            "region_service_head",
            "region_general_manager",
            "group_executive",
            "duty_officer",
            "key_account_manager",
            "co_owner",
        },
        "received assigned in_progress waiting_resident reopened",
        "resolved closed withdrawn",
    ),
    "coordinate": ("environment", WHO_REPLIES, "assigned in_progress resolved", "closed withdrawn"),
    "forward": ("notice", WHO_HANDLES_EVERYWHERE, "accepted in_progress", "assigned resolved"),
    "counter": ("notice", WHO_HANDLES_EVERYWHERE, "in_progress", "accepted resolved"),
    "decide": ("notice", WHO_HANDLES_EVERYWHERE, "in_progress waiting_resident", "accepted"),
    "name": ("integrity", {"discipline_inspector"}, "assigned in_progress", "closed withdrawn"),
}
