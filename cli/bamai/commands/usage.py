"""What is wrong with a command line, told as every other mistake is: Typer would tell it in English only."""

from __future__ import annotations

import re
from typing import Any

from bamai.commands.common import complain, lang, say, word
from bamai.commands.manual import allowed_of, name_of, usage_of
from bamai.errors import Problem
from bamai.schema import did_you_mean, meant
from bamai.texts import shown


def tell(error: Any) -> None:
    """The mistake, how the command is used, and where its help is; on stderr."""
    complain([problem_of(error)])
    context = error.ctx
    if context is not None:
        say(usage_of(context.command, context, lang()))
        say(word("man.see", path=context.command_path))


def problem_of(error: Any) -> Problem:
    """A usage error of Typer as one of ours. Its kinds are known by name, for they have no public home."""
    param, context = getattr(error, "param", None), error.ctx
    match type(error).__name__:
        case "MissingParameter" if param is not None:
            code = "missing_option" if param.param_type_name == "option" else "missing_argument"
            return Problem(code, {"name": name_of(param)})
        case "NoSuchOption":
            close = error.possibilities or []
            return Problem(
                "unknown_option", {"found": shown(error.option_name), "hint": meant(next(iter(close), None))}
            )
        case "BadOptionUsage":
            params = context.command.get_params(context) if context is not None else []
            flag = any(error.option_name in one.opts and one.is_flag for one in params if hasattr(one, "is_flag"))
            return Problem("option_takes_no_value" if flag else "option_without_value", {"name": error.option_name})
        case "BadParameter" if param is None:  # as common.SpokenGroup says it
            known = sorted(context.command.commands)
            given = {"found": shown(error.message), "allowed": ", ".join(known)}
            return Problem("unknown_command", given | {"hint": did_you_mean(error.message, known)})
        case "UsageError" if error.message == "Missing command.":
            return Problem("missing_command", {"allowed": ", ".join(sorted(context.command.commands))})
        case "BadParameter":
            found = _input(error)
            if found is not None:
                allowed = allowed_of(param, context, lang())
                return Problem("wrong_option", {"name": name_of(param), "found": shown(found), "allowed": allowed})
    extra = re.fullmatch(r"Got unexpected extra argument\(s\) \((.*)\)", str(error.message), re.DOTALL)
    if extra:
        return Problem("extra_arguments", {"found": shown(extra[1])})
    return Problem("wrong_usage", {"why": shown(error.format_message())})


def _input(error: BaseException) -> str | None:
    """What somebody gave for a value of another kind."""
    errors = getattr(error.__cause__, "errors", None)
    return str(errors()[0]["input"]) if errors else None
