# SPDX-License-Identifier: Apache-2.0
"""`otakube run` and the workflow are one pipeline: the same order, the same options of every step."""

import pytest

from otakube.commands.step import STEPS
from otakube.commands.step_calls import AUTOMATIC, ORDER, keywords
from otakube.ports.runs import FinishedStep, LocalRun
from otakube_api.contract import Node, Output
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichment
from otakube_cli.run.runner import options
from otakube_workflows import enrich_anime
from otakube_workflows.templates import RUN

TEMPLATES = {Node(step.name): step for step in enrich_anime.STEPS}


def a_run() -> tuple[LocalRun, AnimeEnrichment]:
    """A run that has come to its commit."""
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": "a"},
        "spec": {"anime": {"title": "A"}},
    }
    outputs = dict.fromkeys(Output, "value")
    run = LocalRun(
        enrichment="default/a", uid="u", generation=1, attempt=1, work="work/u/1-1", spec={},
        answer=AUTOMATIC, steps={Node.ASSEMBLE: FinishedStep(outputs=outputs, seconds=1.0)},
    )  # fmt: skip
    return run, AnimeEnrichment.model_validate(body)


def test_the_steps_come_in_the_workflows_order() -> None:
    assert [node for node in ORDER if node is not Node.REVIEW] == list(TEMPLATES)
    assert STEPS.keys() == {*TEMPLATES, Node.CONCLUDE}


@pytest.mark.parametrize("node", TEMPLATES, ids=str)
def test_a_step_is_given_what_its_pod_is_given(node: Node) -> None:
    known = options(*a_run())
    given = {name.replace("_", "-") for name in keywords(STEPS[node]) if name in known}
    assert given == {str(name) for name in TEMPLATES[node].inputs} - {str(name) for name in RUN}
