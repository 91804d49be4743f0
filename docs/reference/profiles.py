"""What stands above the tables of docs/profiles.md, and the tables."""

from afterservice_cli.intake.reading.profile import PROFILE
from reference.keys import tables

ABOVE = {
    "en": """# Import profiles: every key

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
(`.xlsx`, `.xls`, `.ods`), or a web page or XML sheet with a table, which many systems call `.xls`; `-` reads standard
input. Forms, whose headings stand beneath one another (客户姓名： | 张三), are read as a row each, counted by their
last line, if nothing else stands in them. What it was read as is said. A first line `sep=;` names the delimiter. The
headings may stand below a title: they are looked for in the first 40 rows, and compared in any width, case and blank,
without a colon behind them and without `*` or （必填）. They may stand over two rows, as merged cells do, groups
above their parts (客户信息: 姓名, 电话): the parts are the headings, and one that two groups have is called after its
group (`经销商电话`). Of several columns with one heading (电话, 电话) the one that is filled counts, and they are one
if they say the same in every row; else they are `电话#1` and `电话#2`, and the profile says which is meant. UTF-8
(with or without a byte order mark), UTF-16 with one, and GB18030 are recognised; another encoding is named:
`encoding: big5`, or `--encoding` on the command line. A file that is damaged, or in an encoding that nobody named, is
refused with the line of its first doubtful byte. Of a workbook the sheet with the headings is read, or the one under
`sheet:` (`--sheet`); others that hold something are named, and if several have the headings nobody guesses. What is
merged downwards stands in each row that it reaches, unless the row only goes on with the one above. Its dates are
dates whatever `dates:` says of texts, and a number of more than fifteen digits, whose last the spreadsheet has lost,
is shown as it shows it.

**A row out of step**, with more or fewer cells than there are headings, is rejected, and so is one whose quotes are
not in order: that line alone, and reading goes on with the next. Empty cells at the end are passed over if every row
has them, or the headings do.

**Rows that are no cases** are left out and said: the headings once more,
sums, whose first filled cell is 合计, 小计, `Total`, 共 240 条 or the
like with nothing but numbers behind it, and below the last row numbers alone, who made the table (制表人：…), 以下空白,
`Copyright © 2026 …`. If the first column holds numbers or dates alone, a last line of one cell that is neither is none,
either. What may be a row that lost its cells is rejected instead. Another table below the first (an empty row, then
other headings) is no part of it: the file is refused with the line in which that begins and the commands that part
the two.

A column that the file has not says nothing about its field, an empty cell says that there is nothing; so do the words
under `empty`. `无`, `-`, `N/A`, `未留电话`, `拒绝提供`, `not given` and the like say so without being listed in a
contact, a number of the source, a date, a score and wherever only certain values can stand; in a customer's name
`匿名`, `佚名` and `尊敬的客户` do, too, but not `Null`, which is a name. `received_at` must be mapped, have a
default, or be given for the whole file by `import --received-at`; `number` or `identity` must be there. The smallest
profile:

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

**Cells** are read as spreadsheets leave them: `="007"` and `'007` are `007`, the number `1001.0` is `1001`, and
so is `#1001`, `No. 1001`, `第1001号`; numbers may have `1,234.50` and full width, scores a unit (`5分`, `五星`,
`4/5`). Values and words of the rulebook are compared in any width and case, with any hyphen, blanks left out;
so is the source's number. What a spreadsheet has spoiled (`1.39E+10`, `#N/A`) is left out and reported, and so
is `同上`, which only points to the cell above. A cell that is HTML (`<p>漏水<br>…</p>`) is read as the text that people
saw, with where its links and images lead; signs of it among other words (`&nbsp;`) stay. Both are said. A contact
may hold several numbers, and a name or a remark beside
them (`021-58886666转803、139…`, `李四139…`): it is kept as it stands, and the customer is known by each of the
numbers. Hidden digits (`139****0001`) may be anybody's: such a contact makes nobody the same. All faults of a
row are told at once, each with its heading and what to write in the profile.

**Dates**, those of fields as well, are read in the forms under `dates` and in no other: `iso` (`2026-10-31 09:00`),
`month-first`, `day-first`, `year-first` (also `2026年10月31日 下午 3:05`, `晚上8点半`, `PM 3:05`, `3:05 PM GMT+8`,
`民國115年10月31日`, and the names of months: `31 Oct 2026`, `31 de octubre de 2026`), `minguo` (`115/10/31`, by the
years of Taiwan), `serial` (`46326.375`, the days that a spreadsheet counts), `unix` (`1790816400`, the
seconds since 1970 that a system counts, or their thousandths), or a format such as `%Y年%m月%d日 %H:%M`.
Without an offset they are in the
desk's time zone. A day and its time in two columns are joined: `received_at: {join: [报修日期, 报修时间]}`.

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

A case that the file let wait goes on once a later export has it under `open` (or `acknowledged`, `responded`…): as of
the time of that row, found in the same way, and not before it began to wait. It waits once more if a later one says so.
If a later export no longer says what an earlier one told (the cell under `at` is empty, the status is not so far any
more), that is taken back: the case is open again.

**Tasks** that the rulebook has for what a row says are opened as by the same command: with a case that comes in, and
with what a later row changes in one that is worked on or was solved before; a low score in the next export asks for its
second visit. A row that brings a case in as solved, or that solves it, gives nobody a task: that was done elsewhere.

**A file of events** has a row for each, several for a case: `events` names the column that says what happened. The rows
of one `number` are one case, in any order, and one in the counts; its own facts come from the row that is `registered`.

```yaml
events: {column: 操作, means: {创建: registered, 回复: responded, 完成: resolved, 浏览: nothing}, at: 时间, text: 备注}
```

**Without a profile** `afterservice import FILE` suggests one: headings are known by their words in both
languages, by the rulebook's labels, and by what stands below (dates, telephones, words of the rulebook,
free text). It says which column is what, shows five rows as cases, asks at a terminal, and goes on
elsewhere. What it would have to guess it asks: 03/04/2026 (`--dates day-first`), dates in another form
(`--dates '%y-%m-%d %H:%M'`), words that the rulebook lacks, a missing column. 受理时间 is when a case came
in, or, beside a column such as 投诉时间, when it was acknowledged, with 预计解决时间 or 承诺时间 as what was
promised. A file with a row for each event (操作类型: 创建, 回复…) is read as one. A column such as 处理状态 counts
if another says when a case ended: a row that is over, was withdrawn or waits, and has no time there, is
flagged. If no column says when, it is named and left out, or `--undated latest` takes the latest time
of a row (`received`: that of its receipt). A column that is called like a field and holds words that
the rulebook lacks is named with them. `--save-profile FILE` keeps the suggestion, `--draft-profile`
prints it with `?` for what is open. Rows keep their identity when it is used as `--profile` later.
Files that call number, receipt and description alike count as one source: give each its own profile if
they are two. A channel that the file lacks is taken to be the telephone, or else the rulebook's first,
and said.

**In an editor.** `afterservice rules schema --profile > profile.schema.json` writes this page as JSON Schema. Most
editors use it if the first line is `# yaml-language-server: $schema=profile.schema.json`.
""",
    "zh": """# 导入方案：全部的键

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
`.ods`），或带表格的网页、XML表（许多系统导出的`.xls`其实是这种）。
项目上下排列的表单（客户姓名： | 张三）也能读，一张表单一行，按它最后一行计数，只要没有别的内容；
`-`表示从标准输入读取。按什么读的会写明。首行的`sep=;`注明分隔符。表头上面可以有标题：程序在前40行里找，
比较时不分全角半角、大小写和空白，后面的冒号和`*`、（必填）不算。表头可以占两行，像合并单元格那样，上面是大类，下面是小项（客户信息：姓名、电话）：
以小项为表头，两个大类里同名的小项，前面加上大类的名称（`经销商电话`）。
几列表头相同的（电话、电话），只有一列有内容就读那一列，每行都一样就算一列；
不然就叫`电话#1`、`电话#2`，由导入方案写明用哪一列。
UTF-8（有无BOM都行）、带BOM的UTF-16和GB18030自动识别；其他编码要写明：`encoding: big5`，或在命令行写`--encoding`。
文件损坏，或编码没有写明，就不导入，并指出第一处可疑的在哪一行。工作簿读有这些表头的那张表，
或`sheet:`（`--sheet`）指定的；别的表里有内容会提示，几张表都有这些表头就不猜；
向下合并的单元格，它盖住的各行都有这个内容，只是接着写上一行的除外；
其中的日期就是日期，不受`dates:`限制；超过15位的数字，末尾几位表格软件已经丢了，按它显示的样子读。

**错位的行**，单元格比表头多或少的，会被退回；引号不成对的也是：只退那一行，从下一行接着读。行末的空单元格，
每行都有或表头也有的，不算。

**不是工单的行**不导入，并会提示：重复的表头；合计行，即第一个有内容的单元格是合计、小计、`Total`、共240条之类，
后面只有数字的；还有表格下面只有数字的行、制表人之类的落款、以下空白、版权声明；
第一列全是编号或日期的，最后只有一格、又不是编号或日期的行也算。可能是缺了内容的行，就退回，不略去。第一张表下面另有一张表（空行之后是别的表头）时，整个文件不导入，并说明它从哪一行开始、怎样拆开的命令。

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

**单元格**照电子表格的样子读：`="007"`和`'007`都是`007`，编号`1001.0`、`#1001`、`No. 1001`、`第1001号`都是`1001`；
数字可写成`1,234.50`或全角，分数可带单位（`5分`、`五星`、`4/5`）。
取值和规则里的词不分全角半角、大小写、空格和哪种连字符，来源的编号也一样。电子表格弄坏的内容（`1.39E+10`、`#N/A`）会略去并写明，
`同上`之类只指向上一格的也一样。整格是网页代码（`<p>漏水<br>…</p>`）的，按看到的文字读，链接和图片写出地址；
文字里夹着代码（`&nbsp;`）的，照原样保留；两种都会提示。联系方式里可以有几个号码，旁边可以有姓名或说明（`021-58886666转803、139…`、`李四139…`）：
原样保存，按其中每个号码都认得出这位客户。隐去几位的号码（`139****0001`）可能是任何人的，不用来认人。
一行的全部错误一次说完，每条都写明表头，以及导入方案里该写什么。

**日期**（包括日期字段）只按`dates`下的写法读：`iso`（`2026-10-31 09:00`）、`month-first`、`day-first`、
`year-first`（`2026年10月31日 下午 3:05`、`晚上8点半`、`PM 3:05`、`3:05 PM GMT+8`、`民國115年10月31日`，
以及各国的月份名称`31 Oct 2026`、`31 de octubre de 2026`也行）、`minguo`（`115/10/31`，民国年）、
`serial`（`46326.375`，电子表格数的天数），`unix`（`1790816400`，系统从1970年起数的秒数，毫秒也行），
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

文件里写着暂停的工单，以后的导出改成了`open`（或`acknowledged`、`responded`……），就恢复处理：时间同样按那一行来定，
不早于暂停的时候。以后又写成暂停的，就再暂停一次。
以后的导出不再写明原来写过的事（`at`的单元格空了，状态退回去了），就撤回：工单重新算处理中。

**任务**：规则文件里针对某件事的任务，行里写到了这件事，就像用命令记录一样打开：新工单如此，以后的行改动处理中或此前已解决的工单
也如此；下一次导出带来低分，就要二次回访。行里带来时已解决的、或由这一行解决的工单不打开任务：那些事在别处做过了。

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
一行一步的文件（操作类型：创建、回复……）就按一行一步读。
`处理状态`之类的列，另有一列写了何时完成的，就算数；写着已完成、已撤诉、待客户却没有时间的行会注明。没有哪列写时间的，只提示、不采用，
加`--undated latest`就取该行最晚的时间（`received`取接收时间）。表头像某个字段、内容却是规则里没有的词，会连词一起指出。
`--save-profile 文件`存下这份方案，
`--draft-profile`只打印，
待定处写`?`；以后用作`--profile`，各行仍认得出。编号、接收时间、描述三列表头相同的文件算同一来源，若不是，
请各写一份方案。
文件没有渠道时，一律算电话（没有电话就取规则里的第一个渠道），并写明。

**在编辑器里。** `AFTERSERVICE_LANG=zh afterservice rules schema --profile > profile.schema.json`把本页写成JSON Schema。
第一行写上`# yaml-language-server: $schema=profile.schema.json`，多数编辑器就会用它。
""",
}


def page(language: str) -> str:
    """Return the page in a language."""
    return f"{ABOVE[language]}\n{tables(PROFILE, language)}"
