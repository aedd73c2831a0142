"""The error catalogue: every row is found by a message shaped like the field's, and by nothing else's."""

import pytest

from pullproof.explain.catalogue import CATALOGUE, checked
from pullproof.explain.row import Nature, Row
from pullproof.explain.understand import understand
from pullproof.model.codes import BLOCKER_CODES, STEPS, WARNING_CODES
from tests.unit.explain.messages import MESSAGES

#: What the field takes for network trouble and is not: image platform, disk, rate limit, addresses, passing faults.
NOT_THE_NETWORK = [
    "image-platform",
    "disk-full",
    "image-rate-limit",
    "subnet-full",
    "unpack-failed",
    "interface-timeout",
]


def test_a_message_that_is_cut_off_leaves_every_call_open() -> None:
    """The beginning that consoles show tells of three calls: any of their steps, and permissions as well."""
    (meaning,) = understand(
        "TaskFailedToStart: ResourceInitializationError: unable to pull secrets or registry auth"
    )

    assert {"ecr-login", "secrets", "parameters", "registry-credentials"} == {
        meaning.row.step,
        *meaning.row.also,
    }
    assert {"endpoint-missing", "iam-missing-action"} <= set(meaning.causes)


def test_the_credentials_of_a_registry_come_from_secrets_manager_too() -> None:
    """A time-out on the way to the secret of repositoryCredentials has words of its own."""
    (meaning,) = understand(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:"
        " unable to get registry auth from asm: service call has been retried 5 time(s): asm fetching secret"
    )

    assert ("secret-connection", ("registry-credentials",)) == (meaning.row.id, meaning.row.also)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_leads_to_its_row(name: str) -> None:
    """Each message is told apart from all others, with its step and its likeliest cause."""
    message, step, cause = MESSAGES[name]

    (meaning,) = understand(message)

    assert (name, step) == (meaning.row.id, meaning.row.step)
    assert cause == next(iter(meaning.causes), "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CannotPullContainerError: API error (404): repository app not found", "image-not-found"),
        (
            "The task can't pull the image. Check that the role has the permissions to pull images from the registry.",
            "image-access-denied",
        ),
        ("The task can't pull the image. Check your network configuration", "image-connection"),
        (
            "Error response from daemon: Get https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/: (Client.Timeout exceeded while awaiting headers)",
            "image-timeout-docker",
        ),
        ("manifest unknown: Requested image not found", "image-not-found"),
        ("no basic auth credentials", "image-access-denied"),
        (
            "error pulling image configuration: Get https://prod-x-starport-layer-bucket.s3.amazonaws.com/a",
            "layers-timeout-docker",
        ),
        (
            "failed to copy: httpReaderSeeker: failed open: dial tcp 52.216.1.1:443: i/o timeout",
            "layers-timeout",
        ),
        ("write /var/lib/docker/tmp/GetImageBlob1: no space left on device", "disk-full"),
        (
            "unable to retrieve secret from asm: service call has been retried 5 time(s): RequestCanceled: request context canceled",
            "secret-connection",
        ),
        (
            "The task can't download the environment variable files from Amazon S3. There is a connection issue",
            "env-file-connection",
        ),
        (
            "failed to validate logger args: CreateLogGroup AccessDeniedException: logs:CreateLogGroup",
            "log-denied",
        ),
        ("mount.nfs4: Connection reset by peer", "efs-timeout"),
        (
            "Network interface provision complete error timeout wait for network interface provision.",
            "interface-timeout",
        ),
        ("Timeout waiting for EphemeralStorage provisioning to complete", "interface-timeout"),
        (
            "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-1'",
            "subnet-full",
        ),
    ],
)
def test_other_wordings_lead_to_the_same_rows(text: str, expected: str) -> None:
    """AWS and its agents have said the same in other words, over the years and platforms."""
    assert [expected] == [meaning.row.id for meaning in understand(text)]


def test_every_row_has_a_message() -> None:
    """No row is there that no test shows."""
    assert {row.id for row in CATALOGUE} == set(MESSAGES)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_service_event_around_it_changes_nothing(name: str) -> None:
    """The event of a service wraps the reason of its task."""
    (meaning,) = understand(f"(service app) was unable to place a task. Reason: {MESSAGES[name][0]}.")

    assert name == meaning.row.id


@pytest.mark.parametrize("name", MESSAGES)
def test_line_breaks_of_a_console_change_nothing(name: str) -> None:
    """A message that a narrow window broke into lines is the same message."""
    (meaning,) = understand(MESSAGES[name][0].replace(" ", "\n  ", 12))

    assert name == meaning.row.id


@pytest.mark.parametrize("name", NOT_THE_NETWORK)
def test_what_is_not_the_network_is_said_not_to_be(name: str) -> None:
    """Faults of images, disks, quotas and of AWS itself are not blamed on the network, and lead to no blocker."""
    (meaning,) = understand(MESSAGES[name][0])

    assert "not the network" in meaning.nature.value
    assert () == meaning.causes
    assert meaning.others


@pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: row.id)
def test_a_row_says_what_to_do_and_who_says_so(row: Row) -> None:
    """Every row leads to a code or to a sentence, and has AWS's page."""
    assert row.causes or row.others
    assert row.doc.startswith("https://docs.aws.amazon.com/")
    assert len(row.causes) == len(set(row.causes))


def test_codes_and_steps_are_those_of_the_contract() -> None:
    """Rows use the closed lists of steps and codes."""
    assert {row.step for row in CATALOGUE} <= {"", *STEPS}
    assert {code for row in CATALOGUE for code in row.causes} <= BLOCKER_CODES | WARNING_CODES


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"step": "lunch"}, "names a step or code"),
        ({"causes": ("sg-egres",)}, "names a step or code"),
        ({}, "same id"),
    ],
)
def test_a_faulty_row_is_refused(change: dict[str, str], expected: str) -> None:
    """A repeated id, an unknown step or an unknown code is noticed at once."""
    settings: dict[str, object] = {
        "id": "ecr-auth-denied",
        "step": "logs",
        "title": "x",
        "nature": Nature.TASK,
        "patterns": ("x",),
        "era": "any",
        "doc": "https://docs.aws.amazon.com/",
    }
    row = Row(**(settings | change))  # type: ignore[arg-type]  # as a faulty row would be written

    with pytest.raises(ValueError, match=expected):
        checked((row, *(() if change else (row,))))
