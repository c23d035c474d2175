"""Every text of the program in Chinese and English, by key; model texts stand in the YAML.

A table in Python rather than compiled gettext catalogues: it loads with the code, needs no build step,
and a test can hold both columns against each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

Lang = Literal["zh", "en"]
LANGS: Final[tuple[Lang, ...]] = ("zh", "en")

_BLANK = re.compile(r"[^\S \u3000]+")


def t(key: str, lang: Lang, /, **params: object) -> str:
    """The text of *key* in *lang*, with its ``{names}`` filled in; a parameter may itself be bilingual."""
    template = TEXTS[key][0 if lang == "zh" else 1]
    if not params:
        return template
    return template.format(**{name: in_words(value, lang) for name, value in params.items()})


def in_words(value: object, lang: Lang) -> object:
    """A parameter as it stands in a text of *lang*."""
    if isinstance(value, str | int):
        return value
    if hasattr(value, "zh"):
        return getattr(value, lang)
    if isinstance(value, tuple | list):
        return (t("list_comma", lang)).join(str(in_words(item, lang)) for item in value)
    return value


def with_minus(number: str) -> str:
    """A number as reports have it: a minus sign is wider than a hyphen, and no line ends with it."""
    return number.replace("-", "−")


def shown(value: object, limit: int = 60) -> str:
    """*value* as it can be printed in a message: one line, no control characters, not too long."""
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, tuple | list):
        items = ("[…]" if isinstance(item, tuple | list) else shown(item, 20) for item in value[:5])
        return "[" + ", ".join(items) + (", …]" if len(value) > 5 else "]")
    if isinstance(value, bool):
        return "true" if value else "false"
    text = printable("null" if value is None else str(value)[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def printable(text: str) -> str:
    """*text* without anything that could steer a terminal: control, bidi and other format characters become escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\u3000" else c.encode("unicode_escape").decode("ascii") for c in text)


def on_paper(text: str) -> str:
    """*text* for a document that sets its lines itself: blanks of all kinds as plain ones, line breaks as they are,
    anything else as :func:`printable`."""
    return "\n".join(printable(_BLANK.sub(" ", line)) for line in text.split("\n"))


TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "list_comma": ("、", ", "),
    "did_you_mean": ("；是否想写 {word}？", "; did you mean {word}?"),
    # ── what the system says ──────────────────────────────────────────────────────────────────────────
    "system.ENOENT": ("没有这个文件或文件夹", "No such file or directory"),
    "system.EACCES": ("没有权限", "Permission denied"),
    "system.EPERM": ("不允许这样做", "Operation not permitted"),
    "system.ENOSPC": ("磁盘已满", "No space left on device"),
    "system.EDQUOT": ("磁盘配额已用完", "Disk quota exceeded"),
    "system.EFBIG": ("文件超过允许的大小", "File too large"),
    "system.EROFS": ("文件系统只读", "Read-only file system"),
    "system.EISDIR": ("是文件夹，不是文件", "Is a directory"),
    "system.ENOTDIR": ("路径中有一段不是文件夹", "Not a directory"),
    "system.EEXIST": ("已经存在", "File exists"),
    "system.ENAMETOOLONG": ("文件名太长", "File name too long"),
    "system.EMFILE": ("打开的文件太多", "Too many open files"),
    "system.ELOOP": ("符号链接绕成了圈", "Too many levels of symbolic links"),
    "system.EIO": ("设备读写出错", "Input/output error"),
    # ── problems: files ──────────────────────────────────────────────────────────────────────────────
    "problem.file_not_found": ("文件不存在", "no such file"),
    "problem.file_unreadable": ("无法读取：{why}", "cannot be read: {why}"),
    "problem.is_folder": ("这是文件夹，需要一个文件", "this is a folder; a file is needed"),
    "problem.file_too_large": (
        "文件超过 {limit} MB，不像答卷或规则文件；请核对文件名",
        "larger than {limit} MB, so hardly an answers or rule file; check the name",
    ),
    "problem.file_empty": ("文件是空的", "the file is empty"),
    "problem.not_utf8": (
        "不是 UTF-8 编码（遇到字节 {byte}）；请用编辑器另存为 UTF-8",
        "not UTF-8 (byte {byte}); save it as UTF-8 in your editor",
    ),
    "problem.json_syntax": ("不是有效的 JSON：{why}", "not valid JSON: {why}"),
    "problem.yaml_syntax": ("不是有效的 YAML：{why}", "not valid YAML: {why}"),
    "problem.yaml_characters": ("含有 YAML 不允许的字符：{why}", "holds characters that YAML does not allow: {why}"),
    "problem.yaml_depth": ("嵌套超过 {limit} 层", "nested more than {limit} levels deep"),
    "problem.yaml_alias": (
        "不支持锚点和别名（{found}）；请把内容写全",
        "anchors and aliases are not allowed ({found}); write the content out",
    ),
    "problem.yaml_tag": ("不支持类型标签 {found}", "tags are not allowed: {found}"),
    "problem.yaml_key": ("键必须是文字", "a key must be plain text"),
    "problem.yaml_duplicate": (
        "键 {found} 重复（第一次在第 {first} 行）",
        "key {found} stands twice (first on line {first})",
    ),
    "problem.yaml_guess": (
        "{found} 含义不明确（YAML 会猜成别的类型）；文字请加引号，数字写成 12 或 12.5",
        "{found} is ambiguous (YAML would guess its type); quote text, write numbers like 12 or 12.5",
    ),
    "problem.yaml_many_documents": (
        "一个文件只能有一份内容（遇到第二个 ---）",
        "one file holds one document (a second --- was found)",
    ),
    # ── problems: shape of rule files ────────────────────────────────────────────────────────────────
    "problem.not_a_mapping": (
        "这里应是“键: 值”的列表，实际是 {found}",
        "a mapping of keys to values is needed here, found {found}",
    ),
    "problem.wrong_schema": ("schema 是 {found}，应为 {allowed}", "schema is {found}, must be {allowed}"),
    "problem.unknown_key": (
        "不认识的键 {found}；可用：{allowed}{hint}",
        "unknown key {found}; allowed: {allowed}{hint}",
    ),
    "problem.missing_key": ("缺少 {key}", "{key} is missing"),
    "problem.missing_language": (
        "缺少语言 {key}：每段文字都要有 zh 和 en",
        "language {key} is missing: every text needs zh and en",
    ),
    "problem.not_one_of": ("{found} 不可用；可用：{allowed}", "{found} is not allowed; allowed: {allowed}"),
    "problem.wrong_id": ("{found} 不合格式 {allowed}", "{found} does not fit the pattern {allowed}"),
    "problem.control_characters": (
        "{found} 含有控制字符，会扰乱终端和文件；请删去",
        "{found} holds control characters, which upset terminals and files; take them out",
    ),
    "problem.wrong_value": ("值 {found} 不合要求，应为{allowed}", "value {found} does not fit; needed: {allowed}"),
    "needed.boolean": (" true 或 false", "true or false"),
    "needed.text": ("文字（像数字的文字要加引号）", "text (what looks like a number wants quotes)"),
    "needed.whole": ("整数", "a whole number"),
    "needed.number": ("数字，不加引号", "a number without quotes"),
    "needed.list": ("列表：[…]，或每行一个 -", "a list: […], or lines that begin with -"),
    "needed.mapping": ("“键: 值”：{{{keys}}}", "keys with values: {{{keys}}}"),
    "needed.at_least": ("不小于 {number} 的数", "{number} or more"),
    "needed.longer": ("至少 {number} 个字的文字", "text of {number} or more characters"),
    "needed.shorter": ("至多 {number} 个字的文字", "text of {number} or fewer characters"),
    "needed.more": ("至少 {number} 项的列表", "a list of {number} or more"),
    "problem.id_twice": (
        "标识、代码或名称 {found} 用了两次（第一次在第 {first} 行）",
        "id, code or label {found} is used twice (first on line {first})",
    ),
    "problem.figure_twice": (
        "数据 {found} 已有：{first}；两份数据不能同用一个标识，请改掉这里的",
        "there is a figure {found} already: {first}; no two have the same id, so give this one another",
    ),
    "problem.id_reserved": (
        "{found} 是批量结果的列名，不能作标识",
        "{found} is a column of batch results and cannot be an id",
    ),
    "problem.unknown_name": (
        "{found} 不存在；现有：{allowed}{hint}",
        "{found} does not exist; there is: {allowed}{hint}",
    ),
    "problem.too_fine": (
        "数值 {found} 超出可精确计算的范围（至多 6 位小数，且不能过大或为负）",
        "number {found} is outside exact arithmetic (at most 6 decimals, not too large, not negative)",
    ),
    "problem.folder_name": (
        "文件里写的是 {found}，所在文件夹是 {allowed}",
        "the file says {found}, its folder says {allowed}",
    ),
    "problem.stray_file": (
        "不认识的位置：规则放在 rules/<模型>/<版本>/（评分方案 *.yaml 在其 profiles/），问卷放在 questionnaires/<模型>/<版本>/，对标放在 rules/benchmarks/（背景数据在其 context/），分组词表是 rules/vocabulary.yaml",
        "not a place for a rule file: rules go to rules/<model>/<edition>/ (scoring profiles, *.yaml, to its profiles/), questionnaires to questionnaires/<model>/<edition>/, benchmarks to rules/benchmarks/ (context figures to its context/), the words to group by to rules/vocabulary.yaml",
    ),
    "problem.no_rules_folder": (
        "这个文件夹里没有规则；应有 {allowed}",
        "no rules in this folder; it should hold {allowed}",
    ),
    "problem.model_twice": ("{found} 已存在于 {first}", "{found} exists already in {first}"),
    "problem.unknown_model": (
        "没有模型 {found}；现有：{allowed}{hint}",
        "there is no model {found}; there is: {allowed}{hint}",
    ),
    "problem.edition_in_force": (
        "{found} 应恰有一个版本写 in_force: true；候选：{allowed}。请写全 模型@版本",
        "exactly one edition of {found} must say in_force: true; candidates: {allowed}. Name model@edition",
    ),
    # ── problems: model ──────────────────────────────────────────────────────────────────────────────
    "problem.cohort_no_score": (
        "{found} 没有得分，不能成为可比的分布",
        "{found} has no score: there is no distribution to compare with",
    ),
    "problem.nothing_scored": (
        "没有计分的维度，等级就没有得分：删去 score，或让一个维度计分",
        "no dimension is scored, so levels have no score: leave it out, or have a dimension scored",
    ),
    "problem.gate_nothing_scored": (
        "没有计分的维度，就没有得分可设门槛",
        "no dimension is scored, so there is no score for a gate to ask",
    ),
    "problem.empty_dimension": ("维度 {found} 里没有指标", "dimension {found} has no indicators"),
    "problem.weight_missing": (
        "{found} 缺少权重：同级节点要么都写，要么都不写（等权）",
        "{found} has no weight: siblings either all have one or none (equal weights)",
    ),
    "problem.weight_range": (
        "权重或满分 {found} 应大于 0，至多 3 位小数",
        "weight or full mark {found} must be above 0 with at most 3 decimals",
    ),
    "problem.weight_sum": (
        "同级权重合计 {found}，应为 100：{nodes}",
        "weights of these siblings sum to {found}, must be 100: {nodes}",
    ),
    "problem.weight_unscored": ("{found} 不计分，不应有权重", "{found} is not scored and must not have a weight"),
    "problem.scoring_kind": (
        "{kind} 计分不能用于 {found} 题；可用：{allowed}",
        "scoring {kind} cannot read a {found} question; it reads: {allowed}",
    ),
    "problem.unscored_points": (
        "{found} 属于不计分维度，只能是不带分值的 staged",
        "{found} is in an unscored dimension and can only be staged without points",
    ),
    "problem.points_span": (
        "最差答案得 {low} 分、最好得 {high} 分；应为 0 和满分 {out_of}",
        "the worst answer gives {low} points and the best {high}; must be 0 and out_of {out_of}",
    ),
    "problem.option_without_points": (
        "{question} 的选项没有分值：{found}",
        "options of {question} without points: {found}",
    ),
    "problem.none_scores": ("“无”应得 0 分，写的是 {found}", "the option none must give 0 points, found {found}"),
    "problem.not_monotone": (
        "分值应随答案变好（{better}）而不降",
        "points must not fall as the answer gets better ({better})",
    ),
    "problem.bands_differ": (
        "区间与问卷 {question} 的选项区间不一致",
        "bands differ from those of question {question}",
    ),
    "problem.band_empty": ("区间 {found} 是空的", "band {found} is empty"),
    "problem.band_hole": (
        "区间之间有空缺：{left} 到 {right} 没有分值",
        "a hole between bands: nothing covers {left} to {right}",
    ),
    "problem.band_overlap": ("区间重叠：{left} 到 {right}", "bands overlap from {left} to {right}"),
    "problem.band_open_inside": (
        "只有第一个区间可以没有下限、最后一个可以没有上限",
        "only the first band may lack its start and the last its end",
    ),
    "problem.band_elsewhere": ("{kind} 题的选项不应有 from/to", "options of a {kind} question have no from/to"),
    "problem.sizes_start": (
        "最小的规模应从 0 人开始，这里是 {found}",
        "the smallest size must start at 0 employees, it starts at {found}",
    ),
    "problem.sizes_order": (
        "规模应递增：{found} 在 {before} 之后",
        "sizes must rise: {found} comes after {before}",
    ),
    "problem.knots_order": ("折点应递增：{found} 在 {before} 之后", "knots must rise: {found} comes after {before}"),
    "problem.line_over_bands": (
        "{question} 可以按区间作答，不能用 linear 计分",
        "{question} can be answered by band, so it cannot be scored linear",
    ),
    "problem.grade_points": (
        "{question} 需要 {allowed} 个分值（0 级起），写了 {found} 个",
        "{question} needs {allowed} points (from grade 0), found {found}",
    ),
    "problem.level_order": (
        "等级应依次为 L1、L2…：这里应是 {allowed}，写的是 {found}",
        "levels must be L1, L2, … in order: {allowed} is due here, found {found}",
    ),
    "problem.level_score": ("分数 {found} 应在 0–100", "score {found} must be within 0–100"),
    "problem.level_scores_order": (
        "等级分数应递增：{found} 不大于 {before}",
        "level scores must rise: {found} is not above {before}",
    ),
    "problem.no_level_needless": (
        "{level} 没有条件，人人都能达到，不应有 no_level",
        "everyone reaches {level}, so there must be no no_level",
    ),
    "problem.gate_id": (
        "门槛 {found} 应写成 {level}.名称，且不能叫 score",
        "gate {found} must be called {level}.name, and not score",
    ),
    "problem.gate_on_bands": (
        "{found} 可以按区间作答，不能作数值门槛",
        "{found} can be answered by band, so no gate can stand on its value",
    ),
    "problem.gate_out_of_range": (
        "门槛值 {found} 超出 {metric} 的取值范围 {low}–{high}",
        "the gate asks for {found}, which is outside what {metric} can be ({low}–{high})",
    ),
    "problem.too_many_gates": (
        "一个等级有 {found} 个门槛，最多 {allowed} 个",
        "{found} gates at one level; at most {allowed} are allowed",
    ),
    "problem.gate_unreachable": (
        "门槛数 {needs} 个 {grade} 级以上的指标，但只有 {found} 个能达到",
        "the gate needs {needs} at grade {grade}, but only {found} can get there",
    ),
    "problem.all_na": ("至少要有一个计分指标不允许“不适用”", "at least one scored indicator must not allow n/a"),
    "problem.compared_but_scored": (
        "{found} 标为只对标，却参与计分",
        "{found} is marked compared_only but a rule scores it",
    ),
    "problem.question_unused": (
        "没有规则用到问题 {found}；若只用于对标，请写 compared_only: true",
        "no rule uses question {found}; if it only serves comparison, say compared_only: true",
    ),
    "problem.compared_no_metric": (
        "{found} 只对标，却不是指标量，也不构成指标量；text 题和只用作 show_if 条件的题不写 compared_only",
        "{found} is compared only but is no metric and makes none; a text question, and one that only decides by show_if what else is asked, go without compared_only",
    ),
    "problem.na_elsewhere": (
        "计分题 {found} 的“不适用”由模型指标的 na 决定",
        "whether scored question {found} may be n/a is said by na of its indicator in the model",
    ),
    "problem.show_if_required": (
        "{found} 不允许“不适用”，不能带 show_if",
        "{found} may not be n/a, so it cannot have show_if",
    ),
    "problem.show_if_shape": (
        "show_if 应有 all 或 any 之一；每个条件恰有 in、at_least/at_most、answered 之一，且与题型相符",
        "show_if has either all or any; each condition exactly one of in, at_least/at_most, answered, fitting the question's kind",
    ),
    "problem.show_if_grade": (
        "等级的条件应为整数，实际是 {found}",
        "a condition on a grade is a whole number, found {found}",
    ),
    # ── problems: questionnaire ──────────────────────────────────────────────────────────────────────
    "problem.wrong_options": (
        "{kind} 题有 {found} 个选项，应为 {allowed}",
        "a {kind} question has {found} options, must be {allowed}",
    ),
    "problem.wrong_trend": (
        "trend 题的选项应依次为 {allowed}",
        "options of a trend question must be {allowed}, in this order",
    ),
    "problem.grades_elsewhere": ("{kind} 题不应有 grades", "a {kind} question has no grades"),
    "problem.none_first": ("选项 none 应放在第一个（A）", "the option none must be the first (A)"),
    "problem.number_key_elsewhere": ("{kind} 题不应有 {found}", "a {kind} question has no {found}"),
    "problem.no_bounds": ("数字题应有 min 和 max", "a number needs min and max"),
    "problem.bounds_order": ("min {low} 应小于 max {high}", "min {low} must be below max {high}"),
    "problem.metric_kind": ("{kind} 题不能作指标量", "a {kind} question cannot be a metric"),
    "problem.metric_parts": (
        "由两个数得出的指标量应写全 kind、part、whole",
        "a metric made of two counts needs kind, part and whole",
    ),
    "problem.metric_share": (
        "share 用于百分比题，且不写 times",
        "a share belongs to a percent question and has no times",
    ),
    "problem.count_negative": ("{found} 的 min 应不小于 0", "min of {found} must not be below 0"),
    "problem.count_hidden": ("{found} 构成指标量，不能带 show_if", "{found} makes a metric and cannot have show_if"),
    # ── problems: benchmarks ─────────────────────────────────────────────────────────────────────────
    "problem.context_metric": (
        "context 文件夹里的数据只作背景，不应有 metric；可对标的放在上一级",
        "figures in the context folder are not compared and have no metric; what is compared goes one folder up",
    ),
    "problem.compare_nothing": ("没有 metric 的数据不能对标", "a figure without metric cannot be compared"),
    "problem.not_comparable": (
        "{statistic} 不能与 {kind} 题的答案相比",
        "{statistic} cannot be compared with the answer of a {kind} question",
    ),
    "problem.unknown_benchmark": (
        "没有对标数据 {found}；用 bamai benchmark list 查看{hint}",
        "there is no benchmark {found}; see bamai benchmark list{hint}",
    ),
    # ── problems: rule tests ─────────────────────────────────────────────────────────────────────────
    "problem.wrong_test_model": (
        "测试写的模型是 {found}，所在文件夹是 {allowed}",
        "the tests name model {found}, their folder is {allowed}",
    ),
    "problem.test_expects_nothing": ("测试 {test} 没有写任何期望", "test {test} expects nothing"),
    "problem.test_refused": (
        "测试 {test} 的答案被拒绝（{codes}）：{found}",
        "answers of test {test} were refused ({codes}): {found}",
    ),
    "problem.test_not_refused": (
        "测试 {test} 的答案应被拒绝（{codes}），却通过了",
        "answers of test {test} should be refused ({codes}) but passed",
    ),
    "problem.test_names_nothing": (
        "测试 {test} 的期望指向不存在的 {found}",
        "test {test} expects something of {found}, which does not exist",
    ),
    "problem.test_failed": (
        "测试 {test}：{key} 应为 {expected}，得到 {found}（依据：{why}）",
        "test {test}: {key} should be {expected}, got {found} (because: {why})",
    ),
    # ── problems: answers ────────────────────────────────────────────────────────────────────────────
    "problem.no_model": ("缺少 model，例如 model: sme@2024", "model is missing, for example model: sme@2024"),
    "problem.unknown_question": ("{model} 没有这个问题：{found}{hint}", "{model} has no question {found}{hint}"),
    "problem.question_twice": ("{found} 与 {first} 是同一个问题", "{found} and {first} are the same question"),
    "problem.not_text": ("这里应是文字，实际是 {found}", "text is needed here, found {found}"),
    "problem.not_a_value": (
        "答案应是一个值、一个列表，或 value/evidence/note，实际是 {found}",
        "an answer is a value, a list, or value/evidence/note; found {found}",
    ),
    "problem.not_a_date": ("日期应写成 2026-01-31，收到 {found}", "a date looks like 2026-01-31, found {found}"),
    "problem.not_a_count": ("人数应为整数，收到 {found}", "a number of people is needed, found {found}"),
    "problem.one_value": ("这题只能有一个答案（{kind}）", "this question takes one answer ({kind})"),
    "problem.empty_list": (
        "{question} 的列表是空的；什么都没有请答 A（无），未答请留空",
        "the list of {question} is empty; answer A (none) if there is nothing, or leave it blank",
    ),
    "problem.none_and_more": ("{question} 选了“无”又选了别的", "{question} has none together with another option"),
    "problem.no_such_option": (
        "{question} 没有选项 {found}；可用：{allowed}{hint}",
        "{question} has no option {found}; allowed: {allowed}{hint}",
    ),
    "problem.na_not_allowed": (
        "{question} 不能答“不适用”（{found}）；没有开展请按最低项作答",
        "{question} cannot be n/a ({found}); if it is not done, give its lowest answer",
    ),
    "problem.not_a_number": (
        "{question} 需要数字，收到 {found}；范围 {allowed}",
        "{question} needs a number, found {found}; allowed: {allowed}",
    ),
    "problem.decimal_comma": (
        "{question} 收到 {found}：小数请用点，写成 {meant}",
        "{question} got {found}: write decimals with a point, {meant}",
    ),
    "problem.out_of_range": (
        "{question} 应在 {allowed}，收到 {found}",
        "{question} must be within {allowed}, found {found}",
    ),
    "problem.not_whole": ("{question} 应为整数，收到 {found}", "{question} must be a whole number, found {found}"),
    "problem.part_above_whole": ("部分大于整体：{found}", "the part is above the whole: {found}"),
    "problem.whole_zero": ("总数为 0，无法算比率：{found}", "a total of 0 makes no rate: {found}"),
    "problem.quotient_out_of_range": (
        "由 {found} 算得 {metric} = {value}，应在 {allowed}",
        "{found} make {metric} = {value}, which must be within {allowed}",
    ),
    "problem.value_against_counts": (
        "直接填写的值与数量不符：{found}；按数量算得 {value}",
        "the value given and the counts disagree: {found}; the counts make {value}",
    ),
    "problem.too_many_na": (
        "“不适用”有 {count} 项（{found}），至多 {limit} 项",
        "answers that are n/a: {count} ({found}), at most {limit} may be",
    ),
    "problem.suspicious_share": (
        "{question} 填的是 {found} %，是否本意为它的 100 倍？（按 {found} % 计）",
        "{question} says {found} %; was 100 times that meant? (counted as {found} %)",
    ),
    # ── problems: command line, output ───────────────────────────────────────────────────────────────
    "problem.missing_argument": ("缺少参数 {name}", "the argument {name} is missing"),
    "problem.missing_option": ("缺少选项 {name}", "the option {name} is missing"),
    "problem.unknown_option": ("没有选项 {found}{hint}", "there is no option {found}{hint}"),
    "problem.option_without_value": ("选项 {name} 后面要有值", "the option {name} needs a value"),
    "problem.option_takes_no_value": ("选项 {name} 不带值", "the option {name} takes no value"),
    "problem.unknown_command": (
        "没有命令 {found}；现有：{allowed}{hint}",
        "there is no command {found}; there is: {allowed}{hint}",
    ),
    "problem.missing_command": ("缺少命令；现有：{allowed}", "the command is missing; there is: {allowed}"),
    "problem.wrong_option": ("{name} 收到 {found}；可用：{allowed}", "{name}: found {found}; allowed: {allowed}"),
    "problem.extra_arguments": ("多出的参数：{found}", "too many arguments: {found}"),
    "problem.wrong_usage": ("命令行有误：{why}", "the command line is wrong: {why}"),
    "problem.wrong_lang": ("--lang 应为 zh 或 en，收到 {found}", "--lang is zh or en, found {found}"),
    "problem.no_such_level": ("没有等级 {found}；可用：{allowed}", "there is no level {found}; allowed: {allowed}"),
    "problem.output_suffix": ("不支持的输出格式 {found}；可用：{allowed}", "cannot write {found}; allowed: {allowed}"),
    "problem.format_against_suffix": (
        "后缀 {found} 与 --format {format} 矛盾；请去掉 --format，或把后缀改为 {allowed}",
        "the suffix {found} contradicts --format {format}; leave --format out, or change the suffix to {allowed}",
    ),
    "problem.output_exists": ("文件已存在；要覆盖请加 --force", "exists already; add --force to overwrite"),
    "problem.output_failed": ("写入失败：{why}", "could not be written: {why}"),
    "problem.resume_model": ("该答卷属于 {found}，不是 {asked}", "these answers belong to {found}, not {asked}"),
    "problem.io": ("读写失败：{why}", "input or output failed: {why}"),
    "problem.defect": (
        "程序缺陷：{why}。设 BAMAI_DEBUG=1 可看细节；请连同输入文件报告",
        "a defect of the program: {why}. Set BAMAI_DEBUG=1 for details; please report it with the input",
    ),
    # ── words ────────────────────────────────────────────────────────────────────────────────────────
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "and": ("和 ", " and "),
    "colon": ("：", ": "),
    "list_semicolon": ("；", "; "),
    "paren": ("（{text}）", " ({text})"),
    "points": ("{points} 分", "{points} points"),
    "percentage_points": ("个百分点", "pp"),
    "written": ("已写入 {path}", "written: {path}"),
    "status.official": ("官方", "official"),
    "status.adapted": ("改编", "adapted"),
    "status.illustrative": ("示例", "illustrative"),
    "seen.original": ("见原文", "original read"),
    "seen.capture": ("见原文抓取件", "read in a capture"),
    "seen.secondary": ("二手转述", "second-hand"),
    "seen.address_only": ("只知出处", "only the address is known"),
    "statistic.mean_of_rates": ("企业比率的平均", "mean of firms' rates"),
    "statistic.share_of_enterprises": ("企业占比", "share of enterprises"),
    "statistic.aggregate": ("总量之比，不是企业平均", "aggregate, not an average of firms"),
    "statistic.target": ("目标值", "target"),
    "statistic.count": ("数量", "count"),
    "statistic.inferred": ("统计口径为推断", "statistic inferred"),
    "statistic.stated": ("统计口径见来源", "statistic stated"),
    "state.na": ("不适用", "n/a"),
    "mark.open": ("未答", "open"),
    "mark.unknown": ("不清楚", "unknown"),
    "mark.na": ("不适用", "n/a"),
    "mark.answered": ("已答", "answered"),
    "grade.zero": ("未达到 1 级", "grade 1 is not reached"),
    "level.none": ("未达等级", "No level"),
    "level.none_short": ("无", "none"),
    "level.words": ("{id} {title}", "{id} {title}"),
    "scoring.choice": ("单项", "choice"),
    "scoring.checklist": ("多项累加", "checklist"),
    "scoring.bands": ("分段", "bands"),
    "scoring.linear": ("线性", "linear"),
    "scoring.staged": ("分级", "grades"),
    # ── report ───────────────────────────────────────────────────────────────────────────────────────
    "report.title": ("数字化转型诊断报告", "Digital transformation assessment"),
    "report.no_name": ("（未写企业名称）", "(no name given)"),
    "report.incomplete": ("未完成，等级未定", "incomplete, level open"),
    "report.score_range": ("{low}–{high} / 100", "{low}–{high} / 100"),
    "report.completeness": ("完整度 {percent} %", "{percent} % complete"),
    "report.evidence": ("证据 {given}/{due} 题", "evidence for {given} of {due} questions"),
    "report.top": ("已是最高等级", "the highest level"),
    "report.distance": ("距 {level} 还差 {parts}", "short of {level}: {parts}"),
    "report.points_short": ("{points} 分", "{points} points"),
    "report.gates_short": ("{count} 项门槛", "{count} gates"),
    "report.gate_short": ("1 项门槛", "1 gate"),
    "report.why": ("为什么还不是 {level}", "Why not {level}"),
    "report.why_open": ("{level}的条件", "What {level} asks"),
    "report.total_score": ("总分", "Total score"),
    "report.needs_has": ("需 {needs}，现为 {has}", "needs {needs}, has {has}"),
    "report.missing": ("，差 {missing}", ", {missing} short"),
    "report.over": ("，超出 {missing}", ", {missing} too much"),
    "report.short_of": ("最接近的：{names}{more}", "nearest: {names}{more}"),
    "report.more": ("……另 {count} 项", " … and {count} more"),
    "report.dimensions": ("维度得分", "Scores by dimension"),
    "report.of_points": ("{points} / {max} 分", "{points} of {max} points"),
    "report.graded": ("各项等级", "grades"),
    "report.unscored": ("不计分，逐项定级", "graded, not scored"),
    "report.graded_note": ("各项等级；★ {tags}", "grades; ★ {tags}"),
    "report.unscored_note": ("不计分，逐项定级；★ {tags}", "graded, not scored; ★ {tags}"),
    "report.benchmarks": ("对标", "Benchmarks"),
    "report.as_they_do": ("与 {share} 的企业相同", "you do, as {share} do"),
    "report.unlike": ("{share} 的企业已做到", "you don't; {share} do"),
    "report.caution": ("注意：{text}", "caution: {text}"),
    "report.benchmark_source": ("来源 {numbers}：{source}", "Source of {numbers}: {source}"),
    "report.as_of": ("截至 {date}", "as of {date}"),
    "report.wanted": ("，下一等级的门槛要 {grade} 级", "; the next level's gate counts grade {grade}"),
    "report.not_compared": ("未对标（没有可比的答案）：{names}", "Not compared (no answer to compare): {names}"),
    "report.strengths": ("优势", "Strengths"),
    "report.gaps": ("短板", "Gaps"),
    "report.left": ("，还可得 {points} 分", "; {points} more points to be had"),
    "report.lists": ("未答、不清楚与不适用", "Open, unknown and not applicable"),
    "report.method": ("方法与来源", "Method and sources"),
    "lists.open": ("未答", "Open"),
    "lists.unknown": ("不清楚（按最低计）", "Unknown (counted as lowest)"),
    "lists.na": ("不适用（不计入）", "Not applicable (left out)"),
    "lists.hidden": ("已隐藏的答案（不计分）", "Hidden answers (not scored)"),
    "lists.assumed": ("未答而按最低计", "Open, counted as lowest"),
    "lists.compared_only": ("{name}（只对标）", "{name} (compared only)"),
    "method.model": ("评测依据", "Model"),
    "method.rules": ("规则", "Rules"),
    "method.counts": (
        "官方 {official} 条，改编 {adapted} 条，示例 {illustrative} 条；其中二手转述 {secondary} 条",
        "{official} official, {adapted} adapted, {illustrative} illustrative; {secondary} of them second-hand",
    ),
    "method.source": ("来源", "Source"),
    "method.digest": ("规则摘要", "Rules digest"),
    "verdict.level": ("{name}达到 {level}，总分 {score}。", "{name} reaches {level} with a score of {score}."),
    "verdict.none": ("{name}{level}，总分 {score}。", "{name}: {level}, with a score of {score}."),
    "verdict.level_unscored": ("{name}达到 {level} 的条件。", "{name} meets the conditions of {level}."),
    "verdict.none_unscored": ("{name}{level}。", "{name}: {level}."),
    "verdict.incomplete_unscored": (
        "{name}的评测完成了 {percent} %：按现有答案，等级在 {level_low}到 {level_high}之间。",
        "{name} is {percent} % assessed: given the answers so far, the level lies between {level_low} and {level_high}.",
    ),
    "verdict.held_back": (
        "总分已够 {level}，但门槛未全部满足。",
        " The score would do for {level}, but not every gate is met.",
    ),
    "verdict.assumed": ("有 {count} 题未答，按最低计。", " Open questions counted as lowest: {count}."),
    "verdict.incomplete": (
        "{name}的评测完成了 {percent} %：按现有答案，总分在 {low}–{high} 之间，等级在 {level_low}到 {level_high}之间。",
        "{name} is {percent} % assessed: given the answers so far, the score lies within {low}–{high} and the level between {level_low} and {level_high}.",
    ),
    "reason.open": ("未答", "open"),
    "reason.open_lowest": ("未答，按最低计", "open, counted as lowest"),
    "reason.unknown": ("不清楚，按最低计", "unknown, counted as lowest"),
    "reason.na": ("不适用，不计入", "not applicable, left out"),
    "reason.hidden": ("不适用（由前面的答案决定），不计入", "not applicable by an earlier answer, left out"),
    "reason.grade": ("{grade} 级（最高 {top} 级）", "grade {grade} of {top}"),
    "reason.grade_points": ("{grade} 级：{points} / {out_of} 分", "grade {grade}: {points} of {out_of}"),
    "reason.ticked": ("选 {letters}：{points} / {out_of} 分", "{letters} ticked: {points} of {out_of}"),
    "reason.chosen": ("{letter} {label}：{points} / {out_of} 分", "{letter} {label}: {points} of {out_of}"),
    "reason.band": ("{found}，属 {span}：{points} / {out_of} 分", "{found} lies in {span}: {points} of {out_of}"),
    "reason.line": ("{found}：{score} / 100", "{found}: {score} of 100"),
    "gate.count": ("{within}中达到 {grade} 级的数目", "{within} at grade {grade} or above"),
    "gate.count_tag": (
        "{within}中达到 {grade} 级的数目（只计{tag}）",
        "{within} at grade {grade} or above (only: {tag})",
    ),
    "gate.score": ("{nodes}得分", "Score of {nodes}"),
    "gate.each_score": ("{nodes}各自得分", "Each score of {nodes}"),
    "gate.metric": ("{metric}", "{metric}"),
    # ── tables ───────────────────────────────────────────────────────────────────────────────────────
    "table.number": ("序", "No."),
    "table.metric": ("指标", "Metric"),
    "table.ours": ("企业", "Ours"),
    "table.theirs": ("公布值", "Published"),
    "table.gap": ("对比", "Compared"),
    "table.scope": ("口径", "Scope"),
    "table.as_of": ("截至", "As of"),
    "table.condition": ("条件", "Condition"),
    "table.needs": ("需要", "Needs"),
    "table.has": ("现有", "Has"),
    "table.missing": ("差", "Short"),
    "table.dimension": ("维度", "Dimension"),
    "table.score": ("得分", "Score"),
    "table.points": ("分值", "Points"),
    "table.group": ("类别", "Group"),
    "table.grades": ("场景等级", "Grades"),
    "table.model": ("模型", "Model"),
    "table.title": ("名称", "Title"),
    "table.status": ("性质", "Status"),
    "table.seen": ("所见来源", "Seen"),
    "table.in_force": ("现行", "In force"),
    "table.indicator": ("指标", "Indicator"),
    "table.weight": ("权重", "Weight"),
    "table.question": ("问题", "Question"),
    "table.scoring": ("计分", "Scoring"),
    "table.id": ("标识", "Id"),
    "table.value": ("数值", "Value"),
    "table.statistic": ("统计", "Statistic"),
    "table.source": ("来源", "Source"),
    "table.caution": ("注意", "Caution"),
    "table.note": ("说明", "Note"),
    # ── summary of a batch ───────────────────────────────────────────────────────────────────────────
    "summary.title": ("汇总", "Summary"),
    "summary.complete": (
        "{results} 个结果中 {complete} 个完整；{incomplete} 个不完整的没有等级和总分，不计入任何分布。",
        "{complete} of {results} results are complete; incomplete, without a level or score and in no distribution: {incomplete}.",
    ),
    "summary.refused": ("另有 {refused} 条被拒绝。", " {refused} more records were refused."),
    "summary.duplicates": ("其中 {count} 行企业编号重复。", " Results that repeat an enterprise id: {count}."),
    "summary.lowest": ("未答按最低计。", " Open answers count as lowest."),
    "summary.lenient": ("有错的单元格按未答计。", " Refused cells count as open."),
    "summary.unfinished": (
        "有 {count} 个输入提前中断，此后的行不在汇总中。",
        "inputs that ended early: {count}; what came after is not in this summary.",
    ),
    "summary.levels": ("等级分布", "Levels"),
    "summary.scores": ("得分", "Scores"),
    "summary.scores_note": (
        "中位数与四分位数（实条至下四分位，浅条至上四分位）",
        "median, quartiles (bar: full to the lower, lighter to the upper)",
    ),
    "summary.groups": ("分组", "Groups"),
    "summary.groups_unscored": ("结果数，由多到少", "results, largest first"),
    "summary.groups_note": ("结果数 / 得分中位数，由多到少", "results / median score, largest first"),
    "summary.industry": ("行业", "Industry"),
    "summary.province": ("省份", "Province"),
    "summary.size": ("规模", "Size"),
    "summary.unrecognised": ("未识别", "Not recognised"),
    "summary.not_stated": ("未填写", "Not stated"),
    "summary.more": ("另 {count} 组", "{count} more"),
    "summary.beside": ("与公布数据并列", "Beside published figures"),
    "summary.populations": (
        "{told}。可比结果 {compared} 个；企业范围与注意事项各不相同，见 --summary 文件{more}。",
        "{told}. Results compared: {compared}. Populations and cautions differ: see a --summary file{more}.",
    ),
    "summary.other_figures": ("，其中另有 {count} 个公布值", ", further figures there: {count}"),
    "summary.ahead": ("{count} / {compared}（{share}）", "{count} of {compared} ({share})"),
    "summary.blockers": ("阻碍升级最多的条件", "What keeps most from the next level"),
    "summary.condition": ("{level} {title} {sign} {needs}", "{level} {title} {sign} {needs}"),
    "summary.short": ("未达门槛所计等级最多的指标", "Most often below the grade that a gate counts"),
    "summary.definitions": ("口径", "Definitions"),
    "summary.define.complete": (
        "等级、得分、分组分布与阻碍条件只计完整结果；不完整的结果不计入任何分布。",
        "Levels, scores, distributions of groups and what holds back count complete results only; an incomplete result is in no distribution.",
    ),
    "summary.define.mean": (
        "均值为未舍入得分的精确平均，四舍五入到百万分之一。",
        "A mean is that of the scores as they are, exact and rounded half up to a millionth.",
    ),
    "summary.define.quartiles": (
        "四分位数与中位数按最近秩：得分四舍五入到 0.01 后，不小于四分之一（一半、四分之三）结果的最小得分。",
        "Quartiles and median are nearest ranks: the smallest score, rounded half up to 0.01, that a quarter (half, three quarters) of the results do not exceed.",
    ),
    "summary.define.groups": (
        "各组按结果数由多到少；无法识别的与未填写的单独列出。规模只按职工人数划分。",
        "Groups stand by number of results; what is not recognised and what is not stated stand apart. Sizes go by the number of employees alone.",
    ),
    "summary.define.comparisons": (
        "与公布数据并列的是给出准确答案的全部结果，包括不完整的；以区间作答的不计。“优于”指严格优于公布值；企业占比只与答“是”的占比并列。",
        "Beside published figures stand all results with an exact answer, incomplete ones too; answers given as a band are left out. Better means strictly better than the published value; a share of enterprises stands beside the share that says yes.",
    ),
    "summary.define.blockers": (
        "每个结果按其上一等级中未满足的条件计；占比以未达最高等级的完整结果为分母。",
        "Each result counts under every unmet condition of the level directly above its own; shares are of the complete results below the top level.",
    ),
    "summary.define.short": (
        "上一等级未满足的门槛所计指标中，低于所要求等级的；每个结果对每个指标只计一次，不适用的不计。",
        "Indicators below a grade that an unmet gate of the level above counts; each result counts once per indicator, and what is not applicable is left out.",
    ),
    "table.level": ("等级", "Level"),
    "table.count": ("结果数", "Results"),
    "table.share": ("占比", "Share"),
    "table.complete": ("完整", "Complete"),
    "table.mean": ("均值", "Mean"),
    "table.q1": ("下四分位", "Lower quartile"),
    "table.median": ("中位数", "Median"),
    "table.q3": ("上四分位", "Upper quartile"),
    "table.batch": ("本批", "Batch"),
    "table.ahead": ("优于", "Better"),
    "table.ahead_or_yes": ("优于，或答“是”", "Better, or yes"),
    "model.levels": ("等级与门槛", "Levels and gates"),
    "model.score_from": ("总分 ≥ {score}", "score ≥ {score}"),
    "model.unscored": ("（不计分）", " (not scored)"),
    "model.open_points": ("尚未确认之处", "Open points"),
    # ── commands ─────────────────────────────────────────────────────────────────────────────────────
    "app.help": (
        "把脉：制造业数字化转型成熟度评测。用一份问卷给企业定级，并与公布的全国数据对标。",
        "bamai takes the pulse of a factory: digital transformation maturity of manufacturers, with published benchmarks.",
    ),
    "panel.assess": ("评测", "Assess"),
    "panel.rules": ("规则与数据", "Rules and figures"),
    "opt.version": ("显示版本", "Show the version"),
    "opt.lang": (
        "界面与报告语言，可写在任何位置；默认看 BAMAI_LANG，再看系统语言",
        "Language of interface and report, anywhere on the line; by default that of BAMAI_LANG, else of the system",
    ),
    "opt.rules": (
        "自己的模型所在文件夹（其中有 rules/ 与 questionnaires/）；默认只用自带的",
        "Folder of your own models (with rules/ and questionnaires/ in it); by default the shipped ones alone",
    ),
    "opt.force": ("覆盖已有文件", "Overwrite existing files"),
    "opt.font": (
        "PDF 和图表用的字体文件或文件夹；默认在系统字体中找",
        "Font file or folder for PDF and charts; by default the system's",
    ),
    "opt.width": (
        "报告宽度（列）；默认为终端宽度，不在终端上为 80",
        "Columns of what goes to the terminal; by default its width, 80 off a terminal",
    ),
    "opt.output": (
        "写入文件，按后缀定格式；默认到标准输出",
        "Write to a file, in the format of its suffix; by default to stdout",
    ),
    "opt.format": (
        "标准输出的格式；默认 text，有 -o 时默认不输出",
        "Format on stdout; by default text, with -o nothing",
    ),
    "arg.model": (
        "模型，如 sme 或 sme@2024",
        "Model, like sme or sme@2024",
    ),
    "score.help": ("给答卷打分并出报告", "Score answers files and report"),
    "score.files": (
        "答卷，可写多份；- 为标准输入",
        "Answers files, one or more; - is stdin",
    ),
    "score.at_least": (
        "未达到该等级时以 4 退出，如 L3；默认不要求",
        "Exit with 4 below this level, like L3; by default none is asked for",
    ),
    "score.missing": (
        "未答按什么计：open 给出区间，lowest 按最低",
        "What open answers count as: open gives a range, lowest the worst",
    ),
    "score.below": ("未达到 {level}", "below {level}"),
    # ── merge ────────────────────────────────────────────────────────────────────────────────────────
    "merge.help": (
        "合并同一企业几位答题人的答卷，冲突逐条决定",
        "Merge the answers of several respondents of one enterprise; conflicts are decided one by one",
    ),
    "merge.files": ("两份或更多答卷；- 为标准输入", "Two or more answers files; - is stdin"),
    "merge.output": (
        "合并后的答卷（.yaml）；默认到标准输出",
        "The merged answers (.yaml); by default to stdout",
    ),
    "merge.prefer": (
        "冲突时以谁为准：文件名或评测人，按先后；Q5=某人 只管一题；默认逐条询问或拒绝",
        "Whom to trust in conflicts, in order: a file or an assessor; Q5=WHO for one question; by default conflicts are asked about, or refused",
    ),
    "merge.ask": (
        "不在终端上也逐条询问",
        "Ask about conflicts even where stdin is no terminal",
    ),
    "merge.choices": ("输入序号选定；s = 留空待答", "type a number to choose; s = leave it open"),
    "merge.field": ("企业信息：{field}", "the enterprise's {field}"),
    "merge.gave": ("{name}（{file}）：答了 {count} 题", "{name} ({file}), answers: {count}"),
    "merge.decided": ("{about}：{said} → {stands}", "{about}: {said} → {stands}"),
    "merge.left_open": ("留空", "left open"),
    "merge.overruled": (
        "{label}：{name} 答“不清楚”，采用他人的答案",
        "{label}: {name} says unknown; the answer of others stands",
    ),
    "merge.summary": ("合并为 {count} 题，冲突 {conflicts} 处", "answers merged: {count}, conflicts: {conflicts}"),
    "merge.nothing": ("未决定完，没有写出任何文件", "not everything was decided; nothing was written"),
    "problem.merge_one": ("至少要两份答卷", "at least two answers files are needed"),
    "problem.merge_edition": (
        "按 {found} 作答，而 {file} 按 {first}；不同版本不能合并",
        "answered by {found}, but {file} by {first}; editions cannot be merged",
    ),
    "problem.merge_enterprise": (
        "企业{field}是 {found}，而 {file} 是 {first}；不是同一家企业的答卷",
        "the enterprise's {field} is {found}, but {first} in {file}; these are not answers of one enterprise",
    ),
    "problem.merge_nobody": (
        "没有 {found} 这位答题人；有 {allowed}",
        "there is no respondent {found}; there are {allowed}",
    ),
    "problem.merge_several": (
        "{found} 可指几位答题人：{allowed}；请写文件路径",
        "{found} may be any of several respondents: {allowed}; name the file by its path",
    ),
    "problem.merge_conflict": (
        "{about} 说法不一：{said}；用 --prefer 指定以谁为准，或在终端上逐条决定",
        "{about}: respondents disagree: {said}; say with --prefer whom to trust, or decide on a terminal",
    ),
    # ── compare ──────────────────────────────────────────────────────────────────────────────────────
    "compare.help": (
        "并列比较：同一企业的前后，或几家企业",
        "Hold results together: one plant before and after, or several plants",
    ),
    "compare.files": ("两份或更多答卷，按先后写", "Two or more answers files, the earliest first"),
    "compare.force": (
        "覆盖已有文件；版本不同也比较（结果会标明）",
        "Overwrite existing files; compare different editions too (and say so)",
    ),
    "compare.title": ("对比报告", "Comparison"),
    "compare.mixed": (
        "各方按不同版本的规则评测，分数和等级不可直接相比；以下只列共有的维度和指标。",
        "The sides were judged by different editions: scores and levels are not comparable; only what they share is listed.",
    ),
    "compare.incomplete": (
        "有未完成的结果：其得分是区间，不计算变化。",
        "Some results are incomplete: their scores are ranges, and no change is computed.",
    ),
    "compare.standing": ("{level}（{score} 分）", "{level} ({score} points)"),
    "compare.verdict_same_unscored": ("{name}：由 {before} 到 {after}。", "{name}: from {before} to {after}."),
    "compare.verdict_same": (
        "{name}：由 {before} 到 {after}，总分变化 {change}。",
        "{name}: from {before} to {after}, total score {change}.",
    ),
    "compare.verdict_several": (
        "{count} 家企业：最高 {best}，{highest}；最低 {worst}，{lowest}；相差 {spread} 分。",
        "{count} plants: highest {best}, {highest}; lowest {worst}, {lowest}; {spread} points apart.",
    ),
    "compare.verdict_open": ("{count} 份结果并列如下。", "{count} results beside each other."),
    "compare.overview": ("总览", "Overview"),
    "compare.completeness": ("完整度", "Completeness"),
    "compare.change": ("变化", "Change"),
    "compare.spread": ("极差", "Spread"),
    "compare.condition": ("{level} {title}", "{level} {title}"),
    "compare.gates": ("等级条件（现有/需要）", "Conditions of levels (has/needs)"),
    "compare.points": ("有差别的计分指标（对总分的贡献）", "Scored indicators that differ (points of the total)"),
    "compare.grades": ("有差别的分级指标（等级）", "Graded indicators that differ (grade)"),
    "compare.equal": ("另有 {count} 项指标相同。", "Further indicators that are the same: {count}."),
    "problem.compare_one": ("至少要两份答卷", "at least two answers files are needed"),
    "problem.other_edition": (
        "按 {found}（规则摘要 {digest}）评测，而 {file} 按 {first}（{other}）；确要比较请加 --force",
        "judged by {found} (rules {digest}), but {file} by {first} ({other}); compare nevertheless with --force",
    ),
    # ── what if ──────────────────────────────────────────────────────────────────────────────────────
    "whatif.help": (
        "如果这些答案改变，得分和等级会怎样（不改动答卷）",
        "What other answers would change in score and level; the file stays as it is",
    ),
    "whatif.file_help": (
        "一份答卷；- 为标准输入",
        "One answers file; - is stdin",
    ),
    "whatif.changes": (
        '改变的答案：题号或 id = 值，多选用 | 连接，如 "Q4=B|C"',
        'Answers to replace: code or id = value, several joined by |, like "Q4=B|C"',
    ),
    "whatif.title": ("假如", "What if"),
    "whatif.file": ("答卷", "Answers"),
    "whatif.answers": ("改变的答案", "Answers replaced"),
    "whatif.before": ("现在", "Now"),
    "whatif.after": ("改变后", "Then"),
    "whatif.same": ("没有变化", "no change"),
    "whatif.hidden": ("由其他答案决定不提问，不起作用", "not asked, given the other answers: it counts for nothing"),
    "whatif.aside": (
        "{names}：原来的数目与直接给出的比率不再一致，不再采用。",
        "{names}: the count no longer fits the rate given directly and is put aside.",
    ),
    "whatif.nothing": ("得分和等级都不变：{before}。", "Nothing changes in score or level: {before}."),
    "whatif.verdict": ("由 {before}到 {after}，总分变化 {change}。", "From {before} to {after}, total score {change}."),
    "whatif.verdict_open": ("由 {before}到 {after}。", "From {before} to {after}."),
    "whatif.gates": ("翻转的条件（现有/需要）", "Conditions that flip (has/needs)"),
    "whatif.indicators": (
        "有变化的指标（对总分的贡献，等级）",
        "Indicators that change (points of the total, grade)",
    ),
    "whatif.indicators_unscored": ("有变化的指标（等级）", "Indicators that change (grade)"),
    "change.grade": ("{grade} 级", "grade {grade}"),
    "problem.change_without_value": (
        "缺少值；写法：问题=值，如 Q5=C；要清空就写 Q5=",
        "has no value; write QUESTION=VALUE, like Q5=C; Q5= leaves it open",
    ),
    # ── road map ─────────────────────────────────────────────────────────────────────────────────────
    "roadmap.unit": ("份", "units"),
    "roadmap.help": (
        "达到某个等级最少要改进什么；或给定投入能走多远",
        "The least effort that reaches a level, or how far an effort goes",
    ),
    "roadmap.to": (
        "目标等级，如 L4；默认为下一级",
        "Level to reach, like L4; by default the next one",
    ),
    "roadmap.budget": (
        "总投入至多为 N 时能达到的最高等级，其次最高得分；默认不限",
        "The highest level, then the highest score, within effort N; by default there is no limit",
    ),
    "roadmap.fix": (
        "这个答案不动；写 Q=值 则定为该值；默认都可以改进",
        "Leave this answer as it is; Q=VALUE sets it; by default every answer may move",
    ),
    "roadmap.effort_file": (
        "改进的投入文件（.yaml）；默认每步一份",
        "What improvements cost (.yaml); by default one unit a step",
    ),
    "roadmap.title": ("路线图", "Road map"),
    "roadmap.open": ("有 {count} 题未答，按最低计。", "Open questions, counted as lowest: {count}."),
    "roadmap.verdict": (
        "到 {level}最少投入 {effort}，{count} 步：由 {before}到 {after}。",
        "Least effort to {level}: {effort}, steps: {count}. From {before} to {after}.",
    ),
    "roadmap.verdict_there": ("已经达到 {level}：{before}。", "{level} is reached already: {before}."),
    "roadmap.verdict_never": (
        "到不了 {level}，即使不限投入；现在是 {before}。",
        "{level} cannot be reached, at any effort; now {before}.",
    ),
    "roadmap.verdict_not_together": (
        "到不了 {level}：各项条件单独都能满足，但不能同时满足；现在是 {before}。",
        "{level} cannot be reached: its conditions can be met one by one but not together; now {before}.",
    ),
    "roadmap.verdict_budget": (
        "投入不超过 {budget}，最远由 {before}到 {after}：投入 {effort}，{count} 步。",
        "Within {budget} the farthest is from {before} to {after}. Effort: {effort}, steps: {count}.",
    ),
    "roadmap.verdict_budget_none": (
        "投入不超过 {budget}，得分和等级都不能再提高：{before}。",
        "Within {budget} neither score nor level can rise: {before}.",
    ),
    "roadmap.verdict_budget_none_unscored": (
        "投入不超过 {budget}，等级不能再提高：{before}。",
        "Within {budget} the level cannot rise: {before}.",
    ),
    "roadmap.effort": ("投入", "Effort"),
    "roadmap.steps": ("步骤", "Steps"),
    "roadmap.points": ("单独 {points} 分", "{points} points by itself"),
    "roadmap.serves": ("为条件 {numbers}", "for {numbers}"),
    "roadmap.conditions": ("现在不满足的条件（现有/需要）", "Conditions not met now (has/needs)"),
    "change.above": ("超过 {line}", "more than {line}"),
    "change.below": ("低于 {line}", "less than {line}"),
    "roadmap.fixed": ("由 --fix 给定", "set by --fix"),
    "roadmap.counts": (
        "{before} → {after} {unit}，即 {whole} 中 {change}",
        "{before} → {after} {unit}, {change} of {whole}",
    ),
    "problem.roadmap_gave_up": (
        "有 {count} 个方案恰在门槛的舍入误差之内而未通过，已放弃；用 --fix 固定几个问题再试",
        "{count} plans fell short of a threshold by no more than rounding, and the search was given up; hold some questions with --fix",
    ),
    "roadmap.order_budget": (
        "在这一投入内没有更好的一组步骤；次序只是建议：每次取单位投入提分最多的一步；得分和等级为到该步为止。",
        "No set of steps within this effort does better; their order is a suggestion: next comes what lifts the score most for its effort. Score and level are those after the step.",
    ),
    "roadmap.order": (
        "这组步骤的总投入最少，次序只是建议：每次取单位投入提分最多的一步；得分和等级为到该步为止。",
        "The set of steps is the least there is; their order is a suggestion: next comes what lifts the score most for its effort. Score and level are those after the step.",
    ),
    "roadmap.order_budget_unscored": (
        "在这一投入内没有更好的一组步骤；次序只是建议；等级为到该步为止。",
        "No set of steps within this effort does better; their order is a suggestion. The level is that after the step.",
    ),
    "roadmap.order_unscored": (
        "这组步骤的总投入最少，次序只是建议；等级为到该步为止。",
        "The set of steps is the least there is; their order is a suggestion. The level is that after the step.",
    ),
    "roadmap.illustrative": (
        "投入仅作示例：每升一级、多选一项或一档、指标每 5 个百分点各算一份。用 --effort 给出自己的数。",
        "Efforts are illustrative: one unit for each grade, option or band, and for every 5 percentage points of a rate. Give your own with --effort.",
    ),
    "roadmap.blocked": ("达不到的条件", "What cannot be met"),
    "roadmap.highest": ("能达到的最高等级：{level}。", "The highest level that can be reached: {level}."),
    "roadmap.at_most": ("最好能到 {best}", "at best {best}"),
    "roadmap.held": ("不在路线图里的问题", "Questions that stay"),
    "roadmap.why_fixed": ("由 --fix 固定", "held by --fix"),
    "roadmap.why_na": ("不适用", "not applicable"),
    "roadmap.why_hidden": ("由其他答案决定不提问", "hidden by other answers"),
    "roadmap.why_shared": ("几个指标共用一个数目", "one count makes several metrics"),
    "roadmap.why_many": ("选项组合过多", "too many combinations of options"),
    "roadmap.why_shows": ("牵动太多问题的显示", "shows or hides too many questions"),
    "problem.to_and_budget": (
        "--to 与 --budget 只能用一个：前者求最少投入，后者求给定投入下的最好结果",
        "either --to or --budget: the one asks for the least effort, the other for the best within an effort",
    ),
    "problem.budget_number": (
        "--budget 应为 0 到 {most} 的数，至多两位小数；收到 {found}",
        "--budget is a number from 0 to {most} with at most two decimals, found {found}",
    ),
    "problem.fixes_over_budget": (
        "--fix 给定的答案已需投入 {found}，超过预算 {budget}",
        "what --fix sets costs {found} already, more than the budget of {budget}",
    ),
    "problem.effort_model": (
        "这份投入文件属于 {found}，答卷属于 {allowed}",
        "these efforts are for {found}, the answers for {allowed}",
    ),
    "problem.effort_of_count": (
        "{found} 是数目；投入写在由它算出的指标上：{metrics}",
        "{found} is a count; the effort belongs to the metric made from it: {metrics}",
    ),
    "problem.effort_unscored": (
        "没有规则用到 {found}，它不会出现在路线图里；请删去这一项",
        "no rule uses {found}, so no road map has it; take the entry out",
    ),
    "problem.effort_key": (
        "{kind} 类问题没有 {found}；分级题写 grades，有选项或分段的写 options，其他只写 fixed 与 per_step",
        "a {kind} question has no {found}; grades are for graded questions, options for options and bands, others have fixed and per_step only",
    ),
    "problem.effort_option": ("不能升到 {found}；可用：{allowed}", "nothing arrives at {found}; allowed: {allowed}"),
    "problem.effort_number": (
        "投入为 0 到 {most}，至多两位小数；收到 {found}",
        "an effort is 0 to {most} with at most two decimals, found {found}",
    ),
    "template.help": (
        "填写模板：批量 CSV（含一行示例），或单份空白答卷 YAML",
        "A template to fill in: CSV for a batch, with an example row, or a blank answers file in YAML",
    ),
    "template.format": (
        "格式；默认 csv，或由 -o 的后缀决定",
        "Format; by default csv, or what the suffix of -o says",
    ),
    "template.output": (
        "写入文件（.csv .yaml .yml），按后缀定格式；默认到标准输出",
        "Write to a file (.csv .yaml .yml), in the format of its suffix; by default to stdout",
    ),
    "template.example_name": ("某某机械有限公司（虚构示例）", "Example Machinery Ltd (fictional)"),
    "template.example_industry": ("机械", "Machinery"),
    "template.example_province": ("江苏", "Jiangsu"),
    "template.example_city": ("无锡", "Wuxi"),
    "template.how": (
        "在冒号后填写；选项写字母或标识，多选写成 [B, C]",
        "Fill in after the colon; choices by letter or id, several as [B, C]",
    ),
    "template.states": (
        "留空 = 未答；unknown = 不清楚；n/a = 不适用（仅部分题允许）",
        "blank = open; unknown; n/a = not applicable (only where allowed)",
    ),
    "template.yes_no": ("是 / 否（yes / no）", "yes / no"),
    "template.number": ("{low}–{high} {unit}", "{low}–{high} {unit}"),
    "template.multiple": ("可多选，用 | 分隔", "several, separated by |"),
    "model.help": ("模型：列出、查看、解释、检查、新建", "Models: list, show, explain, check, make your own"),
    "model.list.help": ("列出模型与版本", "List models and editions"),
    "model.show.format": ("表格或数据", "A table or data"),
    "model.show.help": ("查看一个模型的全部指标、等级与来源", "Show a model's indicators, levels and sources"),
    "model.check.help": (
        "检查文件夹中的全部规则文件并运行规则测试",
        "Check every rule file of a folder and run its rule tests",
    ),
    "model.check.folder": (
        "规则文件夹；默认为自带规则",
        "Folder of rules; by default those shipped",
    ),
    "check.file_good": ("{path}：正确", "{path}: correct"),
    "check.edition_good": (
        "{model}：正确；{indicators} 项指标，{tests} 个规则测试共 {checks} 处核对全部通过；{digest}",
        "{model}: correct; indicators: {indicators}, rule tests passed: {tests}, expectations in them: {checks}; {digest}",
    ),
    "check.edition_bad": (
        "{model}：{tests} 个规则测试中 {failed} 个未通过",
        "{model}: {failed} of {tests} rule tests failed",
    ),
    "check.untested": (
        "{model}：{count} 处没有规则测试触及：{names}",
        "{model}: places that no rule test reaches ({count}): {names}",
    ),
    "check.good": ("全部正确", "all correct"),
    "check.bad": ("有错误，见上", "there are mistakes, see above"),
    "benchmark.help": ("公布的对标数据", "Published figures to compare with"),
    "benchmark.list.help": ("列出全部数据", "List every figure"),
    "benchmark.show.help": (
        "查看一个数据（或一个指标的全部数据）的口径与来源",
        "Show scope and source of a figure, or of every figure of a metric",
    ),
    "benchmark.show.id": (
        "数据或指标的标识，见 bamai benchmark list",
        "Id of a figure or a metric, as in bamai benchmark list",
    ),
    "benchmark.mixed": ("各数的口径与统计时点不同，逐项见下", "Populations and dates differ; each is told below"),
    "model.explain.help": (
        "解释一个指标、门槛、等级、问题、对标数据或问题代码",
        "Explain an indicator, gate, level, question, benchmark or problem code",
    ),
    "model.explain.id": (
        "如 general.foundation.cnc_rate、L3.count、Q2、too_many_na",
        "Like general.foundation.cnc_rate, L3.count, Q2, too_many_na",
    ),
    "model.schema.help": (
        "规则文件与投入文件的 JSON Schema，供编辑器补全和检查",
        "JSON Schemas of rule and effort files, so that editors complete and check them",
    ),
    "model.schema.kind": (
        "种类；有 -o 时默认为全部",
        "Kind of file; with -o by default all",
    ),
    "model.schema.dir": (
        "写入文件夹；默认到标准输出",
        "Write to a folder; by default to stdout",
    ),
    "model.new.help": ("新建一个带注释的小模型，作为起点", "Write a small commented model to start from"),
    "model.new.folder": ("放在哪个文件夹", "Folder to write to"),
    "model.new.id": ("模型标识", "Id of the model"),
    "model.new.next": (
        "检查：bamai model check {folder}；评分：bamai score {example} --rules {folder}",
        "Check it: bamai model check {folder}; score with it: bamai score {example} --rules {folder}",
    ),
    "explain.weights": ("位置与权重", "Place and weight"),
    "explain.equal": ("（等权）", "(equal)"),
    "explain.na_allowed": ("允许，不计入分母", "allowed; leaves the denominator"),
    "explain.used": ("用于门槛", "Used by gates"),
    "explain.tests": ("规则测试", "Rule tests"),
    "explain.no_tests": ("没有测试触及", "no test reaches it"),
    "explain.made_of": ("由数量得出", "Made of"),
    "explain.makes": ("构成", "Makes"),
    "explain.help": ("说明", "Help"),
    "explain.evidence": ("证据", "Evidence"),
    "explain.compared_only": ("不计分，只对标", "not scored, compared only"),
    "explain.meaning": ("含义", "Meaning"),
    "explain.counts": ("计入的指标", "Counts"),
    "explain.met_by": ("满足它的测试", "Tests that meet it"),
    "explain.missed_by": ("不满足它的测试", "Tests that miss it"),
    "explain.problem": ("问题代码", "Problem code"),
    "explain.wording": ("含义", "Wording"),
    "table.clause": ("条款", "Clause"),
    "problem.unknown_id": ("没有 {found}{hint}", "there is no {found}{hint}"),
    "problem.schema_kind": (
        "请指定一种：{allowed}，或用 -o 写入文件夹",
        "name one: {allowed}, or write all to a folder with -o",
    ),
    "problem.model_taken": ("自带模型中已有 {found}，请换一个标识", "{found} is a shipped model; choose another id"),
    "problem.new_exists": ("文件已存在，不会覆盖", "exists already and is not overwritten"),
    "assess.model": ("模型，如 sme 或 sme@2024；默认先问", "Model, like sme or sme@2024; by default asked first"),
    "assess.help": ("逐题访谈，答一题存一题，给出报告", "Ask question by question, keep every answer, report"),
    "assess.plain": (
        "每题一行，不用光标和功能键：管道、读屏软件、录音记录",
        "One line a question, no cursor, no function keys: for pipes, screen readers, recordings",
    ),
    "assess.name": (
        "企业名称；默认先问",
        "Name of the enterprise; by default asked first",
    ),
    "assess.industry": (
        "所属行业：名称、代码或俗称；默认与名称一起问",
        "Industry: its name, code or everyday name; by default asked with the name",
    ),
    "assess.assessor": (
        "评测人；默认与名称一起问",
        "Who assesses; by default asked with the name",
    ),
    "assess.save": (
        "访谈记录（.jsonl）存到哪里；默认 bamai-模型-时间.jsonl",
        "Where the journal (.jsonl) is kept; by default bamai-<model>-<time>.jsonl",
    ),
    "assess.resume": (
        "接着未完的访谈记录继续，或从一份答卷开始；默认问是否接着同一文件夹里未完的",
        "Go on with an unfinished journal, or begin from an answers file; by default an unfinished one in this folder is offered",
    ),
    "assess.saving": ("答案逐题存入 {path}", "every answer goes to {path}"),
    "assess.resumed": (
        "继续上次的评测：已处理 {count}/{total} 题",
        "going on: {count} of {total} questions are dealt with",
    ),
    "assess.nothing": ("未开始访谈，没有保存任何内容", "the interview was not begun; nothing was saved"),
    "assess.ended": (
        "访谈未完，已答的都在 {path}；继续：{command}",
        "the interview is not finished; what was answered is in {path}; go on with: {command}",
    ),
    "assess.interrupted": (
        "已中断，答案都在 {path}；继续：{command}",
        "interrupted; the answers are in {path}; go on with: {command}",
    ),
    "assess.done": ("访谈结束：答卷 {path}，访谈记录 {journal}", "done: answers in {path}, journal in {journal}"),
    # ── before the first question ────────────────────────────────────────────────────────────────────
    "first.language": ("语言 / Language", "Language"),
    "first.name": ("企业名称（可留空）", "Name of the enterprise (may be blank)"),
    "first.industry": (
        "所属行业（可留空）：名称、国标代码或俗称，如 通用设备制造业、C34、机械",
        "Industry (may be blank): name, code of the national standard or everyday name, e.g. C34, machinery",
    ),
    "first.industry_known": ("归入 {title}（{id}）", "counted as {title} ({id})"),
    "first.industry_unknown": (
        "词表里没有这个行业，照写保存",
        "the vocabulary has no such industry; it is kept as written",
    ),
    "first.model": ("按哪套指标评测", "By which model"),
    "first.assessor": ("评测人（可留空）", "Who assesses (may be blank)"),
    "first.takes": (
        "{title}：最多 {questions} 题，估计 {minutes} 分钟（选择题按半分钟、数字和多选按一分钟估计）",
        "{title}: at most {questions} questions, about {minutes} minutes (half a minute a choice, a minute a number or list)",
    ),
    "first.default": ("（回车 = {value}）", " (Enter = {value})"),
    "first.resume": ("本文件夹有未完的访谈，接着做哪一份", "This folder has unfinished interviews; go on with"),
    "first.journal": (
        "{name} · {model} · 已答 {count} 题 · 上次 {at} · {file}",
        "{name} · {model} · {count} answered · last at {at} · {file}",
    ),
    "first.new": ("开始新的访谈", "begin a new one"),
    "problem.first_choice": ("没有 {found} 这一项；可选 {allowed}", "there is no {found}; choose from {allowed}"),
    # ── journals ─────────────────────────────────────────────────────────────────────────────────────
    "problem.journal_headless": (
        "不是完整的访谈记录：第一行损坏或没有写完，里面没有可用的答案；请重新开始",
        "not a whole journal: its first line is damaged or unfinished, and no answer is in it; begin anew",
    ),
    "problem.journal_torn": (
        "最后一行没有写完（断电或强行关闭），已舍去：{found}；请重答那一题",
        "the last line was not finished (a loss of power, or the program was killed) and is cut off: {found}; answer that question again",
    ),
    "problem.journal_damaged": (
        "这一行不是访谈记录：{found}；请复原或删去这一行",
        "this line is no record of an interview: {found}; restore it or take it out",
    ),
    "problem.journal_locked": (
        "另一人正在使用这份访谈记录：{user}（{host}，进程 {pid}），自 {at}；请等其结束，或复制一份再用",
        "somebody else is using this journal: {user} (on {host}, process {pid}) since {at}; wait, or go on with a copy",
    ),
    "problem.journal_edition": (
        "访谈按 {found} 进行，不能接着按 {asked} 做。新增的题：{added}；取消的题：{removed}；改动的题：{changed}。请用原版本继续，或另开新访谈",
        "the interview was held by {found} and cannot go on by {asked}. Added: {added}; removed: {removed}; changed: {changed}. Go on with the edition it was begun with, or begin anew",
    ),
    "problem.journal_questions": (
        "{asked} 的问卷在访谈开始后改过。新增的题：{added}；取消的题：{removed}；改动的题：{changed}。请恢复原问卷，或另开新访谈",
        "the questionnaire of {asked} was changed after the interview began. Added: {added}; removed: {removed}; changed: {changed}. Restore it, or begin anew",
    ),
    "problem.journal_wording": (
        "访谈开始后，这些题的文字改过：{changed}；已有的答案照用，请核对",
        "these questions were reworded after the interview began: {changed}; their answers stand, check them",
    ),
    "problem.journal_rules": (
        "访谈开始后，{model} 的评分规则改过（题目没变）；按现在的规则计分",
        "the scoring rules of {model} were changed after the interview began (the questions were not); the present ones count",
    ),
    "problem.resume_begun": (
        "从这份答卷开始的访谈已存在 {found}；接着做请用 --resume {found}，另开一份用 --save，舍弃它才用 --force",
        "an interview that began from these answers is in {found}; go on with --resume {found}, begin another with --save, or throw it away with --force",
    ),
    "problem.resume_save": (
        "接着做的访谈仍存在 {allowed}，不能改存 {found}；需要副本请先复制文件",
        "an interview goes on in its own file {allowed}, not in {found}; copy the file first if you need a copy",
    ),
    # ── the interview, one line a question ───────────────────────────────────────────────────────────
    "plain.keys": (
        "每题答一行。空行 = 跳过；? 或 u = 不清楚；na = 不适用；b = 返回；h = 说明；n 文字 = 备注；e 文字 | 文字 = 证据；g 题号 = 转到；o = 总览；l = 目前等级；x = 清除答案；q = 退出。选项里有同一字母时，命令前加冒号，如 :b",
        "One line an answer. Empty = skip; ? or u = unknown; na = not applicable; b = back; h = help; n TEXT = note; e TEXT | TEXT = evidence; g QUESTION = go to; o = overview; l = level so far; x = clear the answer; q = quit. Where an option has the same letter, put a colon before the command: :b",
    ),
    "plain.first": ("已是第一题", "this is the first question"),
    "plain.skipped": ("→ 跳过", "→ skipped"),
    "plain.kept": ("→ 答案不变", "→ the answer stays"),
    "plain.noted": ("→ 已记备注", "→ noted"),
    "plain.note_gone": ("→ 没有备注了", "→ no note any more"),
    "plain.evidence_gone": ("→ 没有证据了", "→ no evidence any more"),
    "plain.evidenced": ("→ 已记证据 {count} 项", "→ evidence kept: {count}"),
    "plain.cleared": ("→ 已清除答案", "→ answer cleared"),
    "plain.nowhere": ("没有 {found} 这道题或这一节", "there is no question or section {found}"),
    "plain.not_asked": ("按现有答案，{found} 这道题不用答", "as things stand {found} is not asked"),
    "plain.before": ("（已答：{answer}；空行 = 不变）", "(answered: {answer}; empty = keep)"),
    "plain.its_note": ("备注：{text}", "Note: {text}"),
    "plain.its_evidence": ("证据：{text}", "Evidence kept: {text}"),
    "plain.no_help": ("没有更多说明", "There is no more help"),
    "plain.open": ("还有 {count} 题未答：", "Open questions: {count}"),
    "plain.scored": ("（计分）", "(scored)"),
    "plain.compared": ("（只用于对标）", "(only compared)"),
    "plain.recorded": ("（只作记录）", "(for the record)"),
    "plain.end": (
        "空行 = 出报告（未答的使得分成为区间）；题号 = 去答那一题；q = 退出，以后再答",
        "Empty = report (open questions make the score a range); a question's number = answer it; q = quit and answer later",
    ),
    "plain.end_complete": (
        "全部答完。空行 = 出报告；题号 = 改那一题；q = 退出",
        "Everything is answered. Empty = report; a question's number = change it; q = quit",
    ),
    "standing.skipped": ("跳过，待答", "skipped"),
    "standing.met": ("已达到", "met"),
    "standing.unmet": ("未达到", "not met"),
    "standing.undecided": ("待定", "undecided"),
    "standing.condition": ("{met}：{text} 要 {needs}，现 {has}", "{met}: {text} needs {needs}, has {has}"),
    # ── the interview on a terminal ──────────────────────────────────────────────────────────────────
    "screen.choose": ("选择", "choose"),
    "screen.space": ("空格", "Space"),
    "screen.tick": ("勾选", "tick"),
    "screen.ok": ("确认", "confirm"),
    "screen.back": ("上一题", "back"),
    "screen.close": ("关闭", "close"),
    "screen.keep": ("保存", "keep"),
    "screen.scroll": ("滚动", "scroll"),
    "screen.menu": ("菜单", "menu"),
    "screen.leave": ("退出", "leave"),
    "screen.save_leave": ("保存并退出", "save and leave"),
    "screen.f1": ("说明", "help"),
    "screen.f2": ("备注", "note"),
    "screen.f3": ("证据", "evidence"),
    "screen.f4": ("总览", "overview"),
    "screen.f5": ("跳过", "skip"),
    "screen.f6": ("不清楚", "unknown"),
    "screen.f7": ("不适用", "not applicable"),
    "screen.f8": ("目前等级", "level so far"),
    "screen.clear": ("清除答案", "Clear the answer"),
    "screen.to_end": ("结束访谈", "End the interview"),
    "screen.above": ("上面还有 {count} 行", "more above: {count}"),
    "screen.below": ("下面还有 {count} 行", "more below: {count}"),
    "screen.many": ("可多选", "Choose all that apply"),
    "ask.help": ("说明：{text}", "Help: {text}"),
    "ask.evidence": ("可作证据：{text}", "Evidence: {text}"),
    "screen.before": ("已答：{answer}", "Answered: {answer}"),
    "screen.note": ("{label} 的备注（清空即删除）", "Note on {label} (blank removes it)"),
    "screen.evidence_list": (
        "{label} 的证据，多项用 | 分开（清空即删除）",
        "Evidence for {label}, pieces separated by | (blank removes it)",
    ),
    "screen.overview": ("总览：选一题转到那里", "Overview: choose a question to go to"),
    "screen.finish": ("完成，出报告", "Done: show the report"),
    "screen.review": ("总览全部答案", "Review all answers"),
    "screen.open": ("未答的 {count} 题，选中即可去答", "Open questions: {count}; choose one to answer it"),
    "screen.end": ("全部答完", "Everything is answered"),
    "screen.end_open": (
        "题目到此为止；未答的使得分成为一个区间",
        "These were the questions; open ones make the score a range",
    ),
    "screen.choose_one": (
        "先用 ↑↓ 或数字选一项；不能答就按 F5 跳过、F6 不清楚",
        "choose with ↑↓ or a digit; F5 skips, F6 is unknown",
    ),
    "screen.tick_one": (
        "先用空格或数字勾选；都没有就勾“无”，不能答就按 F5 跳过、F6 不清楚",
        "tick with Space or a digit; if none applies tick that, F5 skips, F6 is unknown",
    ),
    "screen.type_one": ("先输入答案；不能答就按 F5 跳过、F6 不清楚", "type an answer; F5 skips, F6 is unknown"),
    "screen.suspicious": (
        "{found}：是否应为 {meant}？按回车保留 {found}，或改写",
        "{found}: did you mean {meant}? Enter keeps {found}, or change it",
    ),
    # ── manuals: what --help says of a command beside its arguments and options ───────────────────────
    # exit.<code> where it means more than man.exit.<code>; examples: what for, then the command line
    "man.reads_title": ("读取", "Reads"),
    "man.writes_title": ("写出", "Writes"),
    "man.exits_title": ("退出码", "Exit codes"),
    "man.examples_title": ("例", "Examples"),
    "man.command": ("命令", "COMMAND"),
    "man.optional": ("[可省]", "[optional]"),
    "man.repeatable": ("[可重复]", "[repeatable]"),
    "man.range": ("[{low}–{high}]", "[{low}–{high}]"),
    "man.more": (
        "--lang zh|en 选择语言，可写在任何位置。标准输出只有结果，消息走标准错误。",
        "--lang zh|en chooses the language and may stand anywhere. stdout carries the result alone, messages go to stderr.",
    ),
    "man.more_root": (
        "不连网，只读写本机文件；只有 --engine spark 会连接集群。",
        "Nothing touches the network but the cluster of --engine spark: files on your own disk are read and written, no others.",
    ),
    "man.see": ("说明：{path} --help", "Help: {path} --help"),
    "aborted": ("已中断", "Aborted."),
    "man.more_group": ("{path} 命令 --help 说明一个命令。", "{path} COMMAND --help explains a command."),
    "man.exit.0": ("完成", "done"),
    "man.exit.1": (
        "规则文件有错，读写失败，或程序缺陷",
        "a rule file is wrong, reading or writing failed, or a defect",
    ),
    "man.exit.2": ("用法有误，或文件已存在而没有 --force", "wrong usage, or a file exists and --force is missing"),
    "man.exit.usage": ("用法有误", "wrong usage"),
    "man.exit.3": (
        "输入全部或部分被拒绝；好的部分仍会打分",
        "input refused, wholly or in part; what is good is still scored",
    ),
    "man.exit.4": ("未达到 --at-least，或路线图到不了的等级", "below --at-least, or a level that no road map reaches"),
    "man.exit.130": ("被中断；访谈中已答的都已保存", "interrupted; what was answered in an interview is saved"),
    "man.examples": (
        "逐题访谈，答一题存一题，最后出报告\n"
        "bamai assess sme@2024 --name 某某机械厂\n"
        "空白答卷，用编辑器填写\n"
        "bamai template sme@2024 -o 空白.yaml\n"
        "打分，写出网页报告\n"
        "bamai score 答卷.yaml -o 报告.html",
        "the interview: question by question, then the report\n"
        "bamai assess sme@2024 --name Demo\n"
        "blank answers, to fill in with an editor\n"
        "bamai template sme@2024 -o blank.yaml\n"
        "score, and write the report as a page\n"
        "bamai score answers.yaml -o report.html",
    ),
    "man.assess.reads": (
        "终端上的按键，或标准输入中每题一行（--plain；管道里自动如此）。--resume 读访谈记录、答卷或填好的表单。",
        "Keys on a terminal, or one line a question on stdin (--plain; always so in a pipe). --resume reads a journal, an answers file or a filled form.",
    ),
    "man.assess.writes": (
        "访谈记录 bamai-模型-时间.jsonl，每答一题就落盘；结束时在旁边写出答卷 .yaml，报告到标准输出。",
        "The journal bamai-<model>-<time>.jsonl, on the disk after every answer; at the end the answers .yaml beside it, and the report to stdout.",
    ),
    "man.assess.exit.0": ("答到最后，报告已出", "the end was reached and the report printed"),
    "man.assess.exit.3": (
        "没有答完就结束（已答的已保存），或要继续的文件被拒绝",
        "ended before the last question (answers are saved), or the file to resume was refused",
    ),
    "man.assess.exit.130": ("Ctrl-C；已答的都已保存", "Ctrl-C; what was answered is saved"),
    "man.assess.examples": (
        "先问企业和行业，再逐题访谈\n"
        "bamai assess\n"
        "直接开始，记录存到指定文件\n"
        "bamai assess sme@2024 --name 某厂 --save 访谈.jsonl\n"
        "从一份答卷接着问\n"
        "bamai assess --resume 答卷.yaml",
        "ask who it is first, then question by question\n"
        "bamai assess\n"
        "begin at once, the journal in a file of your choice\n"
        "bamai assess sme@2024 --name Demo --save talk.jsonl\n"
        "go on from an answers file\n"
        "bamai assess --resume answers.yaml",
    ),
    "man.score.reads": (
        "答卷 .yaml .json，访谈记录 .jsonl，或填好的表单 .xlsx .ods .xls。",
        "Answers .yaml .json, an interview's journal .jsonl, or a filled form .xlsx .ods .xls.",
    ),
    "man.score.writes": (
        "报告到标准输出；-o 写成 .html .pdf .docx .xlsx .md .txt .json，要么完整写出，要么不写。",
        "The report to stdout, or with -o to .html .pdf .docx .xlsx .md .txt .json, whole or not at all.",
    ),
    "man.score.exit.3": ("有文件被拒绝；其余仍已打分", "a file was refused; the others are still scored"),
    "man.score.exit.4": ("未达到 --at-least 的等级", "below the level of --at-least"),
    "man.score.examples": (
        "报告显示在终端\n"
        "bamai score 答卷.yaml\n"
        "网页报告，另存数据\n"
        "bamai score 答卷.yaml -o 报告.html -o 结果.json\n"
        "脚本中：达到 L2 退出码为 0，否则为 4\n"
        "bamai score 问卷.xlsx --at-least L2 --format json",
        "the report on the terminal\n"
        "bamai score answers.yaml\n"
        "a page, and the data beside it\n"
        "bamai score answers.yaml -o page.html -o data.json\n"
        "in a script: exits with 0 from L2 on, else with 4\n"
        "bamai score form.xlsx --at-least L2 --format json",
    ),
    "man.batch.reads": (
        "一行一家企业：.csv .tsv .txt（也可再加 .gz）、.parquet，填好的表单 .xlsx .xlsm .ods .xls，或这些文件的文件夹（其中的 .txt 不读）。列名为标识、题号或题目原文；bamai template 写出样表。",
        "One row an enterprise: .csv .tsv .txt (each also with .gz), .parquet, filled forms .xlsx .xlsm .ods .xls, or folders of these (a .txt in a folder is not read). Columns are called by id, code or the question's text; bamai template writes a table to start from.",
    ),
    "man.batch.writes": (
        "结果 .csv .jsonl .parquet（没有 -o 则到标准输出）；被拒绝的行到 <结果>.rejects.csv；汇总到标准错误，--summary 写成文件。",
        "Results .csv .jsonl .parquet (to stdout without -o), refused rows to <results>.rejects.csv, a summary to stderr and with --summary to a file.",
    ),
    "man.batch.exit.3": ("有行被拒绝；其余仍已打分", "rows were refused; the others are still scored"),
    "man.batch.examples": (
        "打分，结果写成文件\n"
        "bamai batch 企业.csv --model sme -o 得分.csv\n"
        "填好的表单，每份一条；汇总另存\n"
        "bamai batch 问卷.xlsx -o 表单.jsonl --summary 汇总.md\n"
        "有错的格按未答计；每个指标一列\n"
        "bamai batch 企业.csv --model sme --lenient --detail",
        "score into a file\n"
        "bamai batch rows.csv --model sme -o scores.csv\n"
        "filled forms, each a record; the summary kept\n"
        "bamai batch form.xlsx -o forms.jsonl --summary sum.md\n"
        "bad cells count as open; a column per indicator\n"
        "bamai batch rows.csv --model sme --lenient --detail",
    ),
    "man.merge.reads": (
        "同一企业、同一模型的两份或更多答卷、访谈记录或填好的表单。",
        "Two or more answers files, journals or filled forms of one enterprise and one model.",
    ),
    "man.merge.writes": (
        "合并后的答卷 .yaml（没有 -o 则到标准输出）；谁说了什么、以谁为准，写到标准错误。",
        "The merged answers .yaml (to stdout without -o); who said what and what stands goes to stderr.",
    ),
    "man.merge.exit.3": (
        "文件被拒绝，或冲突未决；没有写出任何文件",
        "a file was refused, or conflicts are undecided; nothing is written",
    ),
    "man.merge.examples": (
        "说法不一时以生产部为准\n"
        "bamai merge 生产.yaml 财务.yaml --prefer 生产\n"
        "只有 Q5 以财务为准\n"
        "bamai merge 生产.yaml 财务.yaml --prefer Q5=财务",
        "production is right where they disagree\n"
        "bamai merge prod.yaml it.yaml --prefer prod\n"
        "IT decides Q5\n"
        "bamai merge prod.yaml it.yaml --prefer Q5=it",
    ),
    "man.compare.reads": (
        "两份或更多答卷、访谈记录或填好的表单，先前的在前。",
        "Two or more answers files, journals or filled forms, the earliest first.",
    ),
    "man.compare.writes": (
        "对比报告到标准输出；-o 写成 .html .pdf .docx .xlsx .md .txt .json，要么完整写出，要么不写。",
        "The comparison to stdout, or with -o to .html .pdf .docx .xlsx .md .txt .json, whole or not at all.",
    ),
    "man.compare.exit.3": (
        "有文件被拒绝，或版本不同而没有 --force",
        "a file was refused, or editions differ and --force is missing",
    ),
    "man.compare.examples": (
        "改造前后\nbamai compare 改造前.yaml 改造后.yaml\n写成网页\nbamai compare 改造前.yaml 改造后.yaml -o 对比.html",
        "before and after\n"
        "bamai compare before.yaml after.yaml\n"
        "as a page\n"
        "bamai compare before.yaml after.yaml -o both.html",
    ),
    "man.whatif.reads": (
        "答卷 .yaml .json，访谈记录 .jsonl，或填好的表单 .xlsx .ods .xls。",
        "Answers .yaml .json, an interview's journal .jsonl, or a filled form .xlsx .ods .xls.",
    ),
    "man.whatif.writes": (
        "变化到标准输出；-o 写成 .html .pdf .docx .xlsx .md .txt .json，要么完整写出，要么不写。",
        "The changes to stdout, or with -o to .html .pdf .docx .xlsx .md .txt .json, whole or not at all.",
    ),
    "man.whatif.exit.2": (
        "用法有误，没有这样的题或答案，或文件已存在而没有 --force",
        "wrong usage, no such question or answer, or a file exists and --force is missing",
    ),
    "man.whatif.exit.3": (
        "答卷被拒绝；逐处写明错误",
        "the answers file was refused; every mistake is told with its place",
    ),
    "man.whatif.examples": (
        "信息系统改为 D，工艺设计到三级\n"
        "bamai whatif 答卷.yaml Q5=D s02=3\n"
        "多选用 | 连接，要加引号\n"
        'bamai whatif 答卷.yaml "Q4=B|C" --format json',
        "information systems to D, process design to grade 3\n"
        "bamai whatif answers.yaml Q5=D s02=3\n"
        "several choices joined by |, in quotes\n"
        'bamai whatif answers.yaml "Q4=B|C" --format json',
    ),
    "man.roadmap.reads": (
        "答卷 .yaml .json，访谈记录 .jsonl，或填好的表单 .xlsx .ods .xls。--effort 读投入文件 .yaml。",
        "Answers .yaml .json, an interview's journal .jsonl, or a filled form .xlsx .ods .xls. --effort reads what improvements cost from .yaml.",
    ),
    "man.roadmap.writes": (
        "路线图到标准输出；-o 写成 .html .pdf .docx .xlsx .md .txt .json，要么完整写出，要么不写。",
        "The road map to stdout, or with -o to .html .pdf .docx .xlsx .md .txt .json, whole or not at all.",
    ),
    "man.roadmap.exit.3": (
        "答卷或投入文件被拒绝；逐处写明错误",
        "the answers or the effort file was refused; every mistake is told with its place",
    ),
    "man.roadmap.exit.4": (
        "到不了要求的等级；写明缺什么、最远到哪里",
        "the level is out of reach: what cannot be met, and how far it gets",
    ),
    "man.roadmap.examples": (
        "到下一级最少要做什么\n"
        "bamai roadmap 答卷.yaml\n"
        "到 L3，不动 Q5\n"
        "bamai roadmap 答卷.yaml --to L3 --fix Q5\n"
        "投入 3 份能走多远\n"
        "bamai roadmap 答卷.yaml --budget 3 -o 路线.md",
        "the least to do for the next level\n"
        "bamai roadmap answers.yaml\n"
        "to L3, leaving Q5 as it is\n"
        "bamai roadmap answers.yaml --to L3 --fix Q5\n"
        "how far 3 units go\n"
        "bamai roadmap answers.yaml --budget 3 -o road.md",
    ),
    "man.form.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。",
        "The shipped rules, and those in the folder of --rules.",
    ),
    "man.form.writes": (
        "一个 .xlsx 表单：下拉选项、说明、填写时检查；用当前语言。",
        "A form .xlsx with drop-downs, hints and checks while typing, in the language of this run.",
    ),
    "man.form.examples": (
        "默认文件名\nbamai form sme@2024\n发给企业的英文表单\nbamai form sme@2024 -o 英文.xlsx --lang en",
        "the usual file name\n"
        "bamai form sme@2024\n"
        "a form in Chinese, for the enterprise\n"
        "bamai form sme@2024 -o form-zh.xlsx --lang zh",
    ),
    "man.template.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。",
        "The shipped rules, and those in the folder of --rules.",
    ),
    "man.template.writes": (
        "批量用的 .csv（表头和一行虚构示例），或空白答卷 .yaml（每个选项都有注释）；没有 -o 则到标准输出。",
        "Rows for a batch .csv (a header and a made-up enterprise), or blank answers .yaml with every choice as a comment; to stdout without -o.",
    ),
    "man.template.examples": (
        "批量样表\n"
        "bamai template sme@2024 -o 样表.csv\n"
        "空白答卷\n"
        "bamai template sme@2024 -o 空白.yaml\n"
        "空白答卷到标准输出\n"
        "bamai template general --format yaml",
        "a table for a batch\n"
        "bamai template sme@2024 -o table.csv\n"
        "blank answers\n"
        "bamai template sme@2024 -o blank.yaml\n"
        "blank answers to stdout\n"
        "bamai template general --format yaml",
    ),
    "man.cohort.examples": (
        "计数（机密），再写出可公开的部分\n"
        "bamai cohort build 结果.parquet -o 分布.json\n"
        "一个行业的可公开部分\n"
        "bamai cohort show 江苏.json --industry 机械",
        "count (confidential), then write what may be published\n"
        "bamai cohort build results.parquet -o counts.json\n"
        "what may be published of one industry\n"
        "bamai cohort show jiangsu.json --industry machinery",
    ),
    "man.cohort.build.reads": (
        "bamai batch 写出的结果：.parquet（文件或文件夹）或 .csv。--model 只有 .csv 才必须写。",
        "Results of bamai batch: .parquet (a file or a folder) or .csv. --model is needed for .csv only.",
    ),
    "man.cohort.build.writes": (
        "机密的分布文件 .json，只有属主可读（Windows 上由文件夹权限决定）。",
        "A confidential cohort .json, readable for its owner only (on Windows the folder's rights decide).",
    ),
    "man.cohort.build.exit.3": (
        "结果被拒绝：规则不同、重复计入或内容有误",
        "results were refused: other rules, counted twice, or not what bamai batch wrote",
    ),
    "man.cohort.build.examples": (
        "Parquet 自己写明模型\n"
        "bamai cohort build 结果.parquet -o 分布.json\n"
        "CSV 要写明模型\n"
        "bamai cohort build 结果.csv --model sme -o 分布2.json",
        "Parquet says its model itself\n"
        "bamai cohort build results.parquet -o counts.json\n"
        "CSV needs the model\n"
        "bamai cohort build results.csv --model sme -o c2.json",
    ),
    "man.cohort.merge.reads": (
        "两份或更多由 bamai cohort build 或 merge 写出的文件，次序不限。",
        "Two or more files of bamai cohort build or merge, in any order.",
    ),
    "man.cohort.merge.writes": (
        "机密的分布文件 .json，只有属主可读（Windows 上由文件夹权限决定）。",
        "A confidential cohort .json, readable for its owner only (on Windows the folder's rights decide).",
    ),
    "man.cohort.merge.exit.3": (
        "文件被拒绝：规则不同、重复计入或已是公开文件",
        "a file was refused: other rules, counted twice, or a published one",
    ),
    "man.cohort.merge.examples": (
        "各省合成全国\nbamai cohort merge 江苏.json 浙江.json -o 全国.json",
        "provinces added up\nbamai cohort merge jiangsu.json zhejiang.json -o n.json",
    ),
    "man.cohort.show.reads": ("分布文件 .json，机密的或公开的。", "A cohort .json, confidential or published."),
    "man.cohort.show.writes": ("到标准输出；不写文件。", "To stdout; no file is written."),
    "man.cohort.show.exit.3": ("文件被拒绝，或家数不足", "the file was refused, or holds too few enterprises"),
    "man.cohort.show.examples": (
        "全部企业\nbamai cohort show 江苏.json\n一个行业\nbamai cohort show 江苏.json --industry 机械",
        "all enterprises\n"
        "bamai cohort show jiangsu.json\n"
        "one size of enterprises\n"
        "bamai cohort show jiangsu.json --size small",
    ),
    "man.cohort.publish.reads": (
        "由 bamai cohort build 或 merge 写出的文件 .json。",
        "A file .json of bamai cohort build or merge.",
    ),
    "man.cohort.publish.writes": (
        "可以公开的 .json：小单元已隐去。",
        "A .json that may be published: small cells are withheld.",
    ),
    "man.cohort.publish.exit.3": ("文件被拒绝，或家数不足", "the file was refused, or holds too few enterprises"),
    "man.cohort.publish.examples": (
        "每格至少 5 家\n"
        "bamai cohort publish 江苏.json -o 公开.json\n"
        "每格至少 9 家\n"
        "bamai cohort publish 江苏.json -o 公开.json --min-cell 9",
        "cells of 5 enterprises at least\n"
        "bamai cohort publish jiangsu.json -o public.json\n"
        "cells of 9 at least\n"
        "bamai cohort publish jiangsu.json -o p.json --min-cell 9",
    ),
    "man.model.examples": (
        "有哪些模型\n"
        "bamai model list\n"
        "全部指标、等级与来源\n"
        "bamai model show sme@2024\n"
        "写自己的模型\n"
        "bamai model new 新模型",
        "which models there are\n"
        "bamai model list\n"
        "all indicators, levels and sources\n"
        "bamai model show sme@2024\n"
        "a model of your own\n"
        "bamai model new own",
    ),
    "man.model.list.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。",
        "The shipped rules, and those in the folder of --rules.",
    ),
    "man.model.list.writes": ("到标准输出；不写文件。", "To stdout; no file is written."),
    "man.model.list.examples": (
        "自带的模型与版本\nbamai model list\n连同自己的模型\nbamai model list --rules 我的模型",
        "models and editions\nbamai model list\nwith your own beside them\nbamai model list --rules mine",
    ),
    "man.model.show.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。",
        "The shipped rules, and those in the folder of --rules.",
    ),
    "man.model.show.writes": ("到标准输出；不写文件。", "To stdout; no file is written."),
    "man.model.show.examples": (
        "表格\nbamai model show sme@2024\n数据\nbamai model show general --format json",
        "as a table\nbamai model show sme@2024\nas data\nbamai model show general --format json",
    ),
    "man.model.explain.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。也运行规则测试，说明哪些触及它。",
        "The shipped rules, and those in the folder of --rules. The rule tests are run to say which reach it.",
    ),
    "man.model.explain.writes": ("到标准输出；不写文件。", "To stdout; no file is written."),
    "man.model.explain.examples": (
        "一个指标\n"
        "bamai model explain general.foundation.cnc_rate\n"
        "一道题\n"
        "bamai model explain Q2\n"
        "消息末尾方括号里的代码\n"
        "bamai model explain too_many_na",
        "an indicator\n"
        "bamai model explain general.foundation.cnc_rate\n"
        "a question\n"
        "bamai model explain Q2\n"
        "the code in brackets at the end of a message\n"
        "bamai model explain too_many_na",
    ),
    "man.model.check.reads": (
        "文件夹中的规则、问卷与规则测试；不写则为自带的。",
        "Rules, questionnaires and rule tests of a folder; those shipped if left out.",
    ),
    "man.model.check.writes": ("不写文件；检查结果到标准错误。", "No file; what was found goes to stderr."),
    "man.model.check.exit.1": ("有错误，或规则测试没有通过", "there are mistakes, or a rule test failed"),
    "man.model.check.examples": (
        "自带的规则\nbamai model check\n自己的文件夹\nbamai model check 我的模型",
        "the shipped rules\nbamai model check\na folder of your own\nbamai model check mine",
    ),
    "man.model.schema.reads": ("不读文件。", "No file."),
    "man.model.schema.writes": (
        "一种到标准输出；-o 写入文件夹，不写种类则为全部。",
        "One kind to stdout; with -o into a folder, every kind if none is named.",
    ),
    "man.model.schema.examples": (
        "一种，到标准输出\nbamai model schema questionnaire\n全部，写入文件夹\nbamai model schema -o 模式",
        "one, to stdout\nbamai model schema questionnaire\nall, into a folder\nbamai model schema -o schemas",
    ),
    "man.model.new.reads": ("不读文件。", "No file."),
    "man.model.new.writes": (
        "文件夹中的四个文件：模型、规则测试、问卷、示例答卷；已有的不覆盖。",
        "Four files in a folder: model, rule tests, questionnaire, example; none is overwritten.",
    ),
    "man.model.new.exit.2": ("用法有误，标识已被占用，或文件已存在", "wrong usage, the id is taken, or a file exists"),
    "man.model.new.examples": (
        "新建\nbamai model new 新模型\n指定标识\nbamai model new 钢铁 --id steel",
        "begin\nbamai model new own\nwith an id of your own\nbamai model new steelworks --id steel",
    ),
    "man.benchmark.examples": (
        "全部公布数据\nbamai benchmark list\n一个指标的历年公布值与口径\nbamai benchmark show cnc_rate",
        "every published figure\n"
        "bamai benchmark list\n"
        "a metric over the years, with scope\n"
        "bamai benchmark show cnc_rate",
    ),
    "man.benchmark.list.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。",
        "The shipped rules, and those in the folder of --rules.",
    ),
    "man.benchmark.list.writes": ("到标准输出；不写文件。", "To stdout; no file is written."),
    "man.benchmark.list.examples": (
        "全部\nbamai benchmark list\n更宽的表\nbamai benchmark list --width 120",
        "all\nbamai benchmark list\na wider table\nbamai benchmark list --width 120",
    ),
    "man.benchmark.show.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。",
        "The shipped rules, and those in the folder of --rules.",
    ),
    "man.benchmark.show.writes": ("到标准输出；不写文件。", "To stdout; no file is written."),
    "man.benchmark.show.examples": (
        "一个指标的历年公布值\nbamai benchmark show cnc_rate\n一个数据\nbamai benchmark show cmmm_2022_l2",
        "a metric over the years\nbamai benchmark show cnc_rate\none figure\nbamai benchmark show cmmm_2022_l2",
    ),
    "man.industry.examples": (
        "全部行业\nbamai industry list\n一个行业的公布数据、目标与文件\nbamai industry show 白酒",
        "all industries\nbamai industry list\nfigures, targets and documents of one\nbamai industry show baijiu",
    ),
    "man.industry.list.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。",
        "The shipped rules, and those in the folder of --rules.",
    ),
    "man.industry.list.writes": ("到标准输出；不写文件。", "To stdout; no file is written."),
    "man.industry.list.examples": (
        "全部\nbamai industry list\n作为数据\nbamai industry list --format json",
        "all\nbamai industry list\nas data\nbamai industry list --format json",
    ),
    "man.industry.show.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。",
        "The shipped rules, and those in the folder of --rules.",
    ),
    "man.industry.show.writes": ("到标准输出；不写文件。", "To stdout; no file is written."),
    "man.industry.show.examples": (
        "按别名\nbamai industry show 家用电器\n按代码\nbamai industry show C34",
        'by name\nbamai industry show "Home appliances"\nby code\nbamai industry show C34',
    ),
    "man.policy.examples": (
        "全部文件\nbamai policy list\n一份文件的全部内容\nbamai policy show action_plan",
        "all documents\nbamai policy list\none document in full\nbamai policy show action_plan",
    ),
    "man.policy.list.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。",
        "The shipped rules, and those in the folder of --rules.",
    ),
    "man.policy.list.writes": ("到标准输出；不写文件。", "To stdout; no file is written."),
    "man.policy.list.examples": (
        "一个行业的文件\nbamai policy list --industry 机械\n作为数据\nbamai policy list --format json",
        "documents for an industry\nbamai policy list --industry machinery\nas data\nbamai policy list --format json",
    ),
    "man.policy.show.reads": (
        "自带的规则，以及 --rules 文件夹中的规则。",
        "The shipped rules, and those in the folder of --rules.",
    ),
    "man.policy.show.writes": ("到标准输出；不写文件。", "To stdout; no file is written."),
    "man.policy.show.examples": (
        "一份文件\nbamai policy show sme_action_plan",
        "one document\nbamai policy show sme_action_plan",
    ),
    # ── headings of help, and Typer's own options ────────────────────────────────────────────────────────────────────────────
    "typer.Options": ("选项", "Options"),
    "typer.Arguments": ("参数", "Arguments"),
    "typer.Commands": ("命令", "Commands"),
    "typer.Usage:": ("用法：", "Usage:"),
    "typer.Show this message and exit.": ("显示帮助", "Show this message and exit."),
    "typer.[required]": ("[必填]", "[required]"),
    "typer.[default: {}]": ("[默认：{}]", "[default: {}]"),
    "typer.Install completion for the current shell.": (
        "为当前 shell 安装补全",
        "Install completion for the current shell.",
    ),
    "typer.Show completion for the current shell, to copy it or customize the installation.": (
        "显示当前 shell 的补全脚本",
        "Show completion for the current shell, to copy it or customize the installation.",
    ),
    # ── batch ───────────────────────────────────────────────────────────────────────────────────────
    "field.id": ("企业编号", "Enterprise id"),
    "field.name": ("企业名称", "Enterprise name"),
    "field.industry": ("行业", "Industry"),
    "field.province": ("省份", "Province"),
    "field.city": ("城市", "City"),
    "field.employees": ("职工人数", "Employees"),
    "batch.help": ("批量打分：一行一家企业的 CSV 或 Parquet", "Score many enterprises: CSV or Parquet, one row each"),
    "batch.rows": (
        "输入文件、文件夹或通配符；- 为标准输入",
        "Files, folders or globs; - is stdin",
    ),
    "batch.output": (
        "结果（.csv .jsonl .parquet）；默认到标准输出",
        "Results (.csv .jsonl .parquet); by default to stdout",
    ),
    "batch.rejects": (
        "被拒绝的行；默认在结果旁边（OUT.rejects.csv），结果到标准输出时在标准错误",
        "Refused rows; by default beside the results (OUT.rejects.csv), or on stderr when results go to stdout",
    ),
    "batch.model": ("模型；默认 general，全是表单时为表单所写的", "Model; by default general, of forms what they say"),
    "batch.summary": (
        "汇总写入文件（.json .md）；默认只在标准错误显示",
        "Write the summary to a file (.json .md); by default it is on stderr only",
    ),
    "batch.columns": (
        "列名对照（YAML：对方列名: 题号或标识；留空则略去该列）；默认按本工具的列名",
        "Their column names in YAML (theirs: id, code or label of ours; blank leaves a column out); by default the names are ours",
    ),
    "batch.keep": ("不认识的列原样带到结果里", "Pass unknown columns through to the results"),
    "batch.detail": ("结果中每个指标一列", "One result column per indicator"),
    "batch.lenient": (
        "有错的单元格按未答处理，行保留为不完整",
        "Refused cells count as open; their rows are kept as incomplete",
    ),
    "batch.encoding": (
        "输入编码：utf-8、gb18030、utf-16；默认自动识别",
        "Encoding of the input: utf-8, gb18030, utf-16; by default recognised",
    ),
    "batch.engine": (
        "在哪里运行：local 或 spark；spark 写出的 .parquet 是一个文件夹",
        "Where to run: local or spark; a .parquet that spark writes is a folder",
    ),
    "batch.master": (
        "Spark 集群地址，如 spark://host:7077；默认 local[*]，即本机",
        "Spark master, like spark://host:7077; by default local[*], this machine",
    ),
    "batch.spark_waiting": (
        "Spark 还没有开始：集群没有空闲的工作节点，或连不上；仍在等待",
        "Spark has not begun: no worker is free, or none can be reached; still waiting",
    ),
    "batch.threads": (
        "线程数，至多用 3 个；默认为处理器数",
        "Threads, of which at most 3 are used; by default as many as processors",
    ),
    "batch.guessed": (
        "{file}：识别为 {encoding}；若不对，请用 --encoding 指定",
        "{file}: read as {encoding}; if that is wrong, say --encoding",
    ),
    "batch.progress": ("{rows} 行  {speed} 行/秒", "{rows} rows  {speed} rows/s"),
    "batch.suspicious": (
        "{column}：{count} 个百分比在 0 与 1 之间（首个：{file} 第 {record} 条）；是否应写成 57.7 而不是 0.577？",
        "{column}: percentages between 0 and 1: {count} (the first: {file}, record {record}); should 0.577 be 57.7?",
    ),
    "batch.duplicates": (
        "{count} 行的企业编号此前已出现：已保留，duplicate 列为 true",
        "rows that repeat an enterprise id: {count}; kept, with true in the column duplicate",
    ),
    "batch.counts": (
        "读入 {records} 条 = 打分 {results} + 拒绝 {rejected}",
        "records: {records} = {results} scored + {rejected} refused",
    ),
    "batch.record": ("第 {record} 条", "record {record}"),
    "problem.no_identity": ("既无编号也无名称", "neither an id nor a name"),
    "problem.field_count": (
        "有 {found} 个字段，表头有 {allowed} 个；含逗号的内容请加引号",
        "fields: {found}, the header has {allowed}; quote what holds a delimiter",
    ),
    "problem.unclosed_quote": (
        "引号没有闭合；本行之后的内容已重新读取",
        "a quote is not closed; what follows this line was read anew",
    ),
    "problem.bad_quotes": (
        "引号之后还有内容；引号内的引号请写两遍",
        "text after a closing quote; write a quote inside quotes twice",
    ),
    "problem.bad_encoding": (
        "这一行的编码与文件其余部分不同，无法解读；请另存为 UTF-8，或用 --encoding 指定",
        "this line is not in the file's encoding; save it as UTF-8, or say --encoding",
    ),
    "problem.record_too_long": (
        "一行超过 16 MiB；多半是引号没有闭合或不是 CSV",
        "a line of more than 16 MiB; likely an unclosed quote, or no CSV",
    ),
    "problem.folder_without_rows": (
        "文件夹里没有可读的文件；可用：{allowed}",
        "no input files in this folder; allowed: {allowed}",
    ),
    "problem.input_suffix": ("不支持的输入格式 {found}；可用：{allowed}", "cannot read {found}; allowed: {allowed}"),
    "problem.pattern_matches_nothing": ("没有文件与通配符相符", "no file matches this pattern"),
    "problem.input_twice": ("同一输入写了两次（先前写作 {first}）", "the same input is named twice (first as {first})"),
    "problem.column_without_name": ("第 {found} 列没有列名", "column {found} has no name"),
    "problem.unknown_column": (
        "不认识的列 {found}；用 --columns 对照、--keep 保留，或从文件中删去{hint}",
        "unknown column {found}; map it with --columns, pass it through with --keep, or drop it{hint}",
    ),
    "problem.mapped_to_unknown": (
        "本模型没有列 {found}；请写标识、题号或题目原文，留空则略去该列{hint}",
        "this model has no column {found}; write an id, a code or a label, or nothing to leave the column out{hint}",
    ),
    "problem.header_nul": (
        "表头中有 NUL 字节，可能是没有标记的 UTF-16；请加 --encoding {likely}，不对则 --encoding {other}",
        "the header holds NUL bytes and may be UTF-16 without a mark; say --encoding {likely}, or else --encoding {other}",
    ),
    "problem.mapped_from_unknown": (
        "输入中没有列 {found}，这一条没有用上{hint}",
        "no input has a column {found}, so this entry serves nothing{hint}",
    ),
    "problem.columns_of_another_model": (
        "{model} 不认识的列，{found} 都认识；如果这是 {found} 的数据，请加 --model {found}",
        "every column that {model} does not know is one of {found}; if these are its rows, add --model {found}",
    ),
    "problem.column_twice": ("列 {found} 与 {first} 是同一列", "columns {found} and {first} are the same"),
    "problem.no_identity_column": (
        "至少要有一列 id 或 name；找到：{found}",
        "a column id or name is needed; found: {found}",
    ),
    "problem.column_is_a_result": (
        "列 {found} 与结果列同名，不能原样保留；请改名，或用 --columns 略去",
        "column {found} is also a result column and cannot be passed through; rename it, or leave it out with --columns",
    ),
    "problem.header_quotes": ("表头的引号没有配对", "the quotes of the header do not match"),
    "gzip_ends": ("没有写完就断了", "unexpected end"),
    "problem.gzip_damaged": (
        "压缩文件不完整或损坏（{why}）；此前的行已打分",
        "the compressed file is cut short or damaged ({why}); the rows before that are scored",
    ),
    "problem.not_parquet": ("不是可读的 Parquet：{why}", "not readable as Parquet: {why}"),
    "problem.parquet_damaged": (
        "文件在中途损坏（{why}）；此前的行已打分",
        "the file is damaged further down ({why}); the rows before that are scored",
    ),
    "problem.column_type": (
        "列的类型是 {found}；需要文字、数字或是/否",
        "the column is of type {found}; text, numbers or booleans are needed",
    ),
    "problem.output_is_input": (
        "这是输入文件，不能写到它上面；请换一个文件名",
        "this is an input and cannot be written over; choose another name",
    ),
    "problem.output_twice": ("同一输出写了两次", "the same output is named twice"),
    "problem.unknown_encoding": (
        "不支持编码 {found}；可用：{allowed}",
        "cannot read encoding {found}; allowed: {allowed}",
    ),
    "problem.master_without_spark": ("--master 只用于 --engine spark", "--master belongs to --engine spark"),
    "problem.threads_with_spark": (
        "--threads 不用于 --engine spark；Spark 用几个核由 --master 决定，如 local[2]",
        "--threads does not belong to --engine spark; --master says how many cores Spark uses, like local[2]",
    ),
    "problem.spark_missing": (
        '--engine spark 需要 PySpark；安装：pip install "bamai[spark]"',
        '--engine spark needs PySpark; install it: pip install "bamai[spark]"',
    ),
    "problem.java_missing": (
        "--engine spark 需要 Java 17 或更新版本；请安装，或用 JAVA_HOME 指明其位置",
        "--engine spark needs Java 17 or newer; install it, or say where it is with JAVA_HOME",
    ),
    "problem.spark_stdin": (
        "--engine spark 不能读标准输入；请给出所有工作节点都能看到的文件",
        "--engine spark cannot read stdin; name files that all workers see",
    ),
    "problem.spark_failed": (
        "Spark 出错：{why}；详情见 {log}",
        "Spark failed: {why}; details are in {log}",
    ),
    "problem.spark_ended": (
        "Spark 的 Java 进程中途结束（常因内存不足）；详情见 {log}",
        "Spark's Java process ended in the middle, often for want of memory; details are in {log}",
    ),
    "problem.spark_no_master": (
        "{found} 处没有 Spark 主节点应答（{why}）；请检查地址和端口，并确认它已启动",
        "no Spark master answers at {found} ({why}); check host and port, and that it is running",
    ),
    "problem.spark_without_bamai": (
        "工作节点的 Python（{python}）里没有 bamai 或它所需的包（缺 {found}）；请在每个节点安装同一版本，或用 PYSPARK_PYTHON 指明装有它的 Python",
        "the workers' Python ({python}) lacks bamai or what it needs (no module {found}); install the same version on each worker, or say with PYSPARK_PYTHON which Python has it",
    ),
    "problem.spark_other_bamai": (
        "工作节点 {host} 上是 bamai {found}，这里是 {allowed}；请安装同一版本",
        "worker {host} has bamai {found}, here is {allowed}; install the same version",
    ),
    "problem.spark_unreadable": (
        "工作节点 {host} 读不到这个文件（{why}）；输入须放在所有节点以同一路径可见的共享文件系统上",
        "worker {host} cannot read this file ({why}); input must lie under the same path on every worker, say on a shared file system",
    ),
    "problem.spark_not_shared": (
        "工作节点写到这个文件夹的内容在这里看不到；输出须放在所有节点共享的文件系统上",
        "what the workers wrote to this folder is not to be seen here; output must lie on a file system that all workers share",
    ),
    "problem.input_changed": (
        "文件在读取期间被改动；请等它写完再运行",
        "the file was changed while it was read; run again when it is complete",
    ),
    "problem.folder_not_ours": (
        "这个文件夹里有别的文件（{found}），不予替换；请换一个输出名",
        "this folder holds other files ({found}) and is not replaced; choose another output",
    ),
    # ── documents: next steps, every answer ──────────────────────────────────────────────────────────
    "report.weakest": ("得分最低的维度：{names}（{score}）。", "The lowest dimension: {names} ({score})."),
    "report.steps": ("下一步", "Next steps"),
    "report.steps_note": (
        "每项只改这一题、其余照旧，重新打分得出；不估计时间和费用",
        "each alone, all else as answered, by scoring again; no time or cost is estimated",
    ),
    "report.steps_open": (
        "先答完 {count} 道未答的必答题：每一项能加多少分取决于其余答案，答完才能算准。",
        "First answer the open questions ({count} required): what a step brings hangs on the other answers.",
    ),
    "report.steps_points": (
        "{level} 还差 {points} 分；下面能加分的各项都计入总分。",
        "{level} is {points} points away; every step below that brings points counts towards it.",
    ),
    "report.answers": ("附录：全部答案", "Appendix: every answer"),
    "report.answers_note": (
        "按问卷顺序，含计分、备注和证据",
        "in the order of asking, with points, notes and evidence",
    ),
    "steps.gate": ("{title}（还差 {missing}）", "{title} ({missing} short)"),
    "steps.gates": ("为达到 {level} 的条件：{names}", "For the conditions of {level}: {names}"),
    "steps.points": ("其他可加分项，由多到少", "Other points to be had, most first"),
    "steps.now": ("现在", "Now"),
    "steps.to": ("提高到", "Raised to"),
    "steps.gain": ("总分变化", "Total score"),
    "answers.told": ("答案", "Answer"),
    "answers.worth": ("计分", "Counts"),
    "answers.note": ("备注", "Note"),
    "answers.evidence": ("证据", "Evidence"),
    "steps.range": ("{low} 至 {high}（会引出新的问题）", "{low} to {high} (further questions follow)"),
    "steps.reaches": ("，即达 {level}", ", reaches {level}"),
    "step.more": ("再加 {option}", "also {option}"),
    "step.one_more": ("再加一项：{options}", "one more of {options}"),
    "told.option": ("{letter} {label}", "{letter} {label}"),
    "told.grade": ("{grade} 级", "grade {grade}"),
    "told.grade_text": ("{grade} 级：{text}", "grade {grade}: {text}"),
    "told.ticked": ("已选 {count} / {of} 项", "{count} of {of} ticked"),
    "told.quotient": ("{value}（{part} ÷ {whole}）", "{value} ({part} ÷ {whole})"),
    "worth.points": ("{points} / {out_of} 分", "{points} of {out_of} points"),
    "worth.band": ("属 {span}：{points} / {out_of} 分", "in {span}: {points} of {out_of} points"),
    "worth.line": ("{score} / 100", "{score} of 100"),
    # ── documents: charts ────────────────────────────────────────────────────────────────────────────
    "chart.radar": ("各维度得分雷达图（0–100）", "Radar of the scores by dimension (0–100)"),
    "chart.levels": ("等级阶梯", "Levels"),
    "chart.ladder": ("等级阶梯与总分", "Levels and the total score"),
    "chart.from": ("总分 {score} 起", "from a total score of {score}"),
    "chart.bullets": ("对标图", "Chart of benchmarks"),
    "chart.no_answer": ("没有可比的答案", "no answer to compare"),
    # ── documents: HTML ──────────────────────────────────────────────────────────────────────────────
    "report.contents": ("目录", "Contents"),
    "report.warning": ("注意：", "Note: "),
    "met.yes": ("满足", "met"),
    "met.no": ("未满足", "not met"),
    "met.open": ("未定", "open"),
    "problem.output_one": (
        "{found} 一个文件只放一家企业的报告；请对每份答卷分别运行，或写成 {allowed}",
        "{found} holds the report of one enterprise; run once for each answers file, or write {allowed}",
    ),
    # ── PDF, Word, Excel ─────────────────────────────────────────────────────────────────────────────
    "answers.section": ("部分", "Section"),
    "answers.label": ("题号", "Question"),
    "answers.question": ("题目", "Text"),
    "answers.state": ("状态", "State"),
    "answers.answered": ("已答", "answered"),
    "answers.answer": ("答案", "Answer"),
    "sheet.report": ("报告", "Report"),
    "sheet.steps": ("下一步", "Next steps"),
    "sheet.see_steps": ("见工作表“下一步”", "see the sheet “Next steps”"),
    "sheet.see_answers": ("见工作表“全部答案”", "see the sheet “Answers”"),
    "sheet.cut": (
        "…（单元格装不下更多；其他格式中有全文）",
        "… (a cell holds no more; the other formats have all of it)",
    ),
    "sheet.figures": ("对标", "Benchmarks"),
    "sheet.answers": ("全部答案", "Answers"),
    "table.lowest": ("最低", "Lowest"),
    "table.highest": ("最高", "Highest"),
    "table.remarks": ("说明", "Remarks"),
    "problem.pdf_extra": (
        'PDF 和 Word 里的图表需要 Typst；安装：pip install "bamai[pdf]"',
        'PDF, and charts in Word, need Typst; install it: pip install "bamai[pdf]"',
    ),
    "problem.pdf_no_font": (
        "找不到中文字体，文件会缺字；请安装其中一种（{names}），或用 --font 指定字体文件",
        "no Chinese font was found and text would be missing; install one of {names}, or name a font file with --font",
    ),
    "problem.font_missing": ("字体文件或文件夹不存在", "no such font file or folder"),
    # ── forms to fill in ─────────────────────────────────────────────────────────────────────────────
    "form.model": ("模型，如 sme 或 sme@2024；默认 general", "Model, like sme or sme@2024; by default general"),
    "form.help": (
        "问卷写成 Excel、WPS 表单；填好后 bamai score 读回",
        "Write the questionnaire as an Excel form; bamai score reads it back",
    ),
    "form.output": (
        "表单文件（.xlsx）；默认 bamai-<模型>-<版本>.xlsx",
        "The form (.xlsx); by default bamai-<model>-<edition>.xlsx",
    ),
    "form.sheet.guide": ("填写说明", "Guide"),
    "form.sheet.questions": ("问卷", "Questionnaire"),
    "form.guide.what": ("这是什么", "What this is"),
    "form.guide.how": ("怎么填", "How to fill it in"),
    "form.guide.how_1": (
        "在“{sheet}”页填写黄色单元格；其余单元格已锁定（没有密码），免得误改。",
        "Fill in the yellow cells on the sheet “{sheet}”; everything else is locked (without a password) against slips.",
    ),
    "form.guide.how_2": (
        "单选、等级、趋势和是非题：点单元格右侧的箭头选择；条目前的字母或数字就是题目里所列的。",
        "Single choice, grades, trends and yes/no: pick from the arrow at the right of the cell. The letter or number at its beginning is that of the list in the question.",
    ),
    "form.guide.how_3": (
        "多选题：逐项选“是”或“否”。选了“是”的算勾选，空白按“否”；一项都没选“是”而又没有全部填“否”的，按未答计。",
        "Several choices: answer each option with yes or no. A yes ticks it, a blank counts as no; where nothing has a yes and not everything a no, the question counts as open.",
    ),
    "form.guide.how_4": (
        "百分比：填 57.7 即 57.7 %，单元格会显示百分号。数量：只填数字，不带单位。",
        "Percentages: type 57.7 for 57.7 %; the cell shows the sign. Numbers: digits only, without the unit.",
    ),
    "form.guide.how_5": (
        "比例既可直接填，也可只填它的两个台数（或数额），两者都填时必须一致。",
        "A rate can be given directly or by its two counts (or amounts); where both are given they must agree.",
    ),
    "form.guide.how_6": (
        "取证：写见过的文件、截图或现场；多项分行写（Alt+Enter）或用分号隔开。备注：随意。",
        "Evidence: the document, screenshot or place that was seen; several on lines of their own (Alt+Enter) or separated by semicolons. Notes: as you like.",
    ),
    "form.guide.how_7": (
        "不要合并、删除或粘贴带格式的单元格；可从别处“粘贴为数值”。填完保存为 .xlsx（.ods、.xls 也可读）。",
        "Do not merge or delete cells and do not paste formats; “paste as values” is fine. Save as .xlsx (.ods and .xls can be read too).",
    ),
    "form.guide.states": ("空白、不清楚、不适用", "Blank, unknown, n/a"),
    "form.guide.blank": (
        "空白 = 还没答；有空白时结果给出得分与等级的可能范围。",
        "Blank = not answered yet; with blanks the result is the range of score and level that is still possible.",
    ),
    "form.guide.unknown": (
        "不清楚 = 问过了但没人知道：按最低计，并在报告中列出。不要猜。",
        "unknown = asked, and nobody knows: counts as the lowest and is listed in the report. Do not guess.",
    ),
    "form.guide.na": (
        "不适用 = 企业没有这项业务：不计入分母；只有规则允许的题目可选。本问卷中可选“不适用”的题有 {count} 道。",
        "n/a = the enterprise has no such business: it leaves the denominator; only where the rules allow it; questions here: {count}.",
    ),
    "form.guide.limits": ("声明", "Disclaimer"),
    "form.guide.send": ("填好后发给", "When filled in, send to"),
    "form.guide.version": (
        "模型 {model}；表单内记有规则指纹 {digest}…",
        "Model {model}; the form carries the digest of its rules, {digest}…",
    ),
    "form.section.enterprise": ("企业与评测信息", "Enterprise and assessment"),
    "form.column.label": ("题号", "No."),
    "form.column.question": ("题目、选项与说明", "Question, options and help"),
    "form.column.answer": ("作答", "Answer"),
    "form.column.done": ("已答", "Done"),
    "form.column.evidence": ("取证", "Evidence"),
    "form.column.note": ("备注", "Note"),
    "form.count": ("已答", "Answered"),
    "form.left": ("黄色单元格为填写处", "Yellow cells are to be filled in"),
    "form.assessor": ("评测人", "Assessor"),
    "form.assessed_on": ("评测日期", "Date of the assessment"),
    "form.date_hint": ("如 2026-01-31", "like 2026-01-31"),
    "form.industry_hint": ("从列表选；列表里没有的可直接写", "Pick from the list, or write what is not in it"),
    "form.identity_hint": ("编号和名称至少填一项", "At least one of id and name"),
    "form.help_line": ("说明：{text}", "Help: {text}"),
    "form.evidence_line": ("取证建议：{text}", "Suggested evidence: {text}"),
    "form.how.options": (
        "在下面逐项选“是”或“否”；整题不清楚的，在右侧选“不清楚”",
        "Answer each option below with yes or no; where the whole question is unknown, say so at the right",
    ),
    "form.how.state": ("整题不清楚时在此选择，否则留空", "Only where the whole question is unknown; else leave blank"),
    "form.how.list": ("从列表选择", "Pick from the list"),
    "form.how.percent": ("填 {low}–{high} %", "{low}–{high} %"),
    "form.how.number": ("填 {low}–{high} {unit}", "{low}–{high} {unit}"),
    "form.how.integer": ("填 {low}–{high} {unit}，整数", "{low}–{high} {unit}, a whole number"),
    "form.how.any_number": ("填数字 {unit}", "A number {unit}"),
    "form.how.words": ("，或写 {words}", ", or {words}"),
    "form.how.text": ("填文字", "Text"),
    "form.how.bands": ("，或填档位字母", ", or the letter of a band"),
    "form.show_if": ("仅当{conditions}时填写", "Only if {conditions}"),
    "form.and": ("且", " and "),
    "form.or": ("或", " or "),
    "form.condition.in": ("“{question}”答 {options}", "“{question}” is answered {options}"),
    "form.condition.least": ("“{question}”不低于 {number}", "“{question}” is at least {number}"),
    "form.condition.most": ("“{question}”不高于 {number}", "“{question}” is at most {number}"),
    "form.condition.answered": ("“{question}”已答", "“{question}” is answered"),
    "form.condition.unanswered": ("“{question}”未答", "“{question}” is not answered"),
    "form.refused": ("这里只能：{allowed}", "Allowed here: {allowed}"),
    "form.refused_title": ("请核对", "Please check"),
    "form.print_page": ("第 &P 页，共 &N 页", "Page &P of &N"),
    "problem.not_a_workbook": (
        "不是有效的工作簿（{suffix}，可能是改了名的 CSV 或别的文件）；请在 Excel、WPS 或 LibreOffice 中打开原表单，另存为 .xlsx",
        "not a workbook ({suffix}; perhaps a renamed CSV or another file); open the form with Excel, WPS or LibreOffice and save it as .xlsx",
    ),
    "problem.workbook_damaged": (
        "工作簿已损坏或不完整（{why}）；请重新发送，或打开后另存为 .xlsx",
        "the workbook is damaged or incomplete ({why}); send it again, or open it and save it as .xlsx",
    ),
    "problem.workbook_too_large": (
        "工作簿展开后超过 {limit} MB，不像填好的表单；请把内容“粘贴为数值”到一份新表单",
        "the workbook unpacks to more than {limit} MB, so hardly a filled form; paste its contents as values into a new form",
    ),
    "problem.workbook_password": (
        "工作簿有打开密码；请取消密码后另存",
        "the workbook has a password; save it without one",
    ),
    "problem.workbook_entities": (
        "工作簿的 {found} 含有表格程序不会写出的 XML 声明，拒绝读取；请打开后另存为 .xlsx",
        "{found} in the workbook holds XML declarations that no spreadsheet program writes, so it is not read; open it and save it as .xlsx",
    ),
    "problem.workbook_needs_xls": (
        '读取 .xls 需要另装：pip install "bamai[xls]"；或在 Excel、WPS 中另存为 .xlsx',
        'reading .xls needs: pip install "bamai[xls]"; or save it as .xlsx',
    ),
    "problem.not_a_form": (
        "工作簿里没有 bamai 表单的标记；表单由 bamai form 写出，请把答案填在那份文件里",
        "the workbook carries no marks of a bamai form; forms are written by bamai form, fill in that file",
    ),
    "problem.form_other_rules": (
        "表单按另一套规则（{found}）制作，{model} 现在的规则是 {allowed}…；请用 bamai form {model} 写一份新表单，再把答案粘贴为数值",
        "the form was made by other rules ({found}); those of {model} are now {allowed}…; write a new form with bamai form {model} and paste the answers into it as values",
    ),
    "problem.form_other_model": (
        "这是 {found} 的表单，本次批量按 {allowed} 评分；请用 --model {found} 另评",
        "a form of {found}, but this batch is scored by {allowed}; score it apart with --model {found}",
    ),
    "problem.form_sheet_missing": (
        "问卷页不见了；请从原表单恢复",
        "the sheet with the questions is gone; restore it from the original form",
    ),
    "problem.form_sheet_twice": (
        "问卷页有几份（{found}），不知以哪份为准；请只留一份",
        "there are several sheets with the questions ({found}); keep only one",
    ),
    "problem.form_column_missing": (
        "问卷页缺少列：{found}；请从原表单恢复",
        "columns are missing: {found}; restore them from the original form",
    ),
    "problem.form_row_missing": (
        "问卷页缺少这些行：{found}；请从原表单恢复",
        "rows are missing: {found}; restore them from the original form",
    ),
    "problem.form_row_twice": (
        "{found} 这一行出现了两次（另一行是第 {first} 行）；请删去复制的一行",
        "the row of {found} stands twice (first in row {first}); delete the copy",
    ),
    "problem.form_row_mixed": (
        "这一行的题号是 {found}，应为 {allowed}：行被打乱了（如只对部分列排序）；请撤销或从原表单恢复",
        "this row is numbered {found}, must be {allowed}: rows were mixed up (say, by sorting some of the columns); undo that or restore the form",
    ),
    "problem.form_merged": (
        "作答单元格被合并进了别的单元格；请取消合并，各题分别作答",
        "this answer cell was merged into another; unmerge them and answer each question by itself",
    ),
    "problem.form_date": (
        "单元格是日期 {found}（键入 1-3 之类会被改成日期）；请清空，把格式改为“常规”，再重新作答",
        "the cell holds the date {found} (something like 1-3 turns into one); clear it, set its format to General and answer again",
    ),
    "problem.form_error_value": (
        "单元格是公式错误 {found}；请改填数值",
        "the cell holds the error {found}; enter a value",
    ),
    "problem.form_uncomputed": (
        "公式 {found} 没有计算结果；请用表格程序打开并保存一次，或直接填数值",
        "the formula {found} has no value; open and save the file with a spreadsheet program, or enter the value",
    ),
    "problem.form_yes_no": (
        "{question}：{found} 不可用；可用：{allowed}",
        "{question}: {found} is not allowed; allowed: {allowed}",
    ),
    "problem.form_state_and_options": (
        "{question}：整题选了 {found}，下面又答了选项；请只留其一",
        "{question}: the whole question says {found}, yet options are answered; keep only one",
    ),
    "problem.form_all_no": (
        "{question}：所有选项都是“否”，不知何意；请至少选一项“是”，或清空",
        "{question}: every option says no, which means nothing; answer at least one with yes, or clear them",
    ),
    "problem.form_half": (
        "{question}：没有一项选“是”，还有 {count} 项没填；按未答计",
        "{question}: no option has a yes and {count} are blank; counted as open",
    ),
    "problem.spark_form": (
        "表单不在 Spark 上评分；请去掉 --engine spark",
        "forms are not scored on Spark; leave out --engine spark",
    ),
    "batch.mixed": (
        "输入中有 {forms} 份表单和 {tables} 个数据文件：每份表单一条记录，数据文件每行一条",
        "forms: {forms}, tables: {tables}; each form is one record, and so is each row of a table",
    ),
    "problem.form_stray": (
        "{found} 写在了没有题目的行里；请移到题目所在行",
        "{found} stands in a row without a question; move it to the question's row",
    ),
    # ── scoring profiles ─────────────────────────────────────────────────────────────────────────────
    "problem.unknown_profile": (
        "{model} 没有评分方案 {found}；现有：{allowed}；自己的方案文件请写路径，如 ./{found}.yaml{hint}",
        "{model} has no scoring profile {found}; there is: {allowed}; for a file of your own write its path, say ./{found}.yaml{hint}",
    ),
    "problem.profile_model": (
        "评分方案是为 {found} 写的，这里用的是 {allowed}；一次运行只用一个方案，请分开运行",
        "the scoring profile is for {found}, and this is {allowed}; one profile holds for a whole run: run them apart",
    ),
    "problem.profile_file_name": (
        "文件里写的方案是 {found}，文件名却是 {allowed}",
        "the file says {found}, its name says {allowed}",
    ),
    "problem.profile_twice": (
        "评分方案 {found} 有两个：另一个在 {first}；请改掉其中一个的 id 和文件名",
        "there are two scoring profiles {found}: the other is {first}; give one of them another id and file name",
    ),
    "problem.profile_changes_nothing": (
        "这个评分方案没有改变 {model} 的任何计分规则",
        "this scoring profile changes nothing that decides a result of {model}",
    ),
    "problem.profile_other_kind": (
        "{found} 在模型里属于 {section}；请写在 {section} 下",
        "{found} is one of the model's {section}; write it under {section}",
    ),
    "problem.profile_question": (
        "评分方案不能换题目：写的是 {found}，该指标的题目是 {allowed}",
        "a scoring profile keeps the question: found {found}, the indicator's is {allowed}",
    ),
    "problem.profile_official": (
        "标为 official 须写明出自哪份文件：请加 source，并在 sources 里列出",
        "official needs the document that says so: give its source, and list it under sources",
    ),
    "problem.profile_left_out_changed": (
        "{found} 既去掉又修改；请只留一样",
        "{found} is left out and changed; keep one of the two",
    ),
    "problem.profile_gate_there": (
        "模型已有门槛 {found}；要修改它请写在 gates 下，要新增请换一个 id",
        "the model has a gate {found}; to change it write it under gates, to add one give it another id",
    ),
    "problem.profile_source_there": (
        "模型已有来源 {found}，直接写 source: {found} 即可；要列另一份文件请换一个 id",
        "the model has a source {found}: source: {found} is enough; give another document another id",
    ),
    "problem.diff_without_profile": (
        "--diff 显示评分方案改了什么；请同时给出 --profile",
        "--diff shows what a scoring profile changes; give --profile as well",
    ),
    "opt.profile": (
        "评分方案（默认无）：该版本 profiles/ 里的 id，或方案文件的路径；对整次运行有效",
        "Scoring profile: an id in the edition's profiles/, or the path of a file; holds for the whole run; by default none",
    ),
    "model.show.diff": (
        "只列出评分方案改了什么：原值与新值",
        "Only what the scoring profile changes: old and new values",
    ),
    "profile.name": ("评分方案", "Scoring profile"),
    "profile.fact": ("评分方案：{name}", "scoring profile: {name}"),
    "profile.note": (
        "按评分方案“{name}”计分，与 {model} 有 {count} 处规则不同；这不是该版本本身的得分和等级。",
        "Scored with the profile {name}, whose rules differ from {model} (values: {count}): not a score or level of the edition itself.",
    ),
    "profile.there_are": (
        "可用的评分方案：{names}；用 --profile ID --diff 看它改了什么",
        "scoring profiles: {names}; --profile ID --diff shows what one changes",
    ),
    "profile.title": ("评分方案的改动", "What the scoring profile changes"),
    "profile.value": ("规则", "Rule"),
    "profile.was": ("原值", "Was"),
    "profile.is": ("新值", "Is"),
    "profile.file": ("方案文件", "Profile file"),
    "profile.digest_without": ("原规则摘要", "Digest without it"),
    "profile.digest_with": ("新规则摘要", "Digest with it"),
    "profile.added": ("新增", "added"),
    "profile.left_out": ("去掉", "left out"),
    "profile.grade": ("{grade} 级", "grade {grade}"),
    "profile.key.weight": ("权重 %", "weight %"),
    "profile.key.na": ("可填不适用", "not applicable allowed"),
    "profile.key.score": ("得分不低于", "score from"),
    "profile.key.needs": ("至少", "needs"),
    "profile.key.grade": ("计数的场景等级", "grade that counts"),
    "profile.key.at_most": ("不适用至多", "not applicable at most"),
    "profile.key.scoring": ("计分方式", "way of scoring"),
    "profile.key.out_of": ("满分", "full points"),
    "profile.key.closed": ("档位含哪一端", "end that a band contains"),
    "profile.key.points": ("分值", "points"),
    "profile.key.points_of": ("{of} 的分值", "points of {of}"),
    "profile.key.bands": ("分档", "bands"),
    "profile.key.bands_points": ("第 {number} 档分值", "points of band {number}"),
    "profile.key.bands_from": ("第 {number} 档下限", "lower end of band {number}"),
    "profile.key.bands_to": ("第 {number} 档上限", "upper end of band {number}"),
    "profile.key.knots": ("折点", "knots"),
    "profile.key.knots_at": ("第 {number} 个折点位置", "place of knot {number}"),
    "profile.key.knots_points": ("第 {number} 个折点分值", "points of knot {number}"),
    # ── cohorts ──────────────────────────────────────────────────────────────────────────────────────
    "cohort.help": (
        "很多结果的分布：计数、合并、发布、查看",
        "Distributions of many results: count, merge, publish, show",
    ),
    "cohort.build.help": (
        "由批量结果计出精确分布（机密文件）",
        "Count batch results exactly by industry, province and size (a confidential file)",
    ),
    "cohort.merge.help": ("把几份分布合成一份（机密文件）", "Add several cohorts up (a confidential file)"),
    "cohort.show.help": (
        "显示可公开的部分：家数、百分位、等级占比",
        "Show what may be published: numbers, percentiles, levels",
    ),
    "cohort.publish.help": ("写出可公开的部分；小单元隐去", "Write what may be published; small cells are withheld"),
    "cohort.results": (
        "bamai batch 写出的结果；用 --detail 写出的还计各指标",
        "Results of bamai batch; after --detail indicators are counted too",
    ),
    "cohort.output": (
        "写入的文件（.json）",
        "File to write (.json)",
    ),
    "cohort.model": (
        "结果按哪个模型打分；默认为 .parquet 自己写明的，.csv 须写",
        "Model that the results were scored by; by default what .parquet says itself, needed for .csv",
    ),
    "cohort.with_duplicates": (
        "重复编号的结果也计入（默认不计，只记数）",
        "Count results whose id came before (by default they are left out, and their number is told)",
    ),
    "cohort.created": (
        "文件中写明的日期，如 2026-03-31；默认今天",
        "Date that the file states, like 2026-03-31; by default today",
    ),
    "cohort.files": ("bamai cohort build 或 merge 写出的文件", "Files of bamai cohort build or merge"),
    "cohort.file": ("分布文件", "Cohort file"),
    "cohort.min_cell": ("公开一个单元至少要有的家数", "Enterprises that a published cell must have"),
    "cohort.show_min_cell": (
        "公开一个单元至少要有的家数；默认 5，已公开的文件则为其自身的数",
        "Enterprises that a published cell must have; by default 5, for a published file its own number",
    ),
    "cohort.by_industry": (
        "行业：名称、标识或代码；默认全部",
        "Industry: name, id or code; by default all",
    ),
    "cohort.by_province": (
        "省份：名称、标识或代码；默认全部",
        "Province: name, id or code; by default all",
    ),
    "cohort.by_size": (
        "规模：标识或员工人数；默认全部",
        "Size: id, or a number of employees; by default all",
    ),
    "cohort.industry": ("行业", "Industry"),
    "cohort.province": ("省份", "Province"),
    "cohort.size": ("规模", "Size"),
    "cohort.per_industry": ("各行业总分", "Total score by industry"),
    "cohort.per_province": ("各省份总分", "Total score by province"),
    "cohort.per_size": ("各规模总分", "Total score by size"),
    "cohort.everything": ("全部企业", "all enterprises"),
    "cohort.of": ("{model} · {created}", "{model} · {created}"),
    "cohort.enterprises": ("{number} 家企业", "{number} enterprises"),
    "cohort.number": ("家数", "Enterprises"),
    "cohort.percentiles": ("百分位（分）", "Percentiles, in points"),
    "cohort.levels": ("等级占比", "Levels"),
    "cohort.rounded": ("为保密而取整", "rounded, so that no small number can be told"),
    "cohort.withheld_cell": (
        "不公开：不足 {least} 家，或会暴露不足 {least} 家的单元，或没有企业。",
        "Withheld: fewer than {least} enterprises, or it would give away a cell of so few, or there are none.",
    ),
    "cohort.withheld": (
        "未列出的单元没有企业、不足 {least} 家，或会使后者可由相减得出；“–”处的分位数，不高于或不低于它的企业不足 {least} 家。",
        "Cells that are not listed have no enterprise, fewer than {least}, or would let those be found by subtraction; a percentile is – where fewer than {least} have no more, or no less.",
    ),
    "cohort.counts": (
        "{results} 条结果：计入 {counted}，未答完 {incomplete}（不计），重复 {duplicates}（不计），计入的重复 {repeated}。",
        "Results: {results}; counted: {counted}; left out: incomplete {incomplete}, repeated {duplicates}; repeated among those counted: {repeated}.",
    ),
    "cohort.counted": (
        "{results} 条结果，计入 {counted} 条，分为 {cells} 个单元；未答完 {incomplete} 条、重复 {duplicates} 条不计",
        "results: {results}; counted: {counted}, cells: {cells}; left out: incomplete {incomplete}, repeated {duplicates}",
    ),
    "cohort.repeated": (
        "计入的结果中有 {count} 条编号重复",
        "results counted whose id came before: {count}",
    ),
    "cohort.notice": (
        "机密：含不足 5 家企业的单元，可由此推知单个企业；请勿外传，公开请用 bamai cohort publish",
        "confidential: it has cells of very few enterprises, which tell of single ones; do not pass it on, publish with bamai cohort publish",
    ),
    "cohort.published_notice": (
        "可公开：不足 {least} 家企业的单元及会暴露它们的单元已隐去；等级占比已取整",
        "may be published: cells of fewer than {least} enterprises, and those that would give them away, are withheld; shares of levels are rounded",
    ),
    "cohort.published": (
        "公开 {cells} 个单元；不足 {least} 家的单元及会暴露它们的单元已隐去",
        "cells published: {cells}; those of fewer than {least} enterprises, and those that would give them away, are withheld",
    ),
    "score.cohort": (
        "与这份分布中的可比企业对照（bamai cohort 写出，机密或公开的均可）；默认不对照",
        "Compare with the enterprises of this cohort (of bamai cohort, confidential or published); by default with none",
    ),
    "report.cohort": ("在可比企业中的位置", "Among comparable enterprises"),
    "report.cohort_of": ("数据截至 {created}", "as of {created}"),
    "report.cohort_total": (
        "总分高于 {number} 家可比企业中的 {share}（{cell}）。",
        "The total score is higher than {share} of {number} comparable enterprises: {cell}.",
    ),
    "report.cohort_rank": ("高于 {share}", "higher than {share}"),
    "report.cohort_span": ("{low}%～{high}%", "{low}–{high} %"),
    "report.cohort_published": (
        "只公开了百分位，所以占比只知道范围。",
        "Only percentiles were published, so the share is known as a range.",
    ),
    "report.cohort_widened": (
        "条件全同的企业太少，比较时不计：{axes}。",
        "Too few enterprises are alike in everything; not regarded: {axes}.",
    ),
    "report.cohort_widened_published": (
        "条件全同的企业太少，或未公开，比较时不计：{axes}。",
        "Too few enterprises are alike in everything, or these are withheld; not regarded: {axes}.",
    ),
    "report.cohort_unknown": (
        "未填写或未识别，比较时不计：{axes}。",
        "Not stated or not recognised, so not regarded: {axes}.",
    ),
    "report.cohort_open": (
        "还有问题未答，尚无总分可比。",
        "Questions are open, so there is no score to compare yet.",
    ),
    "report.cohort_few": (
        "可比企业只有 {number} 家，太少，不作比较。",
        "Enterprises that could be compared: {number}; too few to say anything.",
    ),
    "problem.cohort_no_parts": ("文件夹中没有 .parquet 文件", "there is no .parquet file in this folder"),
    "problem.cohort_unreadable": ("无法读取：{why}", "cannot be read: {why}"),
    "problem.cohort_suffix": (
        "{found} 不是结果文件；可用：{allowed}（bamai batch -o 写出）",
        "{found} is no results file; allowed: {allowed} (written by bamai batch -o)",
    ),
    "problem.cohort_needs_model": (
        "文件没有写明按哪个模型打分；请加 --model",
        "the file does not say which model it was scored by; add --model",
    ),
    "problem.cohort_other_rules": (
        "结果按 {found} 打分，而现有规则是 {allowed}；请重新打分，或用 --rules、--profile 指明当时的规则",
        "the results were scored by {found}, but the rules here are {allowed}; score again, or name those rules with --rules or --profile",
    ),
    "problem.cohort_column_twice": ("列 {column} 出现两次", "column {column} stands twice"),
    "problem.cohort_column": (
        "缺少 {model} 结果应有的列 {column}{hint}",
        "column {column}, which results of {model} have, is missing{hint}",
    ),
    "problem.cohort_value": (
        "第 {row} 行的 {column} 是 {found}；可用：{allowed}",
        "{column} of row {row} is {found}; allowed: {allowed}",
    ),
    "problem.cohort_date": ("日期 {found} 不可用；请写成 2026-03-01", "{found} is no date; write 2026-03-01"),
    "problem.cohort_key_twice": ("键 {found} 写了两次", "key {found} stands twice in one object"),
    "problem.cohort_sum": ("合计是 {found}，应为 {allowed}", "adds up to {found}, must be {allowed}"),
    "problem.cohort_order": ("数值必须递增", "values must increase"),
    "problem.cohort_cell_twice": ("单元 {found} 出现两次", "cell {found} is there twice"),
    "problem.cohort_twice": (
        "同样的 {results} 条结果已在 {first} 中；每份数据只能计一次",
        "the same results ({results}) are in {first} already; each must be counted once",
    ),
    "problem.cohort_mixed": (
        "按 {found} 打分，而 {first} 按 {allowed}；不同版本的结果不能合并",
        "scored by {found}, but {first} by {allowed}; results of different rules cannot be added up",
    ),
    "problem.cohort_sizes": (
        "规模分组是 {found}，而 {first} 是 {allowed}；请用同一份 vocabulary.yaml 重新生成",
        "the sizes are {found}, but in {first} {allowed}; build both with the same vocabulary.yaml",
    ),
    "problem.cohort_shape": (
        "所列数值与 {first} 不一致；请用同一版本的规则重新生成",
        "holds other values than {first}; build both by the same rules",
    ),
    "problem.cohort_min_cell": (
        "这是按 --min-cell {allowed} 公开的文件，不能再按 {found} 隐去；请用 bamai cohort build 或 merge 写出的文件",
        "this file was published with --min-cell {allowed} and cannot be withheld by {found}; use one of bamai cohort build or merge",
    ),
    "problem.cohort_published": (
        "这是已公开的文件，缺少隐去的部分；请用 bamai cohort build 或 merge 写出的文件",
        "this is a published file, which lacks what was withheld; use one of bamai cohort build or merge",
    ),
    "problem.cohort_group": (
        "没有这个{axis}：{found}；可用：{allowed}{hint}",
        "there is no such group ({axis}): {found}; allowed: {allowed}{hint}",
    ),
    "problem.cohort_too_small": (
        "总共不足 {allowed} 家企业，不能公开任何内容",
        "there are fewer than {allowed} enterprises altogether; nothing can be published",
    ),
    "problem.cohort_digest": (
        "这份分布按 {found} 打分，答卷按 {allowed}；规则不同，不能对照",
        "the cohort was scored by {found}, this enterprise by {allowed}; by different rules they cannot be compared",
    ),
    "problem.cohort_other_sizes": (
        "这份分布的规模分组与这里的 vocabulary.yaml 不同；不能对照",
        "the cohort's sizes begin elsewhere than those of vocabulary.yaml here; they cannot be compared",
    ),
    # ── industries and policies ──
    "problem.target_of": (
        "只有目标（statistic: target）才能写 target_of，此处为 {found}",
        "target_of is for targets (statistic: target) only; this is {found}",
    ),
    "problem.provision_says": (
        "一条规定要么写 figure（对标数据的标识），要么写 text，二者取一",
        "a provision has either figure (the id of a benchmark) or text, one of the two",
    ),
    "problem.provision_by": (
        "{found} 的年份就是该目标的 as_of，此处不写 by",
        "the year of {found} is its as_of; by is not written here",
    ),
    "problem.provision_target": (
        "{found} 不是目标（statistic: target）",
        "{found} is not a target (statistic: target)",
    ),
    "problem.unknown_industry": (
        "不认识的行业“{found}”：不影响得分，只是没有行业目标可比{hint}",
        "unknown industry “{found}”: the score does not depend on it, but there are no targets of an industry{hint}",
    ),
    "problem.no_such_industry": (
        "没有行业“{found}”；bamai industry list 列出全部{hint}",
        "no industry “{found}”; bamai industry list has them all{hint}",
    ),
    "problem.no_such_policy": (
        "没有文件“{found}”；bamai policy list 列出全部{hint}",
        "no document “{found}”; bamai policy list has them all{hint}",
    ),
    "statistic.of": ("{target}（{kind}）", "{target} ({kind})"),
    "report.within": ("属{names}", "within {names}"),
    "report.by": ("{date} 目标", "by {date}"),
    "report.target_for": ("目标年份 {date}", "target for {date}"),
    "report.target_done": ("已做到，目标 {share}", "you do; target {share}"),
    "report.target_undone": ("尚未，目标 {share}", "not yet; target {share}"),
    "report.target_gap": ("{ours}（{gap}）", "{ours} ({gap})"),
    "report.cited": ("；{policy}：{by} 年目标 {target}", "; {policy}: target for {by} {target}"),
    "report.policies": ("政策目标", "Policy targets"),
    "report.policies_note": ("针对全体或本行业，不影响得分", "for all or for this industry; they change no score"),
    "table.target": ("目标", "Target"),
    "table.sets": ("内容", "Sets"),
    "table.by": ("年份", "By"),
    "table.target_of": ("目标所指", "Target of"),
    "table.industries": ("行业", "Industries"),
    "table.code": ("代码", "Code"),
    "table.aliases": ("别名", "Also called"),
    "table.date": ("日期", "Date"),
    "table.document": ("文件", "Document"),
    "table.issuer": ("发布", "Issuer"),
    "table.doc_number": ("文号", "Number"),
    "table.address": ("地址", "Address"),
    "table.for": ("适用", "For"),
    "table.figures": ("公布数据", "Figures"),
    "table.documents": ("政策文件", "Documents"),
    "policy.for": ("适用：{whom}", "for: {whom}"),
    "policy.checked": ("{address}（{date} 打开过）", "{address} (opened on {date})"),
    "policy.unchecked": ("{address}（地址未核对）", "{address} (address not checked)"),
    "policy.undated": ("未见", "not seen"),
    "policy.nothing": ("只收录出处，内容未读", "only where it is to be found; its content was not read"),
    "policy.help": ("政策文件：设定了什么，针对谁，到何时", "Policy documents: what they set, for whom, by when"),
    "policy.list.help": ("列出文件，新的在前", "List the documents, newest first"),
    "policy.list.industry": (
        "只列适用于该行业的文件：标识、名称或别名；默认全部",
        "Only documents for this industry: id, name or alias; by default all",
    ),
    "policy.show.help": ("一份文件的全部内容", "One document in full"),
    "policy.show.id": ("文件的标识，见 policy list", "id of the document, see policy list"),
    "policy.none": ("没有适用的文件", "there are no documents for it"),
    "opt.list_format": ("标准输出的格式；默认 text", "Format on stdout; by default text"),
    "industry.help": ("行业：名称、所属、目标与政策文件", "Industries: names, sectors, targets and policy documents"),
    "industry.list.help": ("列出全部行业", "List all industries"),
    "industry.show.help": (
        "一个行业的名称、公布数据、目标与文件",
        "Names, published figures, targets and documents of an industry",
    ),
    "industry.show.name": ("标识、代码、名称或别名", "id, code, name or alias"),
    "industry.divisions": ("国民经济行业大类", "Divisions of the national classification"),
    "industry.sectors": ("日常所用的行业说法", "Everyday names of sectors"),
    "industry.scoring": (
        "行业只选择目标、政策与分组，不改变得分",
        "An industry chooses targets, policies and groups; it changes no score",
    ),
    "score.industry": (
        "按该行业比较目标与政策（标识、名称或别名），不改变得分；默认为文件中所写的行业",
        "Industry (id, name or alias) whose targets and policies to compare with; by default the file's own; no score changes",
    ),
    # ── hostile input ────────────────────────────────────────────────────────────────────────────────
    "problem.too_many_mistakes": (
        "错误已有 {limit} 处，不再往下看；请核对是不是拿错了文件",
        "{limit} mistakes; what follows was not looked at. Is it the right file?",
    ),
    "problem.more_mistakes": ("另有 {count} 处错误", "and further mistakes: {count}"),
    "problem.header_too_long": (
        "表头超过 {limit} MB；请核对文件名，或只留用得到的列",
        "the header is longer than {limit} MB; check the file, or keep only the columns that are used",
    ),
    "problem.cohort_too_large": (
        "文件超过 {limit} MB，不像一份分布；请核对文件名",
        "larger than {limit} MB, so hardly a cohort; check the name",
    ),
    "problem.cohort_too_wide": (
        "行业 × 省份 × 规模有 {found} 种组合，超过 {most}，不能逐一核对可公开的单元；请用较粗的分组重新生成",
        "{found} combinations of industry, province and size are more than {most}, too many to find out what may be published; build it with coarser groups",
    ),
}
