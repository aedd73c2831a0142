"""The JSON document: valid by its schema, the contract's keys, and safe whatever names hold."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullproof.evidence import Gate, Via
from pullproof.explain.pages import document as shipped
from pullproof.finding import Report
from pullproof.model.codes import BLOCKER_CODES, STEPS, WARNING_CODES
from pullproof.model.value import Why
from pullproof.report.json_v1 import docs_page, document, render
from tests.unit.report import samples
from tests.unit.report.samples import blocked, report
from tests.unit.report.test_terminal import HOSTILE, PLACES, REPORTS, hostile

SCHEMA: dict[str, Any] = json.loads(shipped("schema/report-v1.schema.json"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def read(value: Report) -> Any:  # JSON
    """The document as a program reads it."""
    return json.loads(render(value))


def test_the_schema_is_one() -> None:
    """The published schema is itself valid."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_valid(name: str) -> None:
    """Each kind of report matches the published schema."""
    assert [] == list(VALIDATOR.iter_errors(read(REPORTS[name])))


def test_the_schema_refuses_what_the_contract_does() -> None:
    """A step that is blocked by nothing, or that is fine and has blockers, is no valid report."""
    document = read(report(blocked("aws_ecs_service.app")))
    document["tasks"][0]["steps"][0]["verdict"] = "ok"
    document["tasks"][0]["steps"][1]["blockers"] = []

    assert 2 == len(list(VALIDATOR.iter_errors(document)))


def test_the_words_are_the_contract_s() -> None:
    """Steps, codes and ways of the schema are the closed lists of the program."""
    definitions = SCHEMA["$defs"]

    assert list(STEPS) == definitions["step"]["properties"]["step"]["enum"]
    assert {via.value for via in Via} == set(definitions["step"]["properties"]["via"]["enum"])
    assert {why.name.lower().replace("_", "-") for why in Why} == set(
        definitions["unknown"]["properties"]["why"]["enum"]
    )


def test_a_blocked_task_has_what_the_contract_says() -> None:
    """The keys and words of the contract, on the network of the blog post."""
    document = read(report(blocked("aws_ecs_service.app"), samples.WORKING, places=PLACES))
    task = document["tasks"][0]
    step = task["steps"][0]

    assert {"kind": "terraform-plan", "path": "plan.json"} == document["source"]
    assert {"can_start": 1, "cannot_start": 1, "unknown": 0} == document["summary"]
    assert ("cannot_start", False, "1.4.0") == (
        task["verdict"],
        task["intermittent"],
        task["platform_version"],
    )
    assert ("ecr-login", "blocked", "interface-endpoint") == (step["step"], step["verdict"], step["via"])
    assert ("api.ecr.eu-west-1.amazonaws.com", 443) == (step["host"], step["port"])
    assert ["aws_subnet.private[0]", "aws_subnet.private[1]"] == step["subnets"]
    assert [("sg-egress", "aws_security_group.app", "docs/blockers/sg-egress.md", "main.tf:12")] == [
        (found["code"], found["resource"], found["docs"], found["place"]) for found in step["blockers"]
    ]
    assert [("names", "ok"), ("security-group", "blocked")] == [
        (hop["gate"], hop["verdict"]) for hop in step["hops"]
    ]
    assert ["network", "access"] == [hop["part"] for hop in task["steps"][2]["hops"]]
    assert task["steps"][1]["hops"][-1]["dead_end"]


def test_what_is_unknown_says_what_would_settle_it() -> None:
    """Unknowns of steps and of whole tasks say what, whose, why, and what to supply."""
    document = read(report(samples.UNSETTLED, samples.OPEN))
    (of_step,) = document["tasks"][0]["steps"][0]["unknowns"]
    (of_task,) = document["tasks"][1]["unknowns"]

    assert ("unknown", "unknown") == tuple(task["verdict"] for task in document["tasks"])
    assert {"what", "resource", "why", "supply"} == set(of_step) == set(of_task)
    assert ("after-apply", "not-followed") == (of_step["why"], of_task["why"])
    assert document["tasks"][0]["steps"][0]["hops"][0]["steps"][0]["unknown"] == of_step["what"]


def test_a_step_of_exec_does_not_change_the_verdict() -> None:
    """ECS Exec is shown as it is, and the task can start."""
    (task,) = read(report(samples.WARNED))["tasks"]

    assert ("can_start", ["ok", "blocked"]) == (task["verdict"], [step["verdict"] for step in task["steps"]])
    assert [[], []] == [step["blockers"] for step in task["steps"]]
    assert ["sg-egress"] == [obstacle["code"] for obstacle in task["steps"][1]["obstacles"]]
    assert ["docs/warnings/log-group-missing.md"] == [warning["docs"] for warning in task["warnings"]]


def test_partial_decisions_are_marked() -> None:
    """A failure that only some launches meet is marked at the step, the task and the decision."""
    partly = samples.fails("g", "sg-egress", Gate.SECURITY_GROUP, "3 of 7 prefixes")
    partly = type(partly)(
        **{name: getattr(partly, name) for name in partly.__struct_fields__} | {"partial": True}
    )
    task = samples.task(
        "t", samples.step(samples.LOGIN, (samples.hop(partly),), intermittent=True), intermittent=True
    )
    (read_task,) = read(report(task))["tasks"]

    assert (True, True) == (read_task["intermittent"], read_task["steps"][0]["intermittent"])
    assert read_task["steps"][0]["hops"][0]["steps"][0]["partial"]


def test_hostile_names_come_back_as_they_are_and_print_safely() -> None:
    """Names survive the way through JSON, and none of their control characters is printed."""
    text = render(hostile(HOSTILE))

    assert f"{HOSTILE}1" == json.loads(text)["tasks"][0]["id"]
    assert [] == [sign for sign in text if not sign.isprintable() and sign != "\n"]
    assert [] == list(VALIDATOR.iter_errors(json.loads(text)))


@given(st.text(min_size=1))
def test_any_name_survives(name: str) -> None:
    """Whatever a name holds, a program reads it back."""
    value = hostile(name)

    assert document(value) == json.loads(render(value))


@pytest.mark.parametrize("code", sorted(BLOCKER_CODES | WARNING_CODES))
def test_the_page_of_a_code_is_in_its_folder(code: str) -> None:
    """Blockers and warnings have folders of their own."""
    folder = "blockers" if code in BLOCKER_CODES else "warnings"

    assert f"docs/{folder}/{code}.md" == docs_page(code)
