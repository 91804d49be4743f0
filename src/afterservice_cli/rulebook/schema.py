"""Every key a rulebook may have: its shape, its default and what it is for, in one place."""

from afterservice_cli.cases.events import EVENT_WORDS
from afterservice_cli.durations import parse_duration
from afterservice_cli.rulebook.public_holidays import check_place
from afterservice_cli.rulebook.scalars import (
    clock_start,
    day,
    days,
    event_word,
    field_id,
    hours,
    lead,
    number,
    numbering,
    percentage,
    person,
    time_zone,
    weekdays,
)
from afterservice_cli.rulebook.schema_types import (
    Either,
    Key,
    Keys,
    Later,
    ListOf,
    MapOf,
    Shape,
    Text,
    flag,
    identifier,
    integer,
    one_of,
)
from afterservice_cli.rulebook.vocabulary import COMMANDS, DEMANDS

STATES = (
    "open",
    "waiting",
    "resolved",
    "confirmed",
    "closed",
    "void",
    "intake",
    "triage",
    "handling",
    "closing",
    "done",
)

DURATION = Text(lambda text: str(parse_duration(text)), "a duration such as 30m, 24h, 8wh or 3wd")
HOURS = Text(hours, 'hours such as "09:00-12:00, 13:00-18:00"')
TITLE: Shape = Either(
    Text(what="a title"),
    Keys(
        {
            "zh": Key(Text(), "the Chinese label"),
            "en": Key(Text(), "the English label"),
        },
        what="titles by language",
        empty="a title without words – write zh, en or both",
    ),
)
TITLES = MapOf(TITLE)
REQUIRED_FIELDS = ListOf(Text(what="a field"))
ROLE = Text(what="a role, a team, `owner` or `owner_head`")
PHRASES = ListOf(Text(what="a phrase"))
SOME_PHRASES = ListOf(Text(what="a phrase"), least=1)
TARGET_DURATIONS = MapOf(DURATION, prefix="a target")

_NUMBER = Text(number, "a number")
_COMPARISON = Keys(
    {
        "over": Key(_NUMBER, "more than this"),
        "under": Key(_NUMBER, "less than this"),
        "at_least": Key(_NUMBER, "this or more"),
        "at_most": Key(_NUMBER, "this or less"),
    },
    what="a comparison",
    empty="compares with nothing – write over, under, at_least or at_most",
)
_FIELD_TEST = Either(
    ListOf(Text(what="a value"), least=1), _COMPARISON, what="a value, a list of values or a comparison"
)

CONDITION: Shape = Later("a condition", lambda: _CONDITION)
_CONDITION: Keys = Keys(
    {
        "match": Key(SOME_PHRASES, "phrases of which one must stand in the text"),
        "unless": Key(SOME_PHRASES, "phrases of which none may stand in the text"),
        "any": Key(ListOf(CONDITION, least=1), "conditions of which one must hold"),
        "all": Key(ListOf(CONDITION, least=1), "conditions that must all hold"),
        "not": Key(CONDITION, "a condition that must not hold"),
    },
    what="a condition",
    others=_FIELD_TEST,
    empty="an empty condition always holds – write what must be the case",
)

CATEGORY: Shape = Later("a category", lambda: _CATEGORY)
_CATEGORY: Keys = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "owner": Key(Text(), "the team that gets the case; the parent's, then the default's, where missing"),
        "with": Key(ListOf(Text()), "teams that work along", default=[]),
        "match": Key(PHRASES, "phrases that speak for this category", default=[]),
        "unless": Key(PHRASES, "phrases that rule it out", default=[]),
        "targets": Key(TARGET_DURATIONS, "durations that apply to this category", default={}),
        "require": Key(REQUIRED_FIELDS, "what registering demands of such a case, and of those below", default=[]),
        "children": Key(MapOf(CATEGORY), "the categories of the next level", default={}),
    },
    what="a category",
    short="title",
)

PLACE = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "targets": Key(TARGET_DURATIONS, "durations that apply here", default={}),
    },
    what="a title, or a mapping",
    short="title",
)

KIND = Keys(
    {
        **PLACE.keys,
        "require": Key(REQUIRED_FIELDS, "what registering demands of such a case", default=[]),
    },
    what="a title, or a mapping",
    short="title",
)

PERSON_NAME = Text(person, "a person")
PERSON = Keys(
    {
        "title": Key(TITLE, "the name that others see", required=True),
        "users": Key(ListOf(PERSON_NAME), "their user names on this machine; the key itself where missing"),
    },
    what="a title, or a mapping",
    short="title",
)

OWNER = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "head": Key(PERSON_NAME, "the person who heads it"),
        "deputy": Key(PERSON_NAME, "who stands in for the head"),
        "members": Key(ListOf(PERSON_NAME), "its people", default=[]),
    },
    what="a title, or a mapping",
    short="title",
)

FIELD = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "type": Key(one_of("choice", "text", "number", "date"), "`choice` where `values` stand, else `text`"),
        "values": Key(MapOf(TITLE), "the values it may take, with their labels", default={}),
        "personal": Key(
            flag(),
            "its values stay out of the history and can be erased, conditions may name it, no clock begins with it; "
            "true for text unless said otherwise",
        ),
    },
    what="a title, or a mapping",
    short="title",
)

EVENT = Text(event_word, "the word of an event (see events.md), or `step:NAME.done`")
CLOCK_START = Text(
    clock_start, "the word of an event (see events.md), `step:NAME.done`, or `field:NAME`, a date that is not personal"
)
TARGET = Keys(
    {
        "title": Key(TITLE, "the label staff see"),
        "from": Key(CLOCK_START, "what starts the clock", default="registered"),
        "until": Key(EVENT, "what stops it", required=True),
        "warn": Key(
            Text(lead, "a duration, or a percentage"), "how long before it is due that it is warned of: `25%`, `2wh`"
        ),
        "pauses": Key(flag(), "whether its clock stands still while the case waits", default=False),
        "repeats": Key(flag(), "whether it starts again with each `from` after it was answered", default=False),
        "delays": Key(flag(), "whether a delay announced to the customer in time moves it", default=False),
    },
    what="a mapping",
)

PRIORITY = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "when": Key(ListOf(CONDITION), "conditions of which one must hold", default=[]),
        "targets": Key(TARGET_DURATIONS, "durations that apply to this priority", default={}),
    },
    what="a title, or a mapping",
    short="title",
)

CALENDAR = Keys(
    {
        "timezone": Key(Text(time_zone, "a time zone"), "the desk's zone, as in `Asia/Shanghai`", required=True),
        "hours": Key(
            MapOf(HOURS, key=Text(lambda text: tuple(weekdays(text)), "weekdays such as mon-fri"), least=1),
            "working hours by weekday",
            required=True,
        ),
        "makeup": Key(HOURS, "the hours of make-up workdays; Monday's where missing"),
        "public_holidays": Key(
            Text(check_place, "a place"), "a country, or country-subdivision, of the holidays library: `CN`, `DE-BY`"
        ),
        "closed": Key(ListOf(Text(days, "a date or a range")), "further days off", default=[]),
        "open": Key(MapOf(HOURS, key=Text(day, "a date")), "hours of single days, stronger than all", default={}),
    },
    what="a mapping",
)

DEMAND = Keys(
    {
        "what": Key(ListOf(one_of(*DEMANDS), least=1), "what is demanded", required=True),
        "when": Key(CONDITION, "of which cases; of all where missing"),
    },
    what="a word, or a mapping",
    short="what",
)

GROUND = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "match": Key(PHRASES, "phrases that point to it", default=[]),
    },
    what="a title, or a mapping",
    short="title",
)

INTAKE = Keys(
    {
        "require": Key(REQUIRED_FIELDS, "what registering demands", default=["description"]),
        "anonymous": Key(flag(), "whether name and contact may both be missing", default=True),
        "invalid": Key(MapOf(GROUND), "the grounds on which `screen` takes a case out", default={}),
        "vague": Key(
            Keys(
                {
                    "match": Key(PHRASES, "phrases of texts that say too little", default=[]),
                    "at_most": Key(integer(1, 1000), "such a text has at most so many characters", default=12),
                    "pause": Key(Text(), "the pause in which a case waits for detail", required=True),
                },
                what="a mapping",
            ),
            "which cases go back for detail",
        ),
        "duplicates": Key(
            Keys(
                {
                    "same": Key(ListOf(Text(what="a field"), least=1), "fields that two cases share", required=True),
                    "within": Key(DURATION, "how far apart they come in at most", default="7d"),
                    "alike": Key(Text(percentage, "a percentage"), "how alike their texts are at least", default=50),
                },
                what="a mapping",
            ),
            "which earlier cases are pointed out as likely the same",
        ),
    },
    what="a mapping",
)

PAUSE = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "ends": Key(one_of("replied"), "the event that ends it by itself"),
    },
    what="a title, or a mapping",
    short="title",
)

STEP = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "owner": Key(Text(), "the team that does it; the case's where missing"),
        "within": Key(
            DURATION,
            "in what time, from the step before; the first from the agreement, or where none is demanded from the "
            "approval, or else from the proposal",
        ),
    },
    what="a title, or a mapping",
    short="title",
)

DISPOSITION = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "when": Key(CONDITION, "its grounds: what must hold for it to be proposed"),
        "amount": Key(flag(), "whether it cannot be proposed without an amount", default=False),
        "steps": Key(MapOf(STEP), "what carrying it out takes, in this order", default={}),
    },
    what="a title, or a mapping",
    short="title",
)

APPROVAL = Keys(
    {
        "by": Key(ROLE, "who has to say yes", required=True),
        "when": Key(CONDITION, "to which plans; to all where missing"),
    },
    what="a mapping",
)

MESSAGE = Keys(
    {
        "on": Key(one_of(*EVENT_WORDS), "the event it tells of", required=True),
        "to": Key(Text(what="`customer`, or a role"), "who gets it", default="customer"),
        "when": Key(CONDITION, "in which cases; in all where missing"),
        "text": Key(TITLE, "what it says, by language; `{case}` and the like are filled in", required=True),
    },
    what="a mapping",
)

ESCALATION = Keys(
    {
        "targets": Key(ListOf(Text(what="a target")), "which deadlines; all where missing", default=[]),
        "when": Key(CONDITION, "of which cases; of all where missing"),
        "raise_priority": Key(integer(0, 9), "by how many steps", default=0),
        "hand_to": Key(ROLE, "whose the case becomes: a team's, or the first person's of a role"),
        "tell": Key(ROLE, "who is told"),
    },
    what="a mapping",
)

SURVEY = Keys(
    {
        "questions": Key(MapOf(TITLE), "what the customer is asked, each answered 1 to 5", default={}),
        "follow_up_at": Key(integer(1, 4), "an answer as low as this asks for a second visit"),
        "follow_up_by": Key(ROLE, "who pays it", default="owner_head"),
        "follow_up_within": Key(DURATION, "in what time"),
    },
    what="a mapping",
)

CLOSING = Keys(
    {
        "require": Key(ListOf(DEMAND), "what closing demands", default=[{"what": ["resolution"], "when": None}]),
        "survey": Key(SURVEY, "what the customer is asked, and what a low answer leads to"),
        "dissatisfied": Key(
            Keys(
                {
                    "raise_priority": Key(integer(0, 9), "by how many steps", default=0),
                    "tell": Key(ROLE, "who is told"),
                },
                what="a mapping",
            ),
            "what reopening does",
            default={"raise_priority": 0, "tell": None},
        ),
    },
    what="a mapping",
)

APPRAISAL = Keys(
    {
        "faults": Key(TITLES, "what can fail", default={}),
        "causes": Key(TITLES, "why", default={}),
        "liabilities": Key(TITLES, "who is liable", default={}),
    },
    what="a mapping",
)

ROLE_HOLDERS = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "people": Key(ListOf(PERSON_NAME, least=1), "who has it", required=True),
    },
    what="a mapping",
)

EXAMPLE = Keys(
    {
        "text": Key(Text(), "what a customer might write", required=True),
        "expect": Key(
            Keys(
                {
                    "category": Key(Text(), "the category it must get"),
                    "priority": Key(Text(), "the priority it must get"),
                    "owner": Key(Text(), "the owner it must get"),
                },
                what="a mapping",
                empty="expects nothing – name a category, priority or owner",
            ),
            "what the rules must make of it",
            required=True,
        ),
    },
    what="a mapping",
    others=Text(what="a value"),
)

RULEBOOK = Keys(
    {
        "rulebook": Key(identifier(), "its name", required=True),
        "title": Key(TITLE, "what it is called", required=True),
        "numbering": Key(
            Text(numbering, "a pattern such as {year}{month:02}-{serial:03}"),
            "how cases are numbered; the serial grows past its width",
            default="{year}{month:02}-{serial:03}",
        ),
        "calendar": Key(CALENDAR, "the desk's zone, hours and days off", required=True),
        "language": Key(one_of("zh", "en"), "the language of cases whose text does not tell", default="zh"),
        "owners": Key(MapOf(OWNER, least=1), "the teams", required=True),
        "people": Key(
            MapOf(PERSON, key=PERSON_NAME), "persons whose name or user name is another than their key", default={}
        ),
        "roles": Key(MapOf(ROLE_HOLDERS), "roles beside the teams: management, supervisor…", default={}),
        "may": Key(
            MapOf(ListOf(ROLE, least=1), key=one_of(*COMMANDS)), "commands that only these roles may use", default={}
        ),
        "claims": Key(flag(), "whether `--as NAME` counts for roles, as a shared account needs it", default=True),
        "channels": Key(MapOf(PLACE, least=1), "the ways a case comes in", required=True),
        "kinds": Key(MapOf(KIND), "consultation, suggestion, complaint…", default={}),
        "fields": Key(
            MapOf(FIELD, key=Text(field_id, "an id")),
            "further facts about a case, beside the built-in ones",
            default={},
        ),
        "intake": Key(
            INTAKE,
            "what registering demands, and what screening looks for",
            default={"require": ["description"], "anonymous": True, "invalid": {}, "vague": None, "duplicates": None},
        ),
        "targets": Key(MapOf(TARGET), "what is measured: each a clock between two events", default={}),
        "categories": Key(MapOf(CATEGORY, least=1), "what a case can be about", required=True),
        "priorities": Key(MapOf(PRIORITY, least=1), "how much it hurts; the highest first", required=True),
        "default": Key(
            Keys(
                {
                    "category": Key(Text(), "the category where no phrase is found", required=True),
                    "priority": Key(Text(), "the priority where no condition holds", required=True),
                    "owner": Key(Text(), "the owner where the category names none", required=True),
                },
                what="a mapping",
            ),
            "what holds where no rule says otherwise",
            required=True,
        ),
        "pauses": Key(MapOf(PAUSE), "the grounds on which a case may wait", default={}),
        "assessment": Key(TITLES, "the ways in which the initial check may go on: remote, on_site…", default={}),
        "appraisal": Key(APPRAISAL, "what an appraisal finds", default={"faults": {}, "causes": {}, "liabilities": {}}),
        "dispositions": Key(MapOf(DISPOSITION), "how a case may end: repair, exchange, refund…", default={}),
        "approvals": Key(ListOf(APPROVAL), "who has to approve which plans, in this order", default=[]),
        "resolving": Key(
            Keys({"require": Key(ListOf(DEMAND), "what resolving demands", default=[])}, what="a mapping"),
            "what resolving demands",
            default={"require": []},
        ),
        "closing": Key(
            CLOSING,
            "what closing demands, and what reopening does",
            default={
                "require": [{"what": ["resolution"], "when": None}],
                "survey": None,
                "dissatisfied": {"raise_priority": 0, "tell": None},
            },
        ),
        "escalation": Key(
            ListOf(ESCALATION), "what `escalate` does about a missed deadline: the first entry that fits", default=[]
        ),
        "messages": Key(MapOf(MESSAGE), "what customers and colleagues are told, and when", default={}),
        "labels": Key(
            MapOf(TITLE, key=one_of(*STATES)), "what staff see for a status or a stage: `open: 处理中`", default={}
        ),
        "examples": Key(ListOf(EXAMPLE), "the rulebook's own tests", default=[]),
    },
    what="a mapping",
)
