"""Every key a rulebook may have: its shape, its default and what it is for, in one place."""

from afterservice_cli.rulebook.forms import day, days, field_id, number, numbering, time_zone
from afterservice_cli.rulebook.public_holidays import check_place
from afterservice_cli.rulebook.shapes import (
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
from afterservice_cli.worktime import parse_duration, parse_hours, parse_weekdays

# What a target's clock may begin and end with: each is the word for one kind of event.
STARTS = ("registered", "assigned")
ENDS = ("responded", "resolved", "confirmed", "rated", "closed")
REQUIREMENTS = ("resolution", "confirmation", "rating")

DURATION = Text(lambda text: str(parse_duration(text)), "a duration such as 30m, 24h, 8wh or 3wd")
HOURS = Text(parse_hours, 'hours such as "09:00-12:00, 13:00-18:00"')
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

OWNER = Keys(
    {
        "title": Key(TITLE, "the label staff see", required=True),
        "head": Key(Text(), "the user name of the head"),
        "members": Key(ListOf(Text(what="a user name")), "the user names of its people", default=[]),
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
            "its values stay out of the history and can be erased, conditions may name it; true for text "
            "unless said otherwise",
        ),
    },
    what="a title, or a mapping",
    short="title",
)

TARGET = Keys(
    {
        "title": Key(TITLE, "the label staff see"),
        "from": Key(one_of(*STARTS), "what starts the clock", default="registered"),
        "until": Key(one_of(*ENDS), "what stops it", required=True),
        "pauses": Key(flag(), "whether waiting for the customer stops it", default=False),
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
            MapOf(HOURS, key=Text(lambda text: tuple(parse_weekdays(text)), "weekdays such as mon-fri"), least=1),
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
        "owners": Key(MapOf(OWNER, least=1), "the teams", required=True),
        "channels": Key(MapOf(PLACE, least=1), "the ways a case comes in", required=True),
        "kinds": Key(MapOf(PLACE), "consultation, suggestion, complaint…", default={}),
        "fields": Key(
            MapOf(FIELD, key=Text(field_id, "an id")),
            "further facts about a case, beside the built-in ones",
            default={},
        ),
        "intake": Key(
            Keys(
                {
                    "require": Key(ListOf(Text(what="a field")), "what registering demands", default=["description"]),
                    "anonymous": Key(flag(), "whether name and contact may both be missing", default=True),
                },
                what="a mapping",
            ),
            "what registering demands",
            default={"require": ["description"], "anonymous": True},
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
        "closing": Key(
            Keys(
                {
                    "require": Key(ListOf(one_of(*REQUIREMENTS)), "what closing demands", default=["resolution"]),
                    "dissatisfied": Key(
                        Keys(
                            {"raise_priority": Key(integer(0, 9), "by how many steps", default=0)},
                            what="a mapping",
                        ),
                        "what reopening does",
                        default={"raise_priority": 0},
                    ),
                },
                what="a mapping",
            ),
            "what closing demands, and what reopening does",
            default={"require": ["resolution"], "dissatisfied": {"raise_priority": 0}},
        ),
        "examples": Key(ListOf(EXAMPLE), "the rulebook's own tests", default=[]),
    },
    what="a mapping",
)
