"""From a stopped reason to its meaning: which step, which causes, what the details rule out."""

import re

import msgspec

from pullproof.explain.catalogue import CATALOGUE
from pullproof.explain.clues import FILTERS, HOST, Clue, clues
from pullproof.explain.row import (
    ACCESS_CAUSES,
    ANY,
    CURRENT,
    CUSTOM_DNS,
    ERR_RESOURCE,
    INTERFACE_CAUSES,
    NETWORK_MARK,
    Nature,
    Row,
)
from pullproof.explain.rows.efs import MOUNT_CAUSES
from pullproof.explain.rows.layers import S3_CAUSES
from pullproof.model.redact import redacted

#: Where one message ends and the next begins, when several are pasted together.
HEADS = re.compile(
    r"(?=\b(?:ResourceInitializationError|CannotPull\w*Error|CannotStartContainerError|TaskFailedToStart"
    r"|ResourceNotFoundException: The task|CannotCreateVolumeError|DockerTimeoutError)\b)"
)

#: For a network fault without the words around it: the host tells the step.
HOSTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"\bdkr[.-]ecr", "image-manifest", INTERFACE_CAUSES),
    (r"\b(api\.ecr[\w-]*|ecr)\.[\w-]+\.(amazonaws|api)\.", "ecr-login", INTERFACE_CAUSES),
    (r"starport-layer-bucket", "image-layers", S3_CAUSES),
    (r"\bsecretsmanager\.", "secrets", INTERFACE_CAUSES),
    (r"\bssm\.", "parameters", INTERFACE_CAUSES),
    (r"\blogs\.[\w-]+\.(amazonaws|api)\.", "logs", INTERFACE_CAUSES),
    (r"\.efs\.", "efs", MOUNT_CAUSES),
)


#: How every message begins that tells of credentials, secrets or parameters.
CUT_OFF = r"unable to pull secrets or registry auth"


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What one message means. `causes` and `others` are the row's that the details leave."""

    row: Row
    clues: tuple[Clue, ...]
    causes: tuple[str, ...]
    others: tuple[str, ...]
    hosts: tuple[str, ...]

    @property
    def nature(self) -> Nature:
        """What kind of trouble it is, as the details tell."""
        return next((clue.nature for clue in self.clues if clue.nature is not None), self.row.nature)


def understand(text: str) -> tuple[Meaning, ...]:
    """The meaning of every message in `text`, each once; empty when none is known.

    Credentials are taken out first: nothing of the answer holds them.
    """
    found: dict[str, Meaning] = {}
    for message in HEADS.split(redacted(text)):
        row = _row(message) if message.strip() else None
        if row is not None and row.id not in found:
            found[row.id] = _meaning(message, row)
    return tuple(found.values())


def _row(message: str) -> Row | None:
    """The first row whose patterns are all there, or one made of the host that was not reached."""
    one_line = " ".join(message.split())
    for row in CATALOGUE:
        if all(re.search(pattern, one_line, re.IGNORECASE) for pattern in row.patterns):
            return row
    network = re.search(NETWORK_MARK, one_line, re.IGNORECASE) is not None
    for pattern, step, causes in HOSTS if network else ():
        if re.search(pattern, one_line, re.IGNORECASE):
            return _by_host(step, causes)
    if re.search(CUT_OFF, one_line, re.IGNORECASE):
        return _cut_off()
    return _by_host("", INTERFACE_CAUSES) if network else None


def _cut_off() -> Row:
    """The beginning of a message, as consoles and deployment tools show it: which call it was is cut off."""
    return Row(
        id="credentials-cut-off",
        step="ecr-login",
        title="secrets, parameters or the registry's login could not be fetched; which of them is cut off",
        nature=Nature.NETWORK,
        patterns=(),
        era=CURRENT,
        also=("secrets", "parameters", "registry-credentials"),
        causes=(*INTERFACE_CAUSES, *ACCESS_CAUSES),
        others=(CUSTOM_DNS, "the whole message says more: aws ecs describe-tasks shows it"),
        doc=ERR_RESOURCE,
    )


def _by_host(step: str, causes: tuple[str, ...]) -> Row:
    return Row(
        id=f"connection-{step or 'any'}",
        step=step,
        title="the task could not reach something it needs",
        nature=Nature.NETWORK,
        patterns=(),
        era=ANY,
        causes=causes,
        others=(CUSTOM_DNS,),
        doc=ERR_RESOURCE,
    )


def _meaning(message: str, row: Row) -> Meaning:
    one_line = " ".join(message.split())
    details = clues(one_line, row) if row.causes else ()
    left = row.causes
    for clue in details:
        if clue.leaves is not None:
            # A detail never rules out everything: then the row knows better.
            left = tuple(code for code in left if code in clue.leaves) or left
    return Meaning(
        row=row,
        clues=details,
        causes=left,
        others=tuple(other for other in row.others if other != CUSTOM_DNS or not _names_worked(details)),
        hosts=tuple(dict.fromkeys(found["host"] for found in HOST.finditer(one_line))),
    )


def _names_worked(details: tuple[Clue, ...]) -> bool:
    """Whether the name led to the endpoint, so that no resolver is to blame."""
    return any(clue.leaves == FILTERS for clue in details)
