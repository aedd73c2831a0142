"""Every message of the catalogue with every blocker that a proof can find: what explains what."""

import pytest

from pullproof.evidence import Gate, Step, Via
from pullproof.explain.row import Nature
from pullproof.explain.understand import understand
from pullproof.finding import StepReport, TaskReport
from pullproof.launch.catalogue import CATALOGUE as RULES
from pullproof.launch.requirement import Notice, Rule
from pullproof.model.codes import BLOCKER_CODES, STEPS
from pullproof.model.value import Unknown, Why
from pullproof.verdict import Verdict
from pullproof.why.answer import told_of
from pullproof.why.conclude import Judgement, conclude, meanings, unknown_words, worst
from pullproof.why.failure import Failure, Message, of_text
from tests.unit.explain.messages import MESSAGES, SIGNED

BLAMELESS = (Nature.TASK, Nature.CAPACITY, Nature.STARTED)
RULE = {rule.step: rule for rule in RULES}
TIMEOUT = MESSAGES["ecr-auth-retried"][0]


def blocked(step: str, code: str, subnet: str = "subnet-a", host: str = "", says: str = "no") -> StepReport:
    """A step with one blocker."""
    decision = Step(gate=Gate.SECURITY_GROUP, at="sg-1", verdict=Verdict.FAILS, says=says, code=code)
    return _step(step, decision, subnet, host)


def unsettled(step: str, gate: Gate) -> StepReport:
    """A step with one unknown."""
    unknown = Unknown(Why.NOT_IN_INPUT, "the rules", "sg-1", "show them")
    return _step(step, Step(gate=gate, at="sg-1", verdict=Verdict.UNKNOWN, says="?", unknown=unknown))


def _step(step: str, decision: Step, subnet: str = "subnet-a", host: str = "") -> StepReport:
    return StepReport(
        rule=RULE.get(step)
        or Rule(id=step, step=step, title="", because="", symptom="", doc="", checked_on=""),
        subject="",
        subnets=(subnet,),
        host=host,
        port=443,
        via=Via.NONE,
        network=(),
        access=(),
        decisions=(decision,),
    )


def task(*steps: StepReport, warnings: tuple[Notice, ...] = ()) -> TaskReport:
    """A proven task."""
    return TaskReport(
        id="api",
        kind="service",
        task_definition="api:1",
        platform_version="1.4.0",
        steps=steps,
        warnings=warnings,
    )


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_explained_by_the_blockers_of_its_step_that_it_allows_and_no_others(name: str) -> None:
    """Each kind of message, with each blocker in each step: certain where both fit, and nowhere else."""
    message = Message(text=MESSAGES[name][0], where="")
    (meaning,) = understand(message.text)
    wrong = []
    for code in sorted(BLOCKER_CODES):
        for step in STEPS[:-1]:
            fits = code in meaning.causes and step in ({meaning.row.step, *meaning.row.also} - {""} or STEPS)
            otherwise = Judgement.OUTSIDE if meaning.nature in BLAMELESS else Judgement.ELSEWHERE
            found = conclude(message, meaning, task(blocked(step, code)))
            if found.judgement is not (Judgement.CERTAIN if fits else otherwise):
                wrong.append((code, step, found.judgement))

    assert [] == wrong


@pytest.mark.parametrize("name", MESSAGES)
def test_where_nothing_is_wrong_the_message_is_of_another_time_or_another_kind(name: str) -> None:
    """Each kind of message, and a task that is proven to start."""
    message = Message(text=MESSAGES[name][0], where="")
    (meaning,) = understand(message.text)
    expected = Judgement.OUTSIDE if meaning.nature in BLAMELESS else Judgement.NOTHING

    found = conclude(message, meaning, task())

    assert (expected, (), ()) == (found.judgement, found.causes, found.others)
    assert found.left


def judged(text: str, proven: TaskReport, subnet: str = "") -> Judgement:
    """The conclusion about one message."""
    (meaning,) = understand(text)
    return conclude(Message(text=text, where=""), meaning, proven, subnet).judgement


def test_two_blockers_that_fit_are_both_told() -> None:
    """Where a security group and a network ACL both drop the packet, either alone gives the message."""
    assert Judgement.SEVERAL is judged(
        TIMEOUT, task(blocked("ecr-login", "sg-ingress"), blocked("ecr-login", "nacl-return"))
    )


def test_what_is_wrong_in_another_subnet_is_not_what_this_task_met() -> None:
    """The subnet of a stopped task is known: a blocker that only other subnets have explains nothing."""
    proven = task(blocked("ecr-login", "sg-ingress", "subnet-b"), blocked("logs", "sg-egress", "subnet-a"))
    login_of_a = _step(
        "ecr-login", Step(gate=Gate.HOST, at="h", verdict=Verdict.WORKS, says="ok"), "subnet-a"
    )
    both = task(*proven.steps, login_of_a)

    assert Judgement.ELSEWHERE is judged(TIMEOUT, both, "subnet-a")
    assert Judgement.CERTAIN is judged(TIMEOUT, both, "subnet-b")
    # A subnet that the input does not know of says nothing.
    assert Judgement.CERTAIN is judged(TIMEOUT, both, "subnet-c")


def test_the_host_in_a_message_tells_which_call_it_was() -> None:
    """Of two images, the one whose registry is named in the message is meant."""
    text = MESSAGES["image-manifest-timeout"][0]
    other = blocked("image-manifest", "sg-egress", host="registry.example.com")
    named = _step(
        "image-manifest",
        Step(gate=Gate.HOST, at="h", verdict=Verdict.WORKS, says="ok"),
        host="111122223333.dkr.ecr.eu-west-1.amazonaws.com",
    )

    assert Judgement.ELSEWHERE is judged(text, task(other, named))
    assert Judgement.CERTAIN is judged(text, task(other))


def test_the_action_in_a_message_tells_which_permission_it_was() -> None:
    """Of two missing permissions, the one that the message names is the cause."""
    message = Message(text=MESSAGES["ecr-auth-denied"][0], where="")
    (meaning,) = meanings(message)
    named = blocked("ecr-login", "iam-missing-action", says="no policy allows ecr:GetAuthorizationToken on *")
    other = blocked("ecr-login", "iam-missing-action", says="no policy allows sts:GetServiceBearerToken")

    found = conclude(message, meaning, task(named, other))

    assert [named.blockers[0].message] == [cause.blocker.message for cause in found.causes]
    assert Judgement.CERTAIN is found.judgement


@pytest.mark.parametrize(
    ("gate", "expected"),
    [(Gate.SECURITY_GROUP, Judgement.UNSETTLED), (Gate.IDENTITY_POLICY, Judgement.NOTHING)],
)
def test_only_what_could_give_the_message_leaves_it_open(gate: Gate, expected: Judgement) -> None:
    """An unknown permission does not explain a connection that timed out."""
    assert expected is judged(TIMEOUT, task(unsettled("ecr-login", gate)))


def test_what_is_not_known_of_another_step_does_not_matter() -> None:
    """The message tells its step: what is not known of others does not leave it open."""
    assert Judgement.NOTHING is judged(TIMEOUT, task(unsettled("logs", Gate.SECURITY_GROUP)))


def test_a_task_of_which_something_is_not_known_as_a_whole_is_not_settled() -> None:
    """Subnets that are not known could hold what explains the message."""
    unknown = Unknown(Why.NOT_IN_INPUT, "the subnets", "api", "show them")
    proven = TaskReport(
        id="api", kind="service", task_definition="", platform_version="", steps=(), unsettled=(unknown,)
    )

    assert Judgement.UNSETTLED is judged(TIMEOUT, proven)


def test_words_that_nobody_knows_leave_what_is_wrong_now() -> None:
    """An unknown message is said to be one, and the blockers of the task are shown beside it."""
    found = unknown_words(Message(text="?", where=""), task(blocked("logs", "sg-egress")))

    assert (Judgement.NOT_KNOWN, ["sg-egress"]) == (
        found.judgement,
        [each.blocker.code for each in found.others],
    )


def test_of_several_tasks_the_one_that_explains_the_message_is_told() -> None:
    """A text does not say whose it is: tasks that explain it are shown, others only where none does."""
    proofs = {"good": task(), "bad": task(blocked("ecr-login", "sg-ingress"))}

    told = told_of(of_text(TIMEOUT), ("good", "bad"), lambda _: proofs)

    assert [proofs["bad"]] == [each.task for each in told.conclusions]
    assert 2 == len(told_of(of_text(TIMEOUT), ("good", "good"), lambda _: proofs).conclusions)


@pytest.mark.parametrize(
    ("name", "said", "asked"),
    [
        ("image-timeout-docker", "", "1.3.0"),
        ("image-timeout-docker", "1.4.0", "1.4.0"),
        ("image-timeout-docker", "LATEST", "1.3.0"),
        ("ecr-auth-retried", "", None),
        ("ecr-auth-retried", "1.3.0", "1.3.0"),
    ],
)
def test_the_proof_is_of_the_platform_version_that_the_task_had(
    name: str, said: str, asked: str | None
) -> None:
    """The stopped task tells its version; words that only Docker used mean one before 1.4.0."""
    versions: list[str | None] = []
    failure = Failure(
        kind="task", messages=(Message(text=MESSAGES[name][0], where=""),), platform_version=said
    )

    def prove(version: str | None) -> dict[str, TaskReport]:
        versions.append(version)
        return {"api": task()}

    told_of(failure, ("api",), prove)

    assert [asked] == versions


def test_without_a_proof_only_the_meaning_is_told() -> None:
    """A message without an input is explained, and nothing is said to be certain."""
    told = told_of(of_text(TIMEOUT), (), lambda _: {})

    assert [Judgement.NOT_PROVED] == [each.judgement for each in told.conclusions]
    assert Verdict.UNKNOWN is worst(told.conclusions)


def test_no_credential_of_a_message_is_kept() -> None:
    """A pre-signed link is cut where it begins to be one."""
    (message,) = of_text(f"CannotPullContainerError: {SIGNED}: 403 Forbidden").messages

    assert "SECRET" not in message.text
    assert "ASIA" not in message.text
