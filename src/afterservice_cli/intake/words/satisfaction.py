"""Words for how satisfied a customer is, as scores from 1 to 5 if the words of a column make the scale plain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from afterservice_cli.errors import BadInput
from afterservice_cli.intake.words.cells import score_of
from afterservice_cli.intake.words.meanings import plain

# Each scale from its best word to its worst, with what else is said in the place of each.
_SCALES = (
    (
        "非常满意 很满意 十分满意 特别满意 极其满意",
        "满意 比较满意 较满意",
        "一般 中立 基本满意",
        "不满意 不太满意 较不满意 比较不满意",
        "非常不满意 很不满意 十分不满意 特别不满意 极不满意",
    ),
    (
        "非常好 很好",
        "好 比较好 较好",
        "一般",
        "差 不好 比较差 较差",
        "非常差 很差 非常不好",
    ),
    ("好评", "", "中评", "", "差评"),
    (
        "very-satisfied extremely-satisfied",
        "satisfied somewhat-satisfied",
        "neutral neither-satisfied-nor-dissatisfied",
        "dissatisfied unsatisfied somewhat-dissatisfied",
        "very-dissatisfied very-unsatisfied extremely-dissatisfied",
    ),
)
_BEST = len(_SCALES[0])


def scale_of(words: Collection[str]) -> Mapping[str, int]:
    """Return the scores of a column's words, with those of its scale that it lacks; nothing if no scale is plain.

    A scale is, if the words have its best or its worst, and no two of them stand in one place: beside 满意 alone, the
    best of three grades or the second of five, nothing says which. Scores in digits may stand among the words.
    """
    said = [word for word in words if not is_score(word)]
    for scale in _SCALES:
        scores = {plain(word): _BEST - place for place, group in enumerate(scale) for word in group.split()}
        found = {word: scores[plain(word)] for word in said if plain(word) in scores}
        forms = {plain(word): score for word, score in found.items()}
        if len(found) == len(said) and _is_plain(list(forms.values())):
            rest = (group.partition(" ")[0].replace("-", " ") for group in scale if group)
            return found | {word: scores[plain(word)] for word in rest if scores[plain(word)] not in forms.values()}
    return {}


def _is_plain(scores: Sequence[int]) -> bool:
    return bool({1, _BEST} & {*scores}) and len({*scores}) == len(scores)


def is_score(text: str) -> bool:
    """Tell whether a text is a score from 1 to 5, however it is written."""
    try:
        score_of(text)
    except BadInput:
        return False
    return True
