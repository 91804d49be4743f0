"""Writes docs/rulebook.md, profiles.md and events.md, in Chinese under zh/: python docs/generate_reference.py.

The tables come from the code that they describe, their Chinese from its catalogue; what stands above them is here.
"""

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from afterservice_cli.cases.bodies import NESTED
from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events import EVENT_WORDS, KINDS
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake import profile
from afterservice_cli.language import speaking, spoken, tr
from afterservice_cli.rulebook import schema
from afterservice_cli.rulebook.keys import Key, Section, to_plain
from afterservice_cli.rulebook.schema_types import Keys, MapOf, Shape

HERE = Path(__file__).parent
Sections = dict[type[Section], tuple[str, Keys[Any]]]

RULEBOOK = """# The rulebook: every key

[中文](zh/rulebook.md)

A rulebook is one YAML file. It says what the desk's categories, priorities, owners, deadlines and working hours are,
and which words in a text lead to which; the program itself knows none of it. `rules/customer-feedback.yaml` is a
complete one, and the [guide](rulebook-guide.md) ([中文](zh/rulebook-guide.md)) writes one step by step. The desk works
by the snapshot it adopted last, so an edit counts from the next `afterservice rules adopt` on; `rules check` names
every fault of a file as `file:line:column`, and tries the file's own examples and cases.

**How a text is read.** Texts and phrases are compared after Unicode normalisation (full-width `ＡＰＰ` is `app`) and
without regard to case; `can’t` is `can't`, a run of blanks or line ends is one blank, and beside a Chinese sign none;
invisible signs are no signs. A phrase is a piece of text; one that begins or ends with a Latin letter or a digit does
so where the word or the number does: `app` is not in `happy`. One with a comma or quotation marks of its own stands in
YAML's: `"no, thanks"`. The category with the most distinct phrases in a text wins (one within a longer one is no more);
of two with as many, the one with more of the text, then the earlier in the file. A phrase under `unless` rules the
category out, whether it counts there or not. A condition under a category's `when` comes before all phrases: the first
category with one that holds gets the case, unless the text has a phrase of its `unless`. Of the priorities, the first
counts of which any one condition holds. What no rule places gets what `default` says, and is listed as unclassified.

**Patterns.** A phrase may have gaps within a sentence, `~` of up to 2 signs, `…` (or `...`) of up to 6, `……` of up to
14, at most two of them; `(a|b)`, of which one stands there, `(a|)` perhaps; `‹bad›` (or `<bad>`), a word of that group
under `words`; and `‹number›`, in digits or Chinese. Written out without its gaps, a pattern has at most 1,000 phrases.

**What does not count.** A phrase counts for nothing where the words before it deny it (没有划痕, 不是故障, *no
scratch*), with all that is listed after them; nor in a clause with praise; nor for a category before words with which
the case says that it is settled. What denies and is denied itself counts (不是没有), and so does a clause that asks,
supposes, wishes or reports (是不是漏电). A pattern that takes the denial in is not denied by it: `(没有|不|)退款`.
The words for all of that stand under `reading` if a rulebook has others; `‹default›` in a list there keeps what it has.
`explain` names what does not count, and why.

**How a condition is read.** All its keys must hold. `match`, `unless`, `any`, `all` and `not` are those below; every
other key is a field of the case (`channel`, `kind`, `category`, `product`, or one under `fields`) with the value or
values it may have. A category stands for all below it. `within` names limits that must not be over;
`otherwise: true` asks, under a disposition, that none of the others is possible. Numbers, dates and times are compared:
`price: {at_least: 1000}`, `bought_on: {under: 2026-01-01}` is before that day, `hoped_for: {at_most: 2026-05-08}` by
the end of it, `{over: 2026-05-08 18:00}` after that time at the desk.
A field cannot be called what already means something in one of these places: another key of a condition or an example,
a fact of a plan, a word that messages fill in.

**What a field may hold.** A field goes by its id, or by its label in either language if no other field has that:
`--field 客户等级=VIP`. It holds one of its `values`, by id, label or alias; a text; a number; a date, `2026-05-08`; a
time, `2026-05-08 18:00` at the desk, for which a day alone is its close of business. Times are kept in UTC, as
`--json` prints them, and may stand wherever a date of a case may: a clock or a limit begins with one, `at:` makes one
a deadline. With `many: true` it holds several values or texts: `--field symptom=noise --field symptom=heat`, a list
in JSON, `;`, `；` or `、` between them in a file. A condition on it holds if any of them is wanted; an amendment
replaces them all.

**What phrases say of a field.** If nobody gives a field of one value, the first of its `values` that has a phrase under
`match` in the description gives it, before categories and priorities are asked for; `show` and `explain` name the
phrases. What a person or a file gives stays; else it is looked for again whenever the rules are run over a case anew.

**What is kept with the customer** (`of: customer`): a tier, a contract, the way they prefer. If a case says nothing of
it, what was said last in any other case of the same contact counts, as `show` and `explain` tell: "from 202610-001".
Said is what a registration, an import or an amendment gave, not what a case knew from an earlier one; a case that was
screened invalid, and what was taken back, says nothing. What a case has taken over stays, whatever is said later.

**Whose a case becomes.** The first entry of `assignment` that fits; else the team of the category, or of the nearest
above it that has one; else that of the product line; else the default's. It is asked again when a case is classified
anew or given back to the rules, not when it is amended or escalated; what a person said stays. `TEAM/PERSON` gives the
case to a person as well; under another rule for the same team, whoever has the case keeps it.

**Durations**: `30s`, `15m` and `24h` run on the clock, `90wm` and `8wh` in working time. `3d` ends with the third day,
`3wd` with the close of business of the third working day; the day it starts on is not counted.
Where several rules give one target a duration, the channel's counts before the kind's, the category's and the
priority's.

**Limits** are windows of the customer's, counted in days, working days, months or years (`7d`, `5wd`, `24mo`, `2y`)
from a date of the case. The day it starts on is not counted, a month without such a day ends with its last, and a
last day off is followed by the next working day. What lies within is the day on which the case was registered, or
another date. A product line may give a limit another length, and has to if it says `within: line`. `show` tells a
case's limits, `explain` how each was counted; nobody is late with one. A limit called `warranty` says whether a case
is under warranty, unless somebody has assessed or appraised that. Targets take no months.

**What YAML may not do here.** Aliases, merge keys, tags and keys that stand twice are refused, and every value is the
text as written: `NO` is a word, `12:30` is no number. A single value may stand for a list of one, and a title for an
entry that has nothing else.

**Two languages.** A title that is a plain text is the same in Chinese and English; `{zh: …, en: …}` gives both. English
titles and messages may also stand in a second file, `NAME.en.yaml` beside `NAME.yaml`: a tree of the same keys with
English texts, in which an entry's text is its title. `rules check`, `rules adopt` and `init` read it, and name what is
not in the rulebook.

```yaml
owners: {tech: Engineering}
categories: {product: {title: Product, children: {defect: Defect}}}
messages: {result: "Your case {case} is dealt with: {text}"}
```

**In an editor.** `afterservice rules schema > rulebook.schema.json` writes this page as JSON Schema. With
`# yaml-language-server: $schema=rulebook.schema.json` as its first line, a rulebook is completed and checked by most
editors while you type. What only the program can know, such as whether an owner exists, is left to `rules check`.
"""

PROFILE = """# Import profiles: every key

[中文](zh/profiles.md)

A profile is a YAML file that says how a table's columns become cases: `afterservice import FILE --profile
PROFILE.yaml`. The profiles under `examples/` are complete ones. It is checked against the rulebook in force
before the first row is read, and every fault is named as `file:line:column`.

**Our fields**, on the left under `columns`: `number` (the source's own number), `received_at`, `channel`, `kind`,
`customer`, `contact`, `product`, `description`, those under `fields` in the rulebook, and `category`, `priority`,
`owner` (a team, a person, or `TEAM/PERSON`) and `person` (who has the case) where the file says what the rules would
otherwise decide. With `fields: keep` a column that is called like a field of the rulebook, by id or label, is that
field.

**What tells rows apart.** The source's number, or else all columns under `identity` together with how often the same
values have come before in the file: reading a file again adds nothing, in any order. The profile's name is part of it,
so it should stay as it is.

**The file** is a CSV with commas, semicolons, tabs or vertical bars, packed (`.csv.gz`) or not, or a workbook
(`.xlsx`, `.xls`, `.ods`); `-` reads standard input. What it was read as is said. A first line `sep=;` names the
delimiter. The headings may stand below a title: they are looked for in the first 40 rows, and compared in any width,
case and blank, without a colon behind them and without `*` or （必填）.
They may stand over two rows, as merged cells do, groups above their parts (客户信息: 姓名, 电话): the
parts are the headings, and one that two groups have is called after its group (`经销商电话`).
UTF-8 (with or without a byte order mark), UTF-16 with one, and GB18030 are recognised; another
encoding is named: `encoding: big5`, or `--encoding` on the command line. A file that is damaged, or in an encoding
that nobody named, is refused with the line of its first doubtful byte. Of a workbook the sheet with the headings is
read, or the one under `sheet:` (`--sheet`); others that hold something are named, and if several have the headings
nobody guesses. Its dates are dates whatever `dates:` says of texts, and a number of more
than fifteen digits, whose last the spreadsheet has lost, is shown as it shows it.

**A row out of step**, with more or fewer cells than there are headings, is rejected, and so is one whose quotes are
not in order: that line alone, and reading goes on with the next. Empty cells at the end are passed over if every row
has them, or the headings do.

A column that the file has not says nothing about its field, an empty cell says that there is nothing; so do the words
under `empty`. `无`, `-`, `N/A`, `未留电话`, `拒绝提供`, `not given` and the like say so without being listed in a
contact, a number of the source, a date, a score and wherever only certain values can stand; in a customer's name
`匿名`, `佚名` and `尊敬的客户` do, too, but not `Null`, which is a name. `received_at` must be mapped,
have a default, or be given for the whole file by `import --received-at`; `number` or `identity` must be there.
The smallest profile:

```yaml
profile: shop
columns: {number: 单号, received_at: 时间, channel: 渠道, contact: 手机, description: 内容}
values: {channel: {热线: phone, 网店: website}}
dates: ["%Y-%m-%d %H:%M"]
```

**Rows that leave something behind** go to a rejects file with line, status and reason: `rejected` (no case), `conflict`
(the case was changed by hand since; the reason names the command that settles it), `flagged` (a case, less what was
impossible). Put right, it can be imported.
What looks like a duplicate, vague or invalid by the rulebook goes in and is pointed out: `afterservice list --suspect`.

**Cells** are read as spreadsheets leave them: `="007"` and `'007` are `007`, the number `1001.0` is `1001`; numbers
may have `1,234.50` and full width, scores a unit (`5分`, `五星`, `4/5`). Values and words of the rulebook are compared
in any width and case, with any hyphen, blanks left out; so is the source's number. What a spreadsheet has spoiled
(`1.39E+10`, `#N/A`)
is left out and reported, and so is `同上`, which only points to the cell above. A contact may hold several numbers,
and a name or a remark beside them (`021-58886666转803、139…`, `李四139…`): it is kept as it stands, and the customer is
known by each of the numbers. Hidden digits (`139****0001`) may be anybody's: such a contact makes nobody the same. All
faults of a row are told at once, each with its heading and what to write in the
profile.

**Dates**, those of fields as well, are read in the forms under `dates` and in no other: `iso` (`2026-10-31 09:00`),
`month-first`, `day-first`, `year-first` (also `2026年10月31日 下午 3:05`, `晚上8点半`, `PM 3:05`), `serial`
(`46326.375`, the days that a spreadsheet counts), or a format such as `%Y年%m月%d日 %H:%M`. Without an
offset they are in the desk's time zone. A day and its time in two columns are joined:
`received_at: {join: [报修日期, 报修时间]}`.

**What happened** to a case stands under `course`; an event is there if its `at` cell is filled. Time gives the
order, not the columns; a day alone, which midnight is, too, counts as on that day: not before the receipt, nor
before what leads to it. What is impossible, such as an answer before the question, is left out and reported; the
row becomes a case all the same. `status` reads a column that only says how far a case is; `means` turns words into
scores:

```yaml
course:
  - {event: acknowledged, at: 受理时间, promised: 预计解决时间}
  - {event: rated, at: 回访时间, score: 满意度, means: {非常满意: 5, 满意: 4}}
status:
  column: 处理状态
  means: {处理中: open, 待客户: paused, 已完成: [resolved, closed]}   # one that is not here is reported
  at: 完成时间
  undated: latest   # no cell filled: the latest time of the row
```

**A file of events** has a row for each, several for a case: `events` names the column that says what happened. The rows
of one `number` are one case, in any order, and one in the counts; its own facts come from the row that is `registered`.

```yaml
events: {column: 操作, means: {创建: registered, 回复: responded, 完成: resolved, 浏览: nothing}, at: 时间, text: 备注}
```

**Without a profile** `afterservice import FILE` suggests one: headings are known by their words in both languages,
by the rulebook's labels, and by what stands below (dates, telephones, words of the rulebook, free text). It says
which column is what, shows five rows as cases, asks at a terminal, and goes on elsewhere. What it would have to
guess it asks: 03/04/2026 (`--dates day-first`), dates in another form (`--dates '%y-%m-%d %H:%M'`), words that the
rulebook lacks, a missing column. 受理时间 is when a case came in, or, beside a column such as 投诉时间, when it was
acknowledged, with 预计解决时间 or 承诺时间 as what was promised. A file with a row for each event (操作类型: 创建,
回复…) is read as one. `--save-profile
FILE` keeps the suggestion, `--draft-profile` prints it with `?` for what is open. Rows keep their identity when it
is used as `--profile` later. Files that call number, receipt and description alike count as one source: give each
its own profile if they are two. A channel that the file lacks is taken to be the telephone, or else the rulebook's
first, and said.

**In an editor.** `afterservice rules schema --profile > profile.schema.json` writes this page as JSON Schema. Most
editors use it if the first line is `# yaml-language-server: $schema=profile.schema.json`.
"""

RULEBOOK_ZH = """# 规则文件：全部的键

[English](../rulebook.md)

一份规则文件就是一个YAML文件，写明台账有哪些类别、优先级、部门、时限和工作时间，哪些词归到哪里；程序本身一概不知道。
`rules/customer-feedback.yaml`是一份完整的规则文件，[入门](rulebook-guide.md)（[English](../rulebook-guide.md)）
带着一步一步写。台账按最近一次启用的快照办事，所以改动从下一次`afterservice rules adopt`起生效；`rules check`
指出文件里的全部错误，写成`文件:行:列`，并运行文件自带的样例和演练。

**文字怎么读。** 文字和关键词先按Unicode统一写法再比较（全角的`ＡＰＰ`就是`app`），不分大小写；`can’t`就是`can't`，
连续的空格或换行算一个空格，汉字旁边的不算；看不见的字符不算。关键词是一段文字；以英文字母或数字开头、结尾的，
要从整个单词或整个数字算起：`happy`里没有`app`。本身带逗号或引号的，放进YAML的引号里：`"no, thanks"`。
一段文字归到命中关键词最多的类别（包含在更长关键词里的不另算）；一样多的，看命中的字数，再看文件里的先后。
`unless`下的关键词一出现，不管算不算，都不归这个类别。类别的`when`下的条件先于所有关键词：第一个有条件成立的类别
得到工单，除非文字里有它`unless`下的关键词。优先级取第一个有条件成立的。没有规则适用的，按`default`办，并列为未分类。

**句式。** 关键词中间可以空几个字，不跨句：`~`最多2个，`…`（或`...`）最多6个，`……`最多14个，一条里最多空两处；
`(a|b)`是其中一个，`(a|)`可有可无；`‹bad›`（或`<bad>`）是`words`下这一组里的一个词；`‹number›`是一个数，数字或汉字。
不算空位，一条全部展开最多1000个关键词。

**什么不算。** 前面有否定词的不算（没有划痕、不是故障、*no scratch*），并列在后面的也不算；夸奖的分句里的不算；
客户说已经解决了，前面的不再用来分类。否定之否定照样算（不是没有），提问、假设、希望和转述的分句也照样算（是不是漏电）。
把否定词写在关键词里，就不会被它否定：`(没有|不|)退款`。这些词都可以在`reading`下另写；列表里写上`‹default›`，
原有的词就保留。`explain`会写明哪些不算，为什么。

**条件怎么读。** 各个键都要成立。`match`、`unless`、`any`、`all`和`not`见下文；别的键都是工单的字段
（`channel`、`kind`、`category`、`product`，或`fields`下的字段），后面写它可以有的一个或几个取值。
写一个类别，也包括它的全部下级。`within`写不能已过的期限；`otherwise: true`写在处理方式下，表示其他处理方式都不可行。
数字、日期和时间可以比较：`price: {at_least: 1000}`；`bought_on: {under: 2026-01-01}`是那天之前，
`hoped_for: {at_most: 2026-05-08}`是到那天结束为止，`{over: 2026-05-08 18:00}`是台账当地那个时间之后。
字段的标识不能用在这些地方已有意思的词：条件或样例的键、方案的内容、通知里的占位符。

**字段里写什么。** 可以用字段的标识，也可以用它任一语言的名称，只要没有别的字段同名：`--field 客户等级=VIP`。
取值是`values`里的一个，可写标识、名称或别的叫法；也可以是文字、数字、日期（`2026-05-08`）或时间
（`2026-05-08 18:00`，台账当地时间；只写日期的，算到那天下班）。时间按UTC保存，`--json`也这样输出；凡可用工单日期的地方
都可用时间：计时和期限从它起算，`at:`以它为截止时间。写了`many: true`的可以有几个取值或几段文字：
`--field symptom=noise --field symptom=heat`，JSON里写列表，文件里用`;`、`；`或`、`隔开。
条件只要求其中一个；更正则全部换掉。

**关键词给出的字段。** 只有一个取值的字段没有人填时，`values`里第一个在描述中有`match`关键词的取值就是它的值，
这在判断类别和优先级之前进行；`show`和`explain`写出是哪些关键词。人或文件给出的保持不变；
否则每次按规则重新判断时再找一遍。

**跟着客户走的字段**（`of: customer`）：客户等级、合同、希望的联系方式。工单没有写的，用同一联系方式的其他工单最近一次
说的，`show`和`explain`写明取自哪个工单。登记、导入或更正给出的才算说过，从以前的工单得知的不算；筛选为无效的、已撤回的
也不算。工单取用之后，以后再说什么都不变。

**工单归谁。** 先看`assignment`里第一条符合的；再看类别的部门，没有写的看最近的上级类别；再看产品线的；最后是默认的。
重新分类或交还给规则时再判断一次，更正和升级时不判断；人指定的保持不变。`部门/人员`把工单同时交给一个人；
换了规则而部门不变的，原来的经办人不变。

**时长**：`30s`、`15m`和`24h`按钟点算，`90wm`和`8wh`按工作时间算。`3d`到第三天结束为止，
`3wd`到第三个工作日下班为止，起算的那天不计。几处规则给同一个时限规定了时长的，
渠道的先于类型的，再是类别的、优先级的。

**期限**是与客户有关的时段，从工单的某个日期起，按天、工作日、月或年算（`7d`、`5wd`、`24mo`、`2y`）。起算的那天不计；
那个月没有这一天的，到月底为止；最后一天是休息日的，顺延到下一个工作日。要落在期限内的是登记那天，或另一个日期。
产品线可以另写长短，`within: line`的必须写。`show`列出工单的各个期限，`explain`说明怎么算的；期限不算谁超时。
名为`warranty`的期限决定是否在保，除非核实或鉴定已有结论。时限不能按月算。

**YAML里不能用的。** 别名、合并键、标签和重复的键一律不收；取值就是写出来的文字：`NO`是一个词，`12:30`不是数。
只有一项的列表可以只写那一项，除标题外什么都没有的可以只写标题。

**两种语言。** 只写一段文字的标题，中英文相同；`{zh: …, en: …}`分别写明。英文的标题和通知也可以另放一个文件，
即`NAME.yaml`旁边的`NAME.en.yaml`：键与规则文件相同，写上英文，一项后面的文字就是它的标题。`rules check`、
`rules adopt`和`init`会读它，并指出规则文件里没有的键。

```yaml
owners: {tech: Engineering}
categories: {product: {title: Product, children: {defect: Defect}}}
messages: {result: "Your case {case} is dealt with: {text}"}
```

**在编辑器里。** `AFTERSERVICE_LANG=zh afterservice rules schema > rulebook.schema.json`把本页写成JSON Schema。
规则文件的第一行写上`# yaml-language-server: $schema=rulebook.schema.json`，多数编辑器就能边写边补全、边检查。
只有程序才知道的，例如有没有某个部门，由`rules check`检查。
"""

PROFILE_ZH = """# 导入方案：全部的键

[English](../profiles.md)

导入方案是一个YAML文件，写明表格的各列怎样变成工单：`afterservice import FILE --profile PROFILE.yaml`。
`examples/`下有完整的例子。读第一行之前，先对照现行规则检查方案，全部错误都写成`文件:行:列`。

**我方字段**写在`columns`下的左边：`number`（来源自己的编号）、`received_at`、`channel`、`kind`、`customer`、`contact`、
`product`、`description`，规则里`fields`下的字段，以及`category`、`priority`、`owner`（小组、人，
或`小组/人`）和`person`（由谁处理）
（文件里写明、不用规则判断时）。写上`fields: keep`，与规则字段同名（标识或名称）的列就算那个字段。

**怎样区分各行。** 用来源的编号；没有编号的，用`identity`下的全部列，加上同样的内容在文件里是第几次出现：
同一个文件再读一遍，不论次序，都不会多出工单。方案的名称也用来区分，所以不要改。

**文件**可以是用逗号、分号、制表符或竖线分隔的CSV，压缩（`.csv.gz`）与否都行，也可以是工作簿（`.xlsx`、`.xls`、
`.ods`）；
`-`表示从标准输入读取。按什么读的会写明。首行的`sep=;`注明分隔符。表头上面可以有标题：程序在前40行里找，
比较时不分全角半角、大小写和空白，后面的冒号和`*`、（必填）不算。表头可以占两行，像合并单元格那样，上面是大类，下面是小项（客户信息：姓名、电话）：
以小项为表头，两个大类里同名的小项，前面加上大类的名称（`经销商电话`）。
UTF-8（有无BOM都行）、带BOM的UTF-16和GB18030自动识别；其他编码要写明：`encoding: big5`，或在命令行写`--encoding`。
文件损坏，或编码没有写明，就不导入，并指出第一处可疑的在哪一行。工作簿读有这些表头的那张表，
或`sheet:`（`--sheet`）指定的；别的表里有内容会提示，几张表都有这些表头就不猜；
其中的日期就是日期，不受`dates:`限制；超过15位的数字，末尾几位表格软件已经丢了，按它显示的样子读。

**错位的行**，单元格比表头多或少的，会被退回；引号不成对的也是：只退那一行，从下一行接着读。行末的空单元格，
每行都有或表头也有的，不算。

文件里没有的列，等于没有说；空着的单元格，等于说没有；`empty`下的词也一样。联系方式、来源编号、日期、分数，以及只能取某些值的列，不用列出，`无`、`-`、`N/A`、`未留电话`、`拒绝提供`之类也算没有；
客户姓名里的`匿名`、`佚名`、`尊敬的客户`也算没有，但`Null`是姓，不算。
`received_at`要指定列，或给默认值，或用`import --received-at`给整个文件；`number`或`identity`必须有一个。最小的方案：

```yaml
profile: shop
columns: {number: 单号, received_at: 时间, channel: 渠道, contact: 手机, description: 内容}
values: {channel: {热线: phone, 网店: website}}
dates: ["%Y-%m-%d %H:%M"]
```

**没有全部导入的行**写进退回文件，带行号、状态和原因：`rejected`（没有成为工单）、`conflict`（工单已被人改过，原因里写明用哪条命令处理）、
`flagged`（成了工单，但去掉了不可能的部分）。改好以后可以再导入。
按规则疑似重复、说明不足或无效的照样登记，并会提示：`afterservice list --suspect`。

**单元格**照电子表格的样子读：`="007"`和`'007`都是`007`，编号`1001.0`就是`1001`；数字可写成`1,234.50`或全角，
分数可带单位（`5分`、`五星`、`4/5`）。
取值和规则里的词不分全角半角、大小写、空格和哪种连字符，来源的编号也一样。电子表格弄坏的内容（`1.39E+10`、`#N/A`）会略去并写明，
`同上`之类只指向上一格的也一样。联系方式里可以有几个号码，旁边可以有姓名或说明（`021-58886666转803、139…`、`李四139…`）：
原样保存，按其中每个号码都认得出这位客户。隐去几位的号码（`139****0001`）可能是任何人的，不用来认人。
一行的全部错误一次说完，每条都写明表头，以及导入方案里该写什么。

**日期**（包括日期字段）只按`dates`下的写法读：`iso`（`2026-10-31 09:00`）、`month-first`、`day-first`、
`year-first`（`2026年10月31日 下午 3:05`、`晚上8点半`、`PM 3:05`也行）、`serial`（`46326.375`，电子表格数的天数），
或`%Y年%m月%d日 %H:%M`这样的格式。没有写时差的，按台账的时区。
日期和时刻分在两列的，合起来读：`received_at: {join: [报修日期, 报修时间]}`。

**发生过什么**写在`course`下；`at`那一列有内容的，就是发生过。先后看时间，不看列的次序；只写日期的（零点也算），
就在那一天：
不早于接收，也不早于当天该在它之前的事。不可能的事件，例如先答复后提问，会略去并写明；那一行照样成为工单。
`status`读只写进展的一列，`means`把词换成分数：

```yaml
course:
  - {event: acknowledged, at: 受理时间, promised: 预计解决时间}
  - {event: rated, at: 回访时间, score: 满意度, means: {非常满意: 5, 满意: 4}}
status:
  column: 处理状态
  means: {处理中: open, 待客户: paused, 已完成: [resolved, closed]}   # 没列出的会写明
  at: 完成时间
  undated: latest   # 没写时间：取该行最晚的时间
```

**一行一个事件的文件**，一个工单占几行：`events`写明哪一列说的是事件。`number`相同的行合成一个工单，不论次序，
计数也算一个；
工单本身的内容取自`registered`那一行。

```yaml
events: {column: 操作, means: {创建: registered, 回复: responded, 完成: resolved, 浏览: nothing}, at: 时间, text: 备注}
```

**没有导入方案**时，`afterservice import 文件`自己拟一份：按表头的中英文说法、规则文件的名称，以及下面的内容（日期、
电话、
规则里的词、大段文字）认列；说明哪一列是什么，把前五行显示成工单，在终端里先问一声，在脚本里直接导入。要猜的一律不猜：
03/04/2026（`--dates day-first`）、别的日期写法（`--dates '%y-%m-%d %H:%M'`）、规则里没有的词、缺的列，都会问。
`受理时间`算接收时间；另有`投诉时间`之类的列时，算受理（已告知客户），`预计解决时间`、`承诺时间`就是当时承诺的时间。
一行一步的文件（操作类型：创建、回复……）就按一行一步读。`--save-profile 文件`存下这份方案，
`--draft-profile`只打印，
待定处写`?`；以后用作`--profile`，各行仍认得出。编号、接收时间、描述三列表头相同的文件算同一来源，若不是，
请各写一份方案。
文件没有渠道时，一律算电话（没有电话就取规则里的第一个渠道），并写明。

**在编辑器里。** `AFTERSERVICE_LANG=zh afterservice rules schema --profile > profile.schema.json`把本页写成JSON Schema。
第一行写上`# yaml-language-server: $schema=profile.schema.json`，多数编辑器就会用它。
"""

EVENTS = """# Events: everything that can be recorded

[中文](zh/events.md)

Written by `docs/generate_reference.py` from `cases/events/`; a test fails when it has drifted. What an event does to
the status of a case is drawn in [life-of-a-case.md](life-of-a-case.md).

- **word**: what a rulebook, a message template and the tables call it.
- **given by**: the commands that record it. `import` records what a file says happened before.
- **body**: its fields, beside the time at which it happened. *Those in italics* are personal: they lie beside the
  history, under a salt, and are empty after an erasure.
- **clock**: whether a target may begin (`from:`) or end (`until:`) with it. A message template may tell of the same
  events (`on:`), tasks excepted.
"""

EVENTS_ZH = """# 事件：能记录的一切

[English](../events.md)

本页由 `docs/generate_reference.py` 从 `cases/events/` 生成；与程序不符时测试不通过。事件怎样改变工单的状态，见
[工单的一生](life-of-a-case.md)。

- **名称**：规则文件、通知模板和各表里的叫法。
- **命令**：哪些命令记录它。`import` 记录文件里说的以往经过。
- **内容**：它的字段，发生时间之外的。*斜体的*是个人信息：加盐存在历史记录旁边，清除之后为空。
- **时限**：时限能不能从它起算（`from:`）、到它为止（`until:`）。通知模板可以针对同样这些事件（`on:`），任务除外。
"""


class Words(NamedTuple):
    """What the tables of keys say in a language."""

    document: str
    short: str
    head: str
    others: str
    required: str


WORDS = {
    "en": Words(
        "The document",
        "A single value, or a title by language, stands for `{}` alone.",
        "| key | what it is | default | what for |",
        "| *a field* | {} | | what the case has there |",
        "**required**",
    ),
    "zh": Words(
        "整个文件",
        "只写一个值，或只写各语言的标题，就等于只写了`{}`。",
        "| 键 | 写什么 | 默认 | 用途 |",
        "| *字段* | {} | | 工单在这个字段的取值 |",
        "**必填**",
    ),
}


class EventWords(NamedTuple):
    """What the tables of events say in a language."""

    stages: Mapping[str, str]
    head: str
    records: str
    held: str
    clock: str
    clocks: Mapping[str, str]  # what a target calls an event that has no single word
    with_another: str


EVENT_WORDS_IN = {
    "en": EventWords(
        {
            "intake": "Intake",
            "triage": "Triage",
            "handling": "Handling",
            "closing": "Closing",
            "": "At any time, or about the desk itself",
        },
        "| event | word | what it says | given by | body | clock |",
        "What events hold",
        "| in | record | what it is | fields |",
        "yes",
        {"task_done": "`task:NAME.done`", "approved": "yes, with the last approval"},
        "any command whose event a template of `messages:` tells of",
    ),
    "zh": EventWords(
        {"intake": "受理", "triage": "分派", "handling": "处理", "closing": "收尾", "": "任何时候，或关于台账本身"},
        "| 事件 | 名称 | 说明什么 | 命令 | 内容 | 时限 |",
        "事件里的记录",
        "| 字段 | 记录 | 是什么 | 内容 |",
        "可以",
        {"task_done": "`task:NAME.done`", "approved": "可以，以最后一道审批为准"},
        "凡是`messages:`的模板所针对的命令",
    ),
}


def pages() -> dict[str, str]:
    """The text of each page by its file's name."""
    return {
        "rulebook.md": f"{RULEBOOK}\n{reference(schema.RULEBOOK)}",
        "profiles.md": f"{PROFILE}\n{reference(profile.PROFILE)}",
        "zh/rulebook.md": f"{RULEBOOK_ZH}\n{reference(schema.RULEBOOK, 'zh')}",
        "zh/profiles.md": f"{PROFILE_ZH}\n{reference(profile.PROFILE, 'zh')}",
        "events.md": f"{EVENTS}\n{events('en')}",
        "zh/events.md": f"{EVENTS_ZH}\n{events('zh')}",
    }


def events(language: str) -> str:
    """A table of the kinds of event for each stage, and one of the records that they hold."""
    words, lines = EVENT_WORDS_IN[language], []
    with speaking(language):
        for stage, title in words.stages.items():
            lines += [f"## {title}", "", words.head, "|---|---|---|---|---|---|"]
            lines += [_event(kind, words) for kind in KINDS.values() if stage == kind.STAGE]
            lines.append("")
        lines += [f"## {words.records}", "", words.held, "|---|---|---|---|"]
        lines += [f"| `{name}` | {held.__name__} | {_said(held)} | {_fields(held)} |" for name, held in NESTED.items()]
    return "\n".join([*lines, ""])


def _event(kind: type[Event], words: EventWords) -> str:
    clock = words.clocks.get(kind.WORD, words.clock if kind.WORD in EVENT_WORDS else "")
    given = ", ".join(f"`{name}`" for name in kind.COMMANDS) or words.with_another
    cells = (kind.__name__, f"`{kind.WORD}`", _said(kind), given, _fields(kind), clock)
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _said(record: type[Frozen]) -> str:
    """The first paragraph of a docstring on one line, in the language spoken."""
    return tr(" ".join(inspect.cleandoc(record.__doc__ or "").partition("\n\n")[0].split()))


def _fields(record: type[Frozen]) -> str:
    """The names of its fields, the personal ones in italics."""
    personal = getattr(record, "PERSONAL", ())
    names = [name for name in record.__fields__ if name != "at"]
    return ", ".join(f"*{name}*" if name in personal else f"`{name}`" for name in names)


def reference(root: Keys[Any], language: str = "en") -> str:
    """Return a table of keys for a section and for each inside it, in the order in which they are met."""
    sections = _sections(root)
    with speaking(language):
        return "\n".join(_section(place, keys, sections) for place, keys in sections.values())


def _sections(root: Keys[Any]) -> Sections:
    """Return every section, each once, with the place where it is met first and its shape."""
    found: Sections = {}

    def visit(place: str, keys: Keys[Any]) -> None:
        if keys.section in found:
            return
        found[keys.section] = (place, keys)
        shapes = {**keys.shapes, "<field>": keys.others}
        for name, shape in shapes.items():
            for inner_place, inner in _within(shape, f"{place}.{name}".lstrip(".")) if shape else ():
                visit(inner_place, inner)

    visit("", root)
    return found


def _within(shape: Shape, place: str) -> Iterator[tuple[str, Keys[Any]]]:
    """The nearest mappings with known keys inside a shape."""
    if isinstance(shape, Keys):
        yield place, shape
    elif isinstance(shape, MapOf):
        yield from _within(shape.value, f"{place}.<id>")
    else:
        for inner in shape.children():
            yield from _within(inner, place)


def _section(place: str, keys: Keys[Any], sections: Sections) -> str:
    lines = [f"## {_heading(place)}", ""]
    if keys.section.SHORT:
        lines += [WORDS[spoken()].short.format(keys.section.SHORT), ""]
    lines += [WORDS[spoken()].head, "|---|---|---|---|"]
    lines += [_row(key, keys.shapes[key.written], sections) for key in keys.section.KEYS.values()]
    if keys.others:
        what = f"{keys.others.what()}{_links(keys.others, sections)}"
        lines.append(WORDS[spoken()].others.format(what))
    return "\n".join([*lines, ""])


def _row(key: Key, shape: Shape, sections: Sections) -> str:
    cells = [f"`{key.written}`", f"{shape.what()}{_links(shape, sections)}", _default(key), key.what()]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |".replace("|  |", "| |")


def _default(key: Key) -> str:
    """Return what holds if the key is not written; nothing for one that leaves things as they are."""
    if key.required:
        return WORDS[spoken()].required
    if isinstance(key.default, Section):
        return "`{}`"
    return "" if key.default in (None, (), {}) else f"`{_yaml(to_plain(key.default))}`"


def _links(shape: Shape, sections: Sections) -> str:
    places = dict.fromkeys(sections[inner.section][0] for _, inner in _within(shape, ""))
    return "".join(f" ([{_heading(place)}](#{_slug(place)}))" for place in places)


def _heading(place: str) -> str:
    return f"`{place}`" if place else WORDS[spoken()].document


def _slug(place: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", _heading(place).lower()).replace(" ", "-")


def _yaml(value: Any) -> str:
    return value if isinstance(value, str) else re.sub(r'"(\w+)"', r"\1", json.dumps(value, ensure_ascii=False))


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
