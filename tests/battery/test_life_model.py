"""Hours of play on real desks: whatever is tried, the case and a plain model of it say the same."""

import ast
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random, SystemRandom

import pytest
from alike import by_place
from choices import DECISIONS, moves
from playing import Play

from afterservice_cli.cases.duties import rounds_of
from afterservice_cli.cases.events import KINDS
from afterservice_cli.decisions import intake
from afterservice_cli.store import history
from afterservice_cli.store.integrity import examine

ENOUGH = 12
SCARCE = {"not-open"}  # takes a rulebook that was adopted at just the right moment
# Of what an import changed and is undone, of a case that needs no suggestion, and of what a closing rests on: see
# test_batches, test_learning, and test_roles_model.
ELSEWHERE = {"put right", "classified", "rested"}
# The seeds of the games that every run plays: few of some hundred, chosen so that everything comes up often enough,
# and each refusal of what is no use at all that more games brought up. If a change of the program or of the choices
# leaves something too seldom, add others.
FIXED = (5, 7, 49, 65, 96, 98, 106, 147, 175, 176, 177, 179, 188, 190)
PARTS = 7  # in which the fixed games are played, so that several processors share them
# Events that no game has, with the reason.
UNPLAYED = {"EarlierCounted": "what counts of earlier cases has an account of its own: test_earlier_laws"}
# Commands that give an event, by what they are in the games if that is another word.
PLAYED = {
    "register": "register",
    "import": "read_in",
    "rules adopt": "adopt",
    "rules learn": "learn",
    "clock": "set_right",
    "duty": "see_to",
    "import --undo": "undo",
    "note --from-customer": "reply",
    "screen --vague": "screen",
    "screen --valid": "screen",
    "agree --yes": "agree",
    "agree --no": "agree",
    "confirm --no": "confirm",
    **dict.fromkeys(("close --resolution", "close --confirmed", "close --rating"), "close"),
    "problem open": "opened_by_hand",
    "problem add": "gather",
    "problem drop": "leave",
    **dict.fromkeys(("problem note", "problem close", "measure done", "measure judge"), "above"),
    "measure add": "add_measure",
    "merge --undo": "retract",
}
# Commands that give an event and are in no game, with the reason.
LEFT_OUT = {
    "archive": "what it erases is erased as `erase` does it: test_archive",
    "init": "every game begins with it, and with nothing before it that a model could tell",
    "restore": "another file takes the desk's place: test_restoring, test_power_cuts",
}
SOURCE = Path(intake.__file__).parent


def refusals() -> set[str]:
    """The rule of every refusal that the cases' modules can raise."""
    found = set()
    for file in SOURCE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Refused":
                (rule,) = [word.value for word in node.keywords if word.arg == "rule"]
                # One takes its word from the status: those words are raised elsewhere, too.
                assert isinstance(rule, ast.Constant) or ast.unparse(rule) == "case.status"
                found |= {str(rule.value)} if isinstance(rule, ast.Constant) else {"closed", "void"}
    return found


def play(seed: int, kinds: Counter[str], rules: Counter[str]) -> None:
    """One game: under each rulebook in turn, then what must be so of the whole desk."""
    chance = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        game = Play(Path(folder), kinds, rules)
        for count, following in ((33, "known"), (21, "bare"), (9, "full"), (21, "ahead"), (6, "")):
            for move in moves(chance, count):
                game.move(move)
            if following == "full":
                for life in game.lives[-3:]:  # which the full rulebook then finds with a team that it does not know
                    game.take(life, "ann", "assign", {"owner": "hall", "reason": "x"})
            game.learn()
            if following == "ahead":
                game.set_right(chance)
            elif following:
                game.read_in(count)
                vague = game.lives[-1]  # which waits for detail as the bare rulebook comes, that knows no pauses
                if following == "bare":
                    game.take(vague, "ann", "screen", {"outcome": "vague"})
                game.adopt(following)
                if following == "bare":
                    game.take(vague, "ann", "reply", {"text": "broken"})
        game.undo()
        with game.desk.reading() as db:
            assert examine(db).all() == ()
            closed = "SELECT problem, closed_at IS NOT NULL FROM problems ORDER BY seq"
            assert db.execute(closed).fetchall() == [(one.number, one.closed) for one in game.troubles]
            judged = "SELECT measure, judged_at IS NOT NULL FROM measures ORDER BY measure"
            steps = [step for one in game.troubles for step in one.steps]
            assert db.execute(judged).fetchall() == sorted((step.number, step.judged) for step in steps)
            rounds = rounds_of(history.events_of(db, history.DESK))
            found = [
                (r.spec.name, r.spec.from_at, r.spec.due_at, r.ended_at, bool(r.done_by), bool(r.outcome))
                for r in rounds
            ]
            assert sorted(found, key=str) == sorted(map(tuple, game.duties.rounds), key=str)
        for case in game.cases():
            if case.standing == case.events:  # else what was taken back shows in what has its verdict
                assert by_place(game.counted_anew(case)) == by_place(case.deadlines), case.number
        game.desk.connection.close()


def play_all(seeds: Sequence[int]) -> tuple[Counter[str], Counter[str]]:
    """Play a game by each seed and count what came up; raise all that diverged, each with the way to replay it."""
    kinds, rules = Counter[str](), Counter[str]()
    diverged: list[Exception] = []
    for seed in seeds:
        try:
            play(seed, kinds, rules)
        except Exception as problem:
            problem.add_note(
                f"To replay: pytest tests/battery/test_life_model.py -k fresh --games 1 --first-game {seed}"
            )
            diverged.append(problem)
    if diverged:
        raise ExceptionGroup(f"{len(diverged)} of {len(seeds)} games diverged from the model", diverged)
    return kinds, rules


def test_every_command_that_gives_an_event_is_played_or_says_why_not() -> None:
    giving = {command for kind in KINDS.values() for command in kind.COMMANDS}
    assert {*UNPLAYED} <= KINDS.keys()
    assert {*PLAYED} | {*LEFT_OUT} | ({*DECISIONS} & giving) == giving, "play it, or give a reason here"
    assert not {*LEFT_OUT} & {*PLAYED, *DECISIONS}
    assert {name for name in PLAYED.values() if name not in DECISIONS and not hasattr(Play, name)} == set()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_case_is_as_a_plain_model_says_and_everything_came_up(
    part: int, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> None:
    kinds, rules = play_all(FIXED[part::PARTS])
    base = tmp_path_factory.getbasetemp()
    counted = (base if worker_id == "master" else base.parent) / "came-up"  # of all workers of this run
    counted.mkdir(exist_ok=True)
    unfinished = counted / f"{part}.part"
    unfinished.write_text(json.dumps([kinds, rules]))
    unfinished.rename(counted / f"{part}.json")
    parts = [json.loads(file.read_text()) for file in counted.glob("*.json")]
    if len(parts) == PARTS:  # whichever part ends last speaks for all; one that diverged has failed by itself
        demand_all(
            sum((Counter(one) for one, _ in parts), Counter()), sum((Counter(one) for _, one in parts), Counter())
        )


def demand_all(kinds: Counter[str], rules: Counter[str]) -> None:
    """Demand that every kind of event and every rule came up often enough."""
    assert kinds["ClockCorrected"] == len(FIXED), "once in each game"
    met = {
        **{name: kinds[name] for name in set(KINDS) - {"ClockCorrected"} - UNPLAYED.keys()},
        **{rule: rules[rule] for rule in refusals() - SCARCE - ELSEWHERE},
    }
    assert {name: count for name, count in met.items() if count < ENOUGH} == {}
    assert all(rules[rule] for rule in SCARCE)


def test_fresh_games_are_as_the_model_says(pytestconfig: pytest.Config) -> None:
    count, first = pytestconfig.getoption("games"), pytestconfig.getoption("first_game")
    begin = SystemRandom().randrange(10**9) if first is None else first
    play_all(range(begin, begin + count))
