"""`completion`: scripts for the three common shells, made from the parser itself."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping

from pullproof.cli.commands import COMMANDS
from pullproof.cli.out import emit
from pullproof.cli.parser import actions, build, flags

#: Options whose value is a path.
FILES = frozenset(["--source", "--snapshot", "--var-file", "--parameters-file", "--out", "--output"])


def completion(options: Namespace) -> int:
    """Print the script for one shell."""
    _, commands = build()
    emit({"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell](commands))
    return 0


def _options(parser: ArgumentParser) -> list[str]:
    """The long options of a command, with those of its actions."""
    every = [flag for one in (parser, *actions(parser).values()) for flag in flags(one)]
    return [flag for flag in dict.fromkeys(every) if flag.startswith("--")]


def _plain(parser: ArgumentParser) -> list[str]:
    """The words from a closed list that a command takes: shells, actions, other commands."""
    return [
        str(choice)
        for action in parser._actions  # noqa: SLF001
        if not action.option_strings
        for choice in action.choices or ()
    ]


def _choices(parser: ArgumentParser) -> Iterator[tuple[str, list[str]]]:
    """Options with a closed list of values."""
    for one in (parser, *actions(parser).values()):
        for action in one._actions:  # noqa: SLF001  # argparse tells it no other way
            if action.option_strings and action.choices:
                yield action.option_strings[-1], [str(choice) for choice in action.choices]


def _words(name: str, parser: ArgumentParser) -> str:
    """What may follow a command."""
    words = [*_plain(parser), *_options(parser)]
    if name == "explain":
        from pullproof.explain.pages import CODES

        words = [*sorted(CODES), *words]
    return " ".join(words)


def _bash(commands: Mapping[str, ArgumentParser]) -> str:
    # One option can have other values with another command: `--format`, `--for`.
    values = {
        f"{name} {flag}": " ".join(given)
        for name, parser in commands.items()
        for flag, given in _choices(parser)
    }
    return "\n".join(
        [
            "# bash completion for pullproof: source <(pullproof completion bash)",
            "_pullproof() {",
            '    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=""',
            "    COMPREPLY=()",
            '    case "$before" in',
            f'    {"|".join(sorted(FILES))}) COMPREPLY=($(compgen -f -- "$word")); return ;;',
            "    esac",
            '    case "${COMP_WORDS[1]} $before" in',
            *(
                f'    "{key}") COMPREPLY=($(compgen -W "{given}" -- "$word")); return ;;'
                for key, given in sorted(values.items())
            ),
            "    esac",
            '    if [ "$COMP_CWORD" -eq 1 ]; then',
            f'        COMPREPLY=($(compgen -W "{" ".join(commands)} --help --version" -- "$word")); return',
            "    fi",
            '    case "${COMP_WORDS[1]}" in',
            *(f'    {name}) words="{_words(name, parser)}" ;;' for name, parser in commands.items()),
            "    esac",
            '    COMPREPLY=($(compgen -W "$words" -- "$word"))',
            '    [[ "$word" == -* ]] || COMPREPLY+=($(compgen -f -- "$word"))',
            "}",
            "complete -o filenames -F _pullproof pullproof",
            "",
        ]
    )


def _zsh(commands: Mapping[str, ArgumentParser]) -> str:
    lines = [
        "#compdef pullproof",
        "# zsh completion: save as _pullproof in a folder of $fpath",
        "_pullproof() {",
    ]
    lines += ["    local -a commands=("]
    lines += [f"        '{name}:{says}'" for name, (says, _) in COMMANDS.items()]
    lines += [
        "    )",
        "    if (( CURRENT == 2 )); then",
        "        _describe command commands; return",
        "    fi",
    ]
    lines += ["    case $words[2] in"]
    for name, parser in commands.items():
        lines.append(f"    {name}) compadd -- {_words(name, parser)}; _files ;;")
    return "\n".join([*lines, "    esac", "}", '_pullproof "$@"', ""])


def _fish(commands: Mapping[str, ArgumentParser]) -> str:
    lines = ["# fish completion: save as ~/.config/fish/completions/pullproof.fish"]
    for name, (says, _) in COMMANDS.items():
        lines.append(f"complete -c pullproof -n __fish_use_subcommand -f -a {name} -d '{says}'")
    for name, parser in commands.items():
        seen = f"-n '__fish_seen_subcommand_from {name}'"
        values = dict(_choices(parser))
        for flag in _options(parser):
            takes = f" -x -a '{' '.join(values[flag])}'" if flag in values else ""
            takes = " -r" if flag in FILES else takes
            lines.append(f"complete -c pullproof {seen} -l {flag[2:]}{takes}")
        if name == "explain" or _plain(parser):
            plain = " ".join(word for word in _words(name, parser).split() if not word.startswith("--"))
            lines.append(f"complete -c pullproof {seen} -f -a '{plain}'")
    return "\n".join([*lines, ""])
