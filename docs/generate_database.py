"""Write docs/database.md and docs/zh/database.md from the tables' own words: python docs/generate_database.py."""

from pathlib import Path

from afterservice_cli.language import LANGUAGES, translated
from afterservice_cli.store.copies.copying import OWN_KEYS
from afterservice_cli.store.copies.described import TABLES, columns_of, standing_of, what
from afterservice_cli.store.schema import KEYS

HERE = Path(__file__).parent
TYPES = {int: "INTEGER", float: "REAL", str: "TEXT", bytes: "BLOB"}

HEAD = {
    "en": """\
# The database: tables for other programs

[中文](zh/database.md)

Written by `docs/generate_database.py` from `store/copies/described.py`; a test fails when it has drifted.

A desk is one SQLite file, and `sqlite3`, Datasette, DuckDB or pandas can read it. There are two ways:

- **A copy**: `afterservice export --sqlite FILE` writes the public tables below as plain tables, without anything
  personal. It is for whoever analyses, and the one to pass on.
- **The desk itself**, opened to be read: `sqlite3 -readonly afterservice.db`. The same names say the same there, but
  it holds what is personal, too. Whoever writes into it breaks the chain, and `afterservice check` says so.

**What can be relied on.** Tables and columns that are *public* keep their names and meaning; a change of one stands
in the changelog. The others are the program's own and change as it likes. What is *personal* is in no copy.

**What a copy holds.** Cases, deadlines, tasks, what happened (`log`), decisions, outcomes, amounts, scores, problems,
measures, duties, and the titles of ids (`labels`); beside them `about`, which has the sentences of this page, and
`origin`: the desk, its time zone, when the copy was made, and the head of the history, which `afterservice check
--head` takes. It holds no customer's name, no contact, no text that anybody wrote, no number that a case had at its
source, no file name, no field that the rulebook declares personal (nor what was recorded of one before it did), and
no key by which imported rows are known again. **It does tell who worked at the desk**: by user names, in `actor`,
`person` and `done_by`. Events are in it as rows of `log`, without their bodies: these are in a form of the program's
own, and what they say stands in the other tables. A copy is written in one go into a new file: nothing personal was
ever in it that could be found between its pages. While it is written, others go on recording.

**Times** are UTC, as texts that compare: `2026-10-12T01:00:00Z`. `origin` has the zone of the desk. Truths are 1 and
0. Ids stand for titles, which `labels` has in both languages. Empty means NULL, unless the column says otherwise.

## Examples

They run as they stand, at a copy and at a desk; a test runs them.

Open cases by category, with titles:

```sql
SELECT labels.en AS category, count(*) AS cases
FROM cases JOIN labels ON labels.what = 'category' AND labels.id = cases.category
WHERE NOT cases.ended
GROUP BY cases.category ORDER BY cases DESC, category;
```

Hours from receipt to the first response, by channel:

```sql
WITH first AS (
  SELECT case_id, min(at) AS at FROM log WHERE word = 'responded' GROUP BY case_id
)
SELECT channel, count(*) AS cases, round(avg((julianday(first.at) - julianday(registered_at)) * 24), 1) AS hours
FROM cases JOIN first USING (case_id) GROUP BY channel ORDER BY channel;
```

Deadlines with an end, by target (what stood still before it was due is not missed; a report counts as missed,
too, what is open and overdue, which has neither `outcome` nor `ended_at`):

```sql
SELECT target, sum(NOT late) AS met, sum(late) AS missed
FROM (
  SELECT target, outcome = 'missed' OR (ended_at > due_at AND coalesce(paused_at, due_at) >= due_at) AS late
  FROM deadlines JOIN cases USING (case_id)
  WHERE counts AND status <> 'void' AND (outcome = 'missed' OR (outcome = '' AND ended_at IS NOT NULL))
)
GROUP BY target ORDER BY target;
```

Cases by a field of one's own:

```sql
SELECT value AS tier, count(*) AS cases FROM case_fields WHERE field = 'tier' GROUP BY value ORDER BY value;
```

What was given with resolved cases, by disposition:

```sql
SELECT disposition, gives, sum(amount) AS amount
FROM amounts JOIN cases USING (case_id)
WHERE status IN ('resolved', 'confirmed', 'closed') AND resolved_at IS NOT NULL
GROUP BY disposition, gives ORDER BY disposition;
```

**`sqlite3`**: `sqlite3 -readonly -header -column copy.db "SELECT status, count(*) FROM cases GROUP BY status"`

**Datasette**: `datasette copy.db`. It follows `case_id` and `problem` to what they name.

**DuckDB** reads the course of cases, `afterservice export -o log.jsonl`:

```duckdb
SELECT status, count(*) AS cases FROM 'log.jsonl' GROUP BY status ORDER BY status
```

**pandas**:

```python
import sqlite3
import pandas as pd

with sqlite3.connect("file:copy.db?mode=ro", uri=True) as db:
    cases = pd.read_sql("SELECT * FROM cases", db, parse_dates=["registered_at", "closed_at"])
print(cases.groupby("category").size())
```

## The course of cases

`afterservice export --format csv|jsonl|xes|ocel`, or `-o FILE` with `.csv`, `.jsonl`, `.xes` or `.json`, writes what
happened in cases for programs that look into processes (PM4Py, ProM, Disco, Celonis). `--where` chooses cases as
everywhere; without it all are in it, closed and void ones, too. Cases are read in parts: the file may be of any size,
and others go on working.

- **csv**: a row an event, with the case beside it (`case`, `activity`, `at`, `by`, `team`; `case.status`…; `facts` is
  JSON).
- **jsonl**: a line a case, with its `events`.
- **xes**: XES, IEEE 1849-2016: a trace a case. `concept:name` is the event's word, `org:resource` who recorded it,
  `org:group` the team whose the case was.
- **ocel**: OCEL 2.0 JSON: cases, customers (as random ids), products, people, teams and problems as objects of the
  same events.

What was taken back is not in it, nor the taking back; steps stand in the order in which they happened. `label` is the
event in your language. What is personal is left out, as in a copy, unless you write `--reveal`: then names, contacts,
texts and personal fields are in it, and it is noted who got them.

```python
import pm4py

log = pm4py.read_xes("log.xes")
print(pm4py.get_start_activities(log))
ocel = pm4py.read_ocel2("log.json")
print(ocel.get_summary())
```

## Public tables and views
""",
    "zh": """\
# 数据库：供其他程序使用的表

[English](../database.md)

本页由 `docs/generate_database.py` 根据 `store/copies/described.py` 生成；与程序不符时测试不通过。

台账是一个 SQLite 文件，`sqlite3`、Datasette、DuckDB、pandas 都能读。有两种用法：

- **副本**：`afterservice export --sqlite FILE` 把下面公开的表写成普通的表，不含任何个人信息。做分析用它，要给别人也
  给它。
- **台账本身**，只读打开：`sqlite3 -readonly afterservice.db`。同名的表和列意思相同，但里面还有个人信息。直接往里写会
  破坏链条，`afterservice check` 会指出来。

**哪些靠得住。** *公开*的表和列，名称和意思都不会变；要变会写进更新日志。其余的是程序自用的，随时可能变。*个人*的不进
副本。

**副本里有什么。** 工单、时限、任务、经过（`log`）、判定、结论、金额、评分、问题、措施、例行工作，以及编码的名称（
`labels`）；另有 `about`，就是本页的说明；还有 `origin`：台账名、时区、副本制作时间，以及历史记录的末条，可供
`afterservice check --head`
核对。里面没有客户姓名、联系方式、任何人写的文字、工单在来源处的编号、文件名，没有规则文件声明为个人信息的字段（声明之前记下的也没有），也没有用来认出导入行的密钥摘要。**但能看出谁处理过**：
`actor`、`person`、`done_by` 里是用户名。事件以 `log` 中的一行出现，不带内容：内容是程序自用的格式，要知道的在其他表
里都有。副本一次写成一个新文件：个人信息从未写进去过，页与页之间也找不到。写副本期间，别人照常记录。

**时间**是 UTC，写成可以直接比较的文字：`2026-10-12T01:00:00Z`。台账的时区在 `origin` 里。是与否写作1和0。编码的名称
查 `labels`，两种语言都有。空即 NULL，列中另有说明的除外。

## 例子

照原样就能运行，副本和台账都行；测试会逐一运行。

处理中的工单按分类计数，带名称：

```sql
SELECT labels.zh AS category, count(*) AS cases
FROM cases JOIN labels ON labels.what = 'category' AND labels.id = cases.category
WHERE NOT cases.ended
GROUP BY cases.category ORDER BY cases DESC, category;
```

各渠道从受理到首次响应的小时数：

```sql
WITH first AS (
  SELECT case_id, min(at) AS at FROM log WHERE word = 'responded' GROUP BY case_id
)
SELECT channel, count(*) AS cases, round(avg((julianday(first.at) - julianday(registered_at)) * 24), 1) AS hours
FROM cases JOIN first USING (case_id) GROUP BY channel ORDER BY channel;
```

已有结果的时限，按时与超时各多少（到期前就停表的不算超时；到期还没完成的，
`outcome` 和 `ended_at` 都为空，报表也算超时）：

```sql
SELECT target, sum(NOT late) AS met, sum(late) AS missed
FROM (
  SELECT target, outcome = 'missed' OR (ended_at > due_at AND coalesce(paused_at, due_at) >= due_at) AS late
  FROM deadlines JOIN cases USING (case_id)
  WHERE counts AND status <> 'void' AND (outcome = 'missed' OR (outcome = '' AND ended_at IS NOT NULL))
)
GROUP BY target ORDER BY target;
```

按自己的字段计数：

```sql
SELECT value AS tier, count(*) AS cases FROM case_fields WHERE field = 'tier' GROUP BY value ORDER BY value;
```

已解决工单的给付，按处理方式：

```sql
SELECT disposition, gives, sum(amount) AS amount
FROM amounts JOIN cases USING (case_id)
WHERE status IN ('resolved', 'confirmed', 'closed') AND resolved_at IS NOT NULL
GROUP BY disposition, gives ORDER BY disposition;
```

**`sqlite3`**：`sqlite3 -readonly -header -column copy.db "SELECT status, count(*) FROM cases GROUP BY status"`

**Datasette**：`datasette copy.db`。点 `case_id` 和 `problem` 能跳到所指的工单和问题。

**DuckDB** 读工单的经过，`afterservice export -o log.jsonl`：

```duckdb
SELECT status, count(*) AS cases FROM 'log.jsonl' GROUP BY status ORDER BY status
```

**pandas**：

```python
import sqlite3
import pandas as pd

with sqlite3.connect("file:copy.db?mode=ro", uri=True) as db:
    cases = pd.read_sql("SELECT * FROM cases", db, parse_dates=["registered_at", "closed_at"])
print(cases.groupby("category").size())
```

## 工单的经过

`afterservice export --format csv|jsonl|xes|ocel`，或 `-o FILE`（`.csv`、`.jsonl`、`.xes`、`.json`）
，写出工单里发生过的事，供流程分析软件（PM4Py、ProM、Disco、Celonis）使用。`--where` 照常筛选工单；不写则全部都有，包
括已归档和已作废的。工单一批一批地读：文件多大都行，别人照常工作。

- **csv**：一个事件一行，旁边是工单的情况（`case`、`activity`、`at`、`by`、`team`，`case.status`……；`facts` 是 JSON）。
- **jsonl**：一件工单一行，事件在 `events` 里。
- **xes**：XES，IEEE 1849-2016：一件工单一条轨迹。`concept:name` 是事件名，`org:resource` 是记录人，`org:group` 是当
  时负责的部门。
- **ocel**：OCEL 2.0 JSON：工单、客户（随机编号）、产品、人员、部门、问题都是对象，与同一批事件相关联。

已撤回的不在里面，撤回这一步也不在；各步按发生的先后排列。`label` 是事件在所用语言里的名称。个人信息不写出，与副本一
样；写上 `--reveal` 才有姓名、联系方式、文字和个人字段，并且会记下是谁取走的。

```python
import pm4py

log = pm4py.read_xes("log.xes")
print(pm4py.get_start_activities(log))
ocel = pm4py.read_ocel2("log.json")
print(ocel.get_summary())
```

## 公开的表和视图
""",
}
OTHERS = {
    "en": ("## The program's own tables, and personal ones", "| column | type | what it says |", "view", "key: {}"),
    "zh": ("## 程序自用的表和个人信息的表", "| 列 | 类型 | 说明 |", "视图", "主键：{}"),
}
STANDING = {
    "en": {"own": "the program's own", "personal": "personal"},
    "zh": {"own": "程序自用", "personal": "个人信息"},
}


def pages() -> dict[str, str]:
    """The text of each page by its file's name."""
    return {"database.md": page("en"), "zh/database.md": page("zh")}


def page(language: str) -> str:
    """The page in a language: what is public, then all else."""
    parts = [HEAD[language]]
    parts += [section(name, language) for name, table in TABLES.items() if table.standing == "public"]
    parts.append(f"{OTHERS[language][0]}\n")
    parts += [section(name, language) for name, table in TABLES.items() if table.standing != "public"]
    return "\n".join(parts)


def section(name: str, language: str) -> str:
    """A table of the columns of one table or view."""
    _, head, view, key_is = OTHERS[language]
    key = OWN_KEYS.get(name, KEYS[name]) if name in KEYS else view
    marks = [] if name in KEYS else [view]
    if name in KEYS:
        marks.append(key_is.format(", ".join(f"`{one}`" for one in ((key,) if isinstance(key, str) else key))))
    if TABLES[name].standing != "public":
        marks.append(STANDING[language][TABLES[name].standing])
    brackets = "（{}）" if language == "zh" else " ({})"
    said = translated(TABLES[name].says, language) + brackets.format(("；" if language == "zh" else "; ").join(marks))
    lines = [f"### `{name}`", "", said, "", head, "|---|---|---|"]
    for column, kind in columns_of(name).items():
        standing, told = standing_of(name, column), translated(what(name, column), language)
        if standing != TABLES[name].standing:
            told += brackets.format(STANDING[language][standing])
        lines.append(f"| `{column}` | {TYPES[kind]} | {told} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    assert {*HEAD} == {*LANGUAGES}
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
