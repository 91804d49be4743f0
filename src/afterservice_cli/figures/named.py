"""The figures that a desk has beside those of all desks: of its targets and tasks, and of its questions."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.figures.counting import HOWS, CaseCount, Cohort, Figure, Measured, Share, Total
from afterservice_cli.language import sentence, sentence_in

VERDICTS = ("met", "missed", "running", "paused")


def figures_of_target(target: str, title: str) -> list[Figure]:
    """Return the figures of one target or task: what became of its deadlines, its attainment, by how much missed."""
    of, titles = Cohort("deadlines", (), (("target", target),)), {"target": title}
    means = {
        "met": sentence("deadlines of a target that fall into the period and were met"),
        "missed": sentence("deadlines of a target that fall into the period and were missed, answered since or not"),
        "running": sentence("deadlines of a target that fall into the period and can still be met"),
        "paused": sentence("deadlines of a target that fall into the period and stand still"),
    }
    words = {
        "met": sentence_in("figure", "{target}: met"),
        "missed": sentence_in("figure", "{target}: missed"),
        "running": sentence_in("figure", "{target}: running"),
        "paused": sentence_in("figure", "{target}: paused"),
    }
    found = [Figure(f"{target}.{name}", words[name], means[name], of.also(name), "count", titles) for name in VERDICTS]
    found.append(
        Share(
            f"{target}.attainment",
            sentence_in("figure", "{target}: attainment"),
            sentence("of the deadlines of a target that fall into the period and were met or missed, those met"),
            of.also("met"),
            "share",
            titles,
            of.also("judged"),
        )
    )
    found += [
        Measured(
            f"{target}.late.{how}",
            sentence_in("figure", "{target}: by how much missed"),
            sentence("from when a deadline of a target was due to its answer, for those missed in the period"),
            of.also("missed"),
            "minutes",
            titles,
            "late",
            how,
        )
        for how in HOWS[:-1]
    ]
    return found


def figures_of_question(question: str, title: str) -> list[Figure]:
    """Return the figures of one question that customers are asked."""
    of, titles = Cohort("ratings", (), (("question", question),)), {"question": title}
    words = {
        "mean": sentence_in("figure", "{question}: mean"),
        "csat": sentence_in("figure", "{question}: scores 4–5"),
        "count": sentence_in("figure", "{question}: answers"),
        "cases": sentence_in("figure", "{question}: cases"),
    }
    return [
        Measured(
            f"rating.{question}.mean",
            words["mean"],
            sentence("the mean of the scores for one question in the period"),
            of,
            "score",
            titles,
            "score",
            "mean",
        ),
        Share(
            f"rating.{question}.csat",
            words["csat"],
            sentence("of the scores for one question in the period, those of 4 or 5"),
            of.also("satisfied"),
            "share",
            titles,
            of,
        ),
        Figure(
            f"rating.{question}.count",
            words["count"],
            sentence("scores for one question in the period; of several in a cycle of a case, the last one"),
            of,
            "count",
            titles,
        ),
        CaseCount(
            f"rating.{question}.cases",
            words["cases"],
            sentence("cases with a score for one question in the period"),
            of,
            "count",
            titles,
        ),
    ]


def figures_of_given(disposition: str, kind: str, titles: Mapping[str, str]) -> list[Figure]:
    """Return the figures of what is given with a disposition: how much in its unit, and with how many cases.

    `titles` has what the `disposition`, what is `given` and its `unit` are called, and who pays it if that is the
    customer. Without a disposition it is with whichever.
    """
    only = (("disposition", disposition), ("given", kind)) if disposition else (("given", kind),)
    of, name = Cohort("given", (), only), f"given.{disposition}.{kind}" if disposition else f"given.{kind}"
    words = [sentence_in("figure", "{given} ({unit})"), sentence_in("figure", "{given}: cases")]
    if disposition:
        words = [
            sentence_in("figure", "{disposition}: {given} ({unit})"),
            sentence_in("figure", "{disposition}: {given}: cases"),
        ]
    told = sentence(
        "what was given, in its unit, with the cases resolved for good in the period: by the plan of that resolution, "
        "and by earlier ones what a task that is done but once had paid by then, or was carried out before a reopening"
    )
    those = sentence("cases resolved for good in the period with which it was given")
    if titles.get("paid_by"):
        told = sentence(
            "what customers pay, in its unit, with the cases resolved for good in the period: by the plan of that "
            "resolution, and by earlier ones what they had paid with a task that is done but once, or before reopenings"
        )
        those = sentence("cases resolved for good in the period with which customers pay it")
    return [
        Total(
            name,
            words[0],
            told,
            of,
            "number",
            titles,
            "amount",
        ),
        CaseCount(
            f"{name}.cases",
            words[1],
            those,
            of,
            "count",
            titles,
        ),
    ]
