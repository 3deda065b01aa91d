# -*- coding: utf-8 -*-
"""
Medians, figures, a table and JSON from single runs of the benchmark.
"""

import statistics
from typing import Mapping, NamedTuple, Sequence

from benchmarks.cases import Case, Figure, Median, Medians
from benchmarks.runs import Run
from niftynet_activations.hints import JsonObject

GB = 1e9
MB = 1e6

Runs = Mapping[str, Mapping[str, Sequence[Run]]]  # group -> variant -> its runs


class Row(NamedTuple):
    """A case, its figure, and whether it meets its target."""

    case: Case
    figure: Figure
    passed: bool


def median_of(runs: Sequence[Run], step: int, raw: int) -> Median:
    """
    :param runs: list of Run
    :param step: bytes of the layer's output in one batch
    :param raw: bytes of the whole map
    :return: a Median
    """
    return Median(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.bytes for run in runs),
        step,
        raw,
    )


def judge(case: Case, medians: Medians) -> Row:
    """
    :param case: a Case
    :param medians: name of a variant -> Median, of the case's group
    :return: a Row
    """
    figure = case.figure(medians)
    return Row(case, figure, figure.value <= case.target)


def table(rows: Sequence[Row], runs: Runs, facts: Mapping[str, str]) -> str:
    """
    :param rows: list of Row
    :param runs: group -> variant -> list of Run
    :param facts: facts about the machine, name -> text
    :return: text, tables in Markdown
    """
    lines = ['- {}: {}'.format(name, value) for name, value in facts.items()]
    lines += ['', '| case | figure | target | | from |', '| --- | --- | --- | --- | --- |']
    for case, figure, passed in rows:
        lines.append(
            '| {} | {:.3f} | {} | {} | {} |'.format(
                case.text, figure.value, case.target, 'pass' if passed else 'MISS', figure.note
            )
        )
    lines += ['', '| run | wall, s: median (from - to) | peak memory, MB: median (from - to) |']
    lines += ['| --- | --- | --- |']
    for group, variants in runs.items():
        for name, each in variants.items():
            seconds = [run.seconds for run in each]
            size = [run.bytes / MB for run in each]
            lines.append(
                '| {}: {} | {} | {} |'.format(
                    group, name, _spread(seconds, '{:.2f}'), _spread(size, '{:.0f}')
                )
            )
    return '\n'.join(lines) + '\n'


def as_json(rows: Sequence[Row], runs: Runs, facts: Mapping[str, str]) -> JsonObject:
    """
    :param rows: list of Row
    :param runs: group -> variant -> list of Run
    :param facts: facts about the machine, name -> text
    :return: dictionary of what JSON can hold
    """
    return {
        'facts': dict(facts),
        'cases': [
            {
                'case': case.name,
                'text': case.text,
                'value': figure.value,
                'target': case.target,
                'passed': passed,
                'from': figure.note,
            }
            for case, figure, passed in rows
        ],
        'runs': {
            group: {name: [run._asdict() for run in each] for name, each in variants.items()}
            for group, variants in runs.items()
        },
    }


def _spread(values: Sequence[float], form: str) -> str:
    texts = [form.format(each) for each in (statistics.median(values), min(values), max(values))]
    return '{} ({} - {})'.format(*texts)
