"""Questions to the person at the terminal, who may leave at each of them with nothing recorded."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from afterservice_cli.cases.case import Case
from afterservice_cli.console.keyboard import Keyboard
from afterservice_cli.decisions import checks, closing
from afterservice_cli.errors import BadInput, Interrupted
from afterservice_cli.language import sentence, tr
from afterservice_cli.moment import Moment
from afterservice_cli.output_text import safe_text
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.session import Session
from afterservice_cli.store.history import load_case
from afterservice_cli.store.reading import problems

ANSWERS = {"y": True, "yes": True, "是": True, "n": False, "no": False, "否": False, "": False}
TEXT, WORDS, TIME, TITLE = ASKED = (
    "TEXT|-",
    "TEXT",
    "TIME",
    "TITLE",
)  # what help calls the value of a parameter that is asked for
Choices = Sequence[tuple[str, Mapping[str, str]]]  # ids, each with its labels by language
THINGS = ("case", "problem", "measure")  # what the parameters are called that a question may be about
About = Mapping[
    str, str
]  # the case, the problem or the measure that a question is about, each with the reference to it
# Commands of cases that are neither closed nor taken out.
_OF_WHAT_RUNS = frozenset(
    (
        "note",
        "respond",
        "investigate",
        "resolve",
        "withdraw",
        "pause",
        "delay",
        "decline",
        "assign",
        "classify",
        "propose",
    )
)
NOTHING_RECORDED = sentence("nothing was recorded")
ONE_OF_THEM = sentence("write one of them, or its number; Ctrl-C leaves")
NEEDED = sentence("an answer is needed; Ctrl-C leaves")


class Talk:
    """Questions and answers, one after the other, on the terminal itself."""

    def __init__(self, session: Session, keyboard: Keyboard) -> None:
        self.session, self._keyboard = session, keyboard

    def say(self, message: str) -> None:
        """Write a message among the questions."""
        self._keyboard.show(safe_text(message, lines=True))

    def line(self, question: str, *, default: str = "", found: str = "", optional: bool = False) -> str:
        """Ask for one line; "" if it is passed over, `default` if there is one.

        What is passed over is `found` in what is known already.
        """
        prompt = tr("{question}: ", question=question)
        if default or found:
            prompt = tr("{question} [Enter: {default}]: ", question=question, default=default or found)
        elif optional:
            prompt = tr("{question} (Enter passes over): ", question=question)
        answer = self._keyboard.line(safe_text(prompt)) or default
        if self._keyboard.dropped:
            self.say(tr("of what was pasted, the first line alone was taken"))
        return answer

    def demanded(self, question: str, read: Callable[[str], str]) -> str:
        """Ask for one line until `read` takes it; `BadInput` says what is wrong with an answer."""
        while True:
            answer = self.line(question)
            # A hyphen would read standard input, which the answers come from.
            if answer == "-" or is_blank(answer):
                self.say(tr(NEEDED))
                continue
            try:
                return read(answer)
            except BadInput as problem:
                self.say(problem.message)

    def text(self, question: str) -> str:
        """Ask for several lines, or what an editor makes of them; "" if nothing is written."""
        self.say(tr("{question}? An empty line ends it; a line with e alone opens the editor.", question=question))
        while True:
            try:
                return self._keyboard.lines("> ", self._edit)
            except BadInput as problem:
                self.say(problem.message)

    def demanded_text(self, question: str) -> str:
        """Ask for several lines until there are some."""
        while not (text := self.text(question)) or text == "-":
            self.say(tr(NEEDED))
        return text

    def show_choices(self, choices: Choices) -> None:
        """Write choices, one a line, by the numbers that they may be given by."""
        numbered = can_be_numbered(choices)
        for number, (identifier, titles) in enumerate(choices, 1):
            title = titles[self.session.terminal.language]
            said = f"{title} ({identifier})" if title != identifier else title
            self.say(f"  {number:>2}  {said}" if numbered else f"      {said}")

    def choice(self, question: str, choices: Choices) -> str:
        """Ask for one of several by number, id or label, until it is one."""

        def read(answer: str) -> str:
            found = chosen(answer, choices)
            if found is None:
                raise BadInput(tr(ONE_OF_THEM))
            return found

        self.show_choices(choices)
        return self.demanded(question, read)

    def _edit(self) -> str:
        from afterservice_cli.console.editor import written

        return written(self._keyboard.released)


@contextmanager
def talking(session: Session, left: str = NOTHING_RECORDED) -> Iterator[Talk]:
    """Give the terminal to questions for a while; whoever leaves is told what has not happened."""
    try:
        with Keyboard() as keyboard:
            yield Talk(session, keyboard)
    except (KeyboardInterrupt, EOFError):
        session.terminal.say("")
        raise Interrupted(tr(left)) from None


def asked(session: Session, about: About, ask: Callable[[Talk], str], command: str = "") -> str:
    """Ask something, if there is what it is about, and if that takes the `command` that needs the answer."""
    with session.desk.reading() as db:
        for thing, reference in about.items():
            if thing == "case":
                _check_case(command, load_case(db, session.desk.find(db, reference)), session.desk.moment(db))
            elif thing == "problem":
                problems.find_problem(db, reference)
            else:
                problems.load_measure(db, reference)
    with talking(session) as talk:
        return ask(talk)


def _check_case(command: str, case: Case, moment: Moment) -> None:
    """Refuse a command that a case does not take as it stands, before anything is written for it."""
    if command == "reopen":
        closing.check_reopenable(case, moment)
    elif command in _OF_WHAT_RUNS:
        checks.check_changeable(case, moment)


def missing_words(session: Session, command: str, parameter: Any, about: About) -> str:
    """Ask for the words that a command needs and that were left out, by what its help says of them."""
    help_text = re.split(r"[.。;；]", tr(parameter.help))[0]
    question, *examples = re.split(r"[:：] ?", help_text, maxsplit=1)

    def timely(answer: str) -> str:
        session.until(answer, parameter.opts[0])
        return answer

    def time(talk: Talk) -> str:
        if examples:
            talk.say(tr("such as {examples}", examples=examples[0]))
        return talk.demanded(question, timely)

    def words(talk: Talk) -> str:
        return talk.demanded_text(question) if parameter.metavar == TEXT else talk.demanded(question, str)

    return asked(session, about, time if parameter.metavar == TIME else words, command)


def agree(session: Session, question: str) -> bool:
    """Ask whether to go on; return no if nothing is answered."""
    with talking(session) as talk:
        while True:
            agreed = ANSWERS.get(normal(talk.line(f"{question} [y/N]")))
            if agreed is not None:
                return agreed
            talk.say(tr("answer y or n"))


def is_blank(answer: str) -> bool:
    """Tell whether a short answer says nothing: whoever types a question mark alone asks what to write."""
    return answer in ("", "?", "？")


def can_be_numbered(choices: Choices) -> bool:
    """Tell whether no choice is itself called by a number, so that numbers can stand for them."""
    return not any(
        normal(word).isdecimal() for identifier, titles in choices for word in (identifier, *titles.values())
    )


def chosen(answer: str, choices: Choices) -> str | None:
    """Return the id that an answer means: a number of the list, an id, or a label in either language, of any width."""
    word = normal(answer)
    if can_be_numbered(choices) and word.isdecimal():
        return choices[int(word) - 1][0] if 1 <= int(word) <= len(choices) else None
    return next((name for name, titles in choices if word in map(normal, (name, *titles.values()))), None)
