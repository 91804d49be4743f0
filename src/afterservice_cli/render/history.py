"""The course of a case: its progress table, a row an event."""

from collections.abc import Iterator, Mapping
from typing import Any

from afterservice_cli.render.case import local, state_label, step_title, target_title
from afterservice_cli.render.labels import label, role_title
from afterservice_cli.render.rows import Column
from afterservice_cli.rulebook.model import Rulebook

Value = Mapping[str, Any]
# Whatever words an event may have.
WORDS = ("text", "resolution", "words", "reason", "comment")


def history_rows(events: list[dict[str, Any]], rulebook: Rulebook, language: str) -> list[dict[str, Any]]:
    """A row an event: its number and stage, when, who, and what was done."""
    return [
        {
            "seq": event["seq"],
            "stage": state_label(event["stage"], rulebook, language) if event["stage"] else "",
            "time": local(event["occurred_at"], rulebook),
            "event": label(event["kind"], language)
            + (f" [{label('retracted', language)}]" if event["retracted"] else ""),
            "person": rulebook.title("person", rulebook.person_of(event["actor"]), language),
            "what": _done(event, rulebook, language),
        }
        for event in events
    ]


def history_columns(language: str) -> list[Column]:
    """The columns of a course."""
    keys = ("seq", "stage", "time", "event", "person")
    return [*(Column(key, label(key, language)) for key in keys), Column("what", label("what", language), whole=True)]


def _done(event: Value, rulebook: Rulebook, language: str) -> str:
    """One line on what an event says."""
    personal = event["personal"] or {}
    said = next((personal[name] for name in WORDS if personal.get(name)), "")
    values = list(_values(event["kind"], event["body"], personal, rulebook, language))
    return " – ".join(part for part in ("; ".join(value for value in values if value), said) if part)


def _values(kind: str, body: Value, personal: Value, rulebook: Rulebook, language: str) -> Iterator[str]:
    """What an event says beside its words, piece by piece."""
    for finding in body.get("findings", ()):
        title = rulebook.title(finding["field"], finding["value"], language)
        yield f"{label(finding['field'], language)}: {title}"
    if kind in ("CaseRegistered", "CaseAcknowledged", "CaseResponded"):
        yield rulebook.title("channel", body["channel"], language)
    if body.get("promised_at"):
        yield f"{label('promised_at', language)}: {local(body['promised_at'], rulebook)}"
    match kind:
        case "CaseAssigned":
            yield rulebook.title("person", body["person"], language)
        case "CaseScreened":
            yield label(body["outcome"], language)
            yield rulebook.title("ground", body["ground"], language)
        case "CasePaused":
            yield rulebook.title("pause", body["ground"], language)
        case "CaseAssessed" | "CaseAppraised":
            yield from findings_of(body, rulebook, language)
        case "PlanProposed" | "PlanApproved" | "PlanDeclined" | "PlanAgreed" | "PlanRefused":
            yield f"{label('plan', language)} {body['version']}"
            yield rulebook.title("disposition", body.get("disposition"), language)
            yield body.get("amount") or ""
            yield role_title(body.get("role"), rulebook, language)
        case "StepDone":
            yield step_title(body["step"], rulebook, language)
        case "CaseConfirmed":
            yield label("yes" if body["satisfied"] else "no", language)
        case "CaseRated":
            for question, score in body["scores"].items():
                yield f"{rulebook.title('question', question, language)}: {score}" if rulebook.questions else str(score)
        case "FollowUpDemanded":
            yield role_title(body["role"], rulebook, language)
        case "CaseEscalated":
            yield target_title(body["target"], rulebook, language)
            yield rulebook.title("person", body["person"], language)
        case "CaseReopened":
            yield ", ".join(rulebook.title("person", person, language) for person in body["told"])
        case "CaseLinked":
            yield f"{label(body['relation'], language)}: {body['other']}"
        case "CaseMerged":
            yield body["into"]
        case "FileAttached":
            yield personal.get("file", "")
        case "MessageWritten":
            people = [rulebook.title("person", person, language) for person in body["people"]]
            yield f"{body['template']} → {', '.join(people) or label(body['to'], language)}"
        case "CaseAmended":
            yield ", ".join((*body["facts"], *(personal.get("private") or ())))
        case "EventRetracted":
            yield f"{label('event', language)} {body['seq']}"
        case "DeadlineMoved":
            for setting in body["deadlines"]:
                yield f"{target_title(setting['target'], rulebook, language)}: {local(setting['due_at'], rulebook)}"


def findings_of(body: Value, rulebook: Rulebook, language: str) -> Iterator[str]:
    """What an assessment or an appraisal found, piece by piece."""
    for name in ("fault", "cause", "liability", "visit"):
        if body.get(name):
            yield rulebook.title(name, body[name], language)
    if body.get("known") is not None:
        source = f" {body['known_from']}" if body["known_from"] else ""
        yield f"{label('known' if body['known'] else 'new', language)}{source}"
    if body.get("warranty") is not None:
        yield label("warranty" if body["warranty"] else "no_warranty", language)
