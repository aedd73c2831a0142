"""The options with which an input was read, to be typed again with another command."""

from argparse import Namespace

from pullproof.report.text import quoted

#: What says where the rest of an input is, and who asks AWS for it. The values of single parameters and
#: variables are not among them: they may be secrets, and what is printed is kept in logs.
READING = (
    "--source",
    "--no-source",
    "--var-file",
    "--snapshot",
    "--parameters-file",
    "--synth",
    "--live",
    "--region",
    "--account",
    "--profile",
    "--role-arn",
    "--endpoint-url",
)


def typed(options: Namespace) -> str:
    """The input, every template of it, and how it was read."""
    return " ".join(map(quoted, [options.input, *options.more])) + reading(options)


def reading(options: Namespace) -> str:
    """The words that follow an input, each as a shell takes it; none for what was not given."""
    words: list[str] = []
    for flag in READING:
        given = getattr(options, flag[2:].replace("-", "_"), None)
        for value in given if isinstance(given, list) else [given]:
            if value is True:
                words.append(flag)
            elif value:
                words += [flag, quoted(value)]
    return "".join(f" {word}" for word in words)
