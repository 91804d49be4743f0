"""What stands above the tables of docs/rulebook.md, and the tables."""

from afterservice_cli.rulebook.document.schema import RULEBOOK
from reference.keys import tables

ABOVE = {
    "en": """# The rulebook: every key

[中文](zh/rulebook.md)

A rulebook is one YAML file. It says what the desk's categories, priorities, owners, deadlines and working hours are,
and which words in a text lead to which; the program itself knows none of it. `rules/customer-feedback.yaml` is a
complete one, and the [guide](rulebook-guide.md) ([中文](zh/rulebook-guide.md)) writes one step by step. The desk works
by the snapshot it adopted last, so an edit counts from the next `afterservice rules adopt` on; `rules check` names
every fault of a file as `file:line:column`, and tries the file's own examples and cases.

**How a text is read.** Texts and phrases are compared after Unicode normalisation (full-width `ＡＰＰ` is `app`) and
without regard to case; `can’t` is `can't`, other hyphens are `-`, a run of blanks or line ends is one blank, and beside
a Chinese sign none; invisible signs are no signs. A phrase is a piece of text; one that begins or ends with a Latin
letter or a digit does so where the word or the number does: `app` is not in `happy`. One with a comma or quotation
marks of its own stands in
YAML's: `"no, thanks"`. The category with the most distinct phrases in a text wins (one within a longer one is no more);
of two with as many, the one with more of the text, then the earlier in the file. A phrase under `unless` rules the
category out, whether it counts there or not. A condition under a category's `when` comes before all phrases: the first
category with one that holds gets the case, unless the text has a phrase of its `unless`. Of the priorities, the first
counts of which any one condition holds. What no rule places gets what `default` says, and is listed as unclassified.

**Patterns.** A phrase may have gaps within a sentence, `~` of up to 2 signs, `…` (or `...`) of up to 6, `……` of up to
14, at most two of them; `(a|b)`, of which one stands there, `(a|)` perhaps; `‹bad›` (or `<bad>`), a word of that group
under `words`; and `‹number›`, in digits or Chinese (`1,200`, `3万`, `两百`). Written out
without its gaps, a pattern has at most 1,000 phrases.

**What does not count.** A phrase counts for nothing where the words before it deny it (没有划痕, 不是故障, *no
scratch*), with all that is listed after them; nor in a clause with praise; nor for a category before words with which
the case says that it is settled. What denies and is denied itself counts (不是没有), and so does a clause that asks,
supposes, wishes or reports (是不是漏电). A pattern that takes the denial in is not denied by it: `(没有|不|)退款`.
The words for all of that stand under `reading` if a rulebook has others; `‹default›` in a list there keeps what it has.
`explain` names what does not count, and why.

**How a condition is read.** All its keys must hold. `match`, `unless`, `any`, `all` and `not` are those below; every
other key is a field of the case (`channel`, `kind`, `category`, `product`, or one under `fields`) with the value or
values it may have. A category stands for all below it. `within` names limits that must not be over,
`not: {within: NAME}` one that is; one that cannot be told, as a date of the case is not known, is neither.
`otherwise: true` asks, under a disposition, that none of the others is possible. Numbers, dates and times are compared:
`price: {at_least: 1000}`, `bought_on: {under: 2026-01-01}` is before that day, `hoped_for: {at_most: 2026-05-08}` by
the end of it, `{over: 2026-05-08 18:00}` after that time at the desk.
A field cannot be called what already means something in one of these places: another key of a condition or an example,
a fact of a plan, a word that messages fill in.

**What a condition may ask for**, beside the fields under `fields`:

- everywhere: `channel`, `product` and `line`;
- everywhere but under `kinds`: `kind`, and `category` unless it is a category's own condition; and `earlier.NAME`, a
  number, how many of the customer's earlier cases count;
- in `assignment` and all that follows: `priority`;
- in `targets` and all that follows: `owner`, the team; `cycle`, a number, 1 and 1 more for each reopening; `known`
  and `warranty`, `yes` or `no`; `visit`, what `assess` said; `fault`, `cause` and `liability`, what `appraise`
  said; `problem`, kinds under `problems`, or `any`; `disposition`, the plan's; and `give.KIND`, a number, how much
  the plan gives;
- in `dispositions`, `approvals`, `demands`, `tasks`, `consequences` and `messages`: `status`; `waiting_for`, a
  ground under `pauses`; `looks`, `vague` or `invalid`; `scores.QUESTION`, a number, or `scores.any`, the lowest;
  and `outcome.TASK`, what a task that is done came to.

What nobody knows yet is no value: no condition on it holds, and under `not` each does, but for limits.

**What a message may say.** In braces, what is as the event leaves it: `{case}`, `{customer}`, `{description}`,
`{product}`, `{category}`, `{priority}`, `{owner}`, `{person}`, `{channel}`, `{registered_at}`, and each field by
its id; `{due_at}`, the deadline that is next, `{due:NAME}`, that of a target or a task, and `{promised_at}`, to the
customer only if they are still to come; of the plan `{disposition}`, `{gives}`, `{pays}` (what the
customer pays), `{plan}` (its text) and `{tasks}`;
of the appraisal `{fault}`, `{cause}` and `{liability}`; `{problem}` and `{files}`; `{actor}`, who did it, and
`{text}`, what was said with it. What is not known is a dash; within `[[…]]` all is left out instead.

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

**What a text says of the kind.** If nobody names the kind of a case, it is found as a category is, and before that: the
first of `kinds` of which a condition under `when` holds, else the one for which most speaks under `match`, unless a
phrase of its `unless` stands there. If two are alike to the end, or nothing speaks for any, it stays unsaid.
`explain` names
the next best. What hangs
on the kind follows as if somebody had said it: what registering demands (`require`), times, demands, whose it is.
`amend` puts it right.

**What is kept with the customer** (`of: customer`): a tier, a contract, the way they prefer. If a case says nothing of
it, what was said last in any other case of the same contact counts, as `show` and `explain` tell: "from 202610-001".
Said is what a registration, an import or an amendment gave, not what a case knew from an earlier one; a case that was
screened invalid, and what was taken back, says nothing. What a case has taken over stays, whatever is said later. Of
the rows of a file the latest says it last, whatever order they stand in: they are read in the order of receipt.

**Earlier cases of the customer** are counted by the entries of `earlier`: of the cases of the same contact that came in
before, those that have `same` in common with the case, came in `within` the time, and meet `when`. `carried_out` is
a disposition of theirs whose tasks are all done, or with which they were resolved, in any cycle; `disposition` is one
that was planned, too. A case is counted once, however often it was opened again, and the case itself never; `cycle`
says how often that was. What is void does not count (taken back, withdrawn, invalid, merged into another), nor what is
erased. Of a case of nobody known, or that lacks what should be in common, nothing can be told: no condition on it
holds. It is counted as the case comes in, and again with everything that is done on it, or that follows in it from
another case (a problem, a merger), until it is closed; if others count then, `earlier_counted` is in its history, and
deadlines follow. The priority is asked for again by `classify`.
`explain` names the cases that counted, and when. `rules backtest` takes what was counted then. An import reads the rows
of a file in the order of receipt, however they are sorted (those of the same time in the order of the file), so that
what came in before a case is there before it; the numbers of the cases follow that order, too. Of a customer with very
many cases, as a reseller may be, the last 2,000 are looked at, and at most the last 100 that fit count.

```yaml
earlier:
  repairs: {title: Repairs of the same fault, same: [category, field:serial], within: 2y, when: {carried_out: repair}}
  complaints: {title: Complaints of the last 30 days, within: 30d, when: {kind: complaint}}
dispositions: {exchange: {title: Exchange, when: {earlier.repairs: {at_least: 2}}}}
```

**Whose a case becomes.** The first entry of `assignment` that fits; else the team of the category, or of the nearest
above it that has one; else that of the product line; else the default's. It is asked again when a case is classified
anew or given back to the rules, not when it is amended or escalated; what a person said stays. `TEAM/PERSON` gives the
case to a person as well; under another rule for the same team, whoever has the case keeps it.

**What a customer pays**, as for a repair out of warranty, is a kind under `gives` with `paid_by: customer`. It is
quoted with the plan (`propose --give fee=280`), accepted with `agree --yes`, and paid if a task of the plan says so
(`tasks: {collect: {by: finance, once: true}}`); `approval`, `agreement` and `tasks` may be demanded before the work
goes on. Approvals ask for it by its own name (`give.fee: {over: 500}`). Messages say it as `{pays}`, never as
`{gives}`, and reports count it in a table of its own (`charges`).

**Durations**: `30s`, `15m` and `24h` run on the clock, `90wm` and `8wh` in working time. `3d` ends with the third day,
`3wd` with the close of business of the third working day; the day it starts on is not counted.
Where several rules give one target a duration, the channel's counts before the kind's, the category's and the
priority's.
If a time hangs on several things at once, as on the priority and a support contract, the target has `times`: a list
read from the top, each entry with a condition. The first that fits counts before all of these, the target's own
`within` after them. If a fact changes later, the deadline follows, counted from its beginning. `rules check` names an
entry that is never reached, and, of up to 20,000 combinations of what is asked, a case that would have no time.
Tasks have `times` as well, of which the first that fits counts before the task's `within`.

**Limits** are windows of the customer's, counted in days, working days, months or years (`7d`, `5wd`, `24mo`, `2y`)
from a date of the case. The day it starts on is not counted, a month without such a day ends with its last, and a
last day off is followed by the next working day. What lies within is the day on which the case was registered, or
another date. A product line may give a limit another length, and has to if it says `within: line`. `show` tells a
case's limits, `explain` how each was counted; nobody is late with one. A limit called `warranty` says whether a case
is under warranty, unless somebody has assessed or appraised that. Targets take no months.

**Duties** are due again so long after somebody saw to them (`every: 4wh`), or at a time of the day: on each working
day (`every: 17:00`), on weekdays (`mon 10:00`, `"mon,thu 10:00"`, `mon-wed 10:00`), on a day of the month
(`25d 12:00`), its third working day (`3wd 12:00`) or its last (`last 12:00`), by the duty's `calendar`. If a weekday or
a day of the month is a day off, the next working day takes its place. Whoever sees to it keeps the time that comes
next; if one is over, that one is late, and the next is still to be kept. A warning in per cent is a share of the time
until then.

**What YAML may not do here.** Aliases, merge keys, tags and keys that stand twice are refused, and every value is the
text as written: `NO` is a word, `12:30` is no number. A single value may stand for a list of one, and a title for an
entry that has nothing else.

**Two languages.** A title that is a plain text is the same in Chinese and English; `{zh: …, en: …}` gives both. English
titles and messages may also stand in a second file, `NAME.en.yaml` beside `NAME.yaml`: a tree of the same keys with
English texts, in which an entry's text is its title, a message's what it says. `rules check`, `rules adopt` and `init`
read it, and name what is not in the rulebook.

```yaml
owners: {tech: Engineering}
categories: {product: {title: Product, children: {defect: Defect}}}
messages: {result: "Your case {case} is dealt with: {text}"}
```

**In an editor.** `afterservice rules schema > rulebook.schema.json` writes this page as JSON Schema. With
`# yaml-language-server: $schema=rulebook.schema.json` as its first line, a rulebook is completed and checked by most
editors while you type. What only the program can know, such as whether an owner exists, is left to `rules check`.
""",
    "zh": """# 规则文件：全部的键

[English](../rulebook.md)

一份规则文件就是一个YAML文件，写明台账有哪些类别、优先级、部门、时限和工作时间，哪些词归到哪里；程序本身一概不知道。
`rules/customer-feedback.yaml`是一份完整的规则文件，[入门](rulebook-guide.md)（[English](../rulebook-guide.md)）
带着一步一步写。台账按最近一次启用的快照办事，所以改动从下一次`afterservice rules adopt`起生效；`rules check`
指出文件里的全部错误，写成`文件:行:列`，并运行文件自带的样例和演练。

**文字怎么读。** 文字和关键词先按Unicode统一写法再比较（全角的`ＡＰＰ`就是`app`），不分大小写；`can’t`就是`can't`，
别的连字符就是`-`，连续的空格或换行算一个空格，汉字旁边的不算；看不见的字符不算。关键词是一段文字；以英文字母或数字开头、结尾的，
要从整个单词或整个数字算起：`happy`里没有`app`。本身带逗号或引号的，放进YAML的引号里：`"no, thanks"`。
一段文字归到命中关键词最多的类别（包含在更长关键词里的不另算）；一样多的，看命中的字数，再看文件里的先后。
`unless`下的关键词一出现，不管算不算，都不归这个类别。类别的`when`下的条件先于所有关键词：第一个有条件成立的类别
得到工单，除非文字里有它`unless`下的关键词。优先级取第一个有条件成立的。没有规则适用的，按`default`办，并列为未分类。

**句式。** 关键词中间可以空几个字，不跨句：`~`最多2个，`…`（或`...`）最多6个，`……`最多14个，一条里最多空两处；
`(a|b)`是其中一个，`(a|)`可有可无；`‹bad›`（或`<bad>`）是`words`下这一组里的一个词；`‹number›`是一个数，数字或汉字（`1,200`、`3万`、`两百`）。
不算空位，一条全部展开最多1000个关键词。

**什么不算。** 前面有否定词的不算（没有划痕、不是故障、*no scratch*），并列在后面的也不算；夸奖的分句里的不算；
客户说已经解决了，前面的不再用来分类。否定之否定照样算（不是没有），提问、假设、希望和转述的分句也照样算（是不是漏电）。
把否定词写在关键词里，就不会被它否定：`(没有|不|)退款`。这些词都可以在`reading`下另写；列表里写上`‹default›`，
原有的词就保留。`explain`会写明哪些不算，为什么。

**条件怎么读。** 各个键都要成立。`match`、`unless`、`any`、`all`和`not`见下文；别的键都是工单的字段
（`channel`、`kind`、`category`、`product`，或`fields`下的字段），后面写它可以有的一个或几个取值。
写一个类别，也包括它的全部下级。`within`写不能已过的期限，`not: {within: NAME}`写已过的；
工单缺少日期、不能判断的期限，两者都不算。`otherwise: true`写在处理方式下，表示其他处理方式都不可行。
数字、日期和时间可以比较：`price: {at_least: 1000}`；`bought_on: {under: 2026-01-01}`是那天之前，
`hoped_for: {at_most: 2026-05-08}`是到那天结束为止，`{over: 2026-05-08 18:00}`是台账当地那个时间之后。
字段的标识不能用在这些地方已有意思的词：条件或样例的键、方案的内容、消息里的占位符。

**条件里能问什么**（除了`fields`下的字段）：

- 各处：`channel`、`product`、`line`；
- `kinds`以外各处：`kind`，还有`category`（类别自己的条件除外），以及`earlier.NAME`，是数字，客户以往的工单算上几单；
- `assignment`以及下面各处：`priority`；
- `targets`以及下面各处：负责的部门`owner`；轮次`cycle`，是数字，首次为1，每次重新处理加1；
  `known`和`warranty`，取`yes`或`no`；核实的结论`visit`；鉴定的结论`fault`、`cause`和`liability`；`problem`，
  取`problems`下的种类，不论哪种写`any`；方案的处理方式`disposition`；`give.KIND`，是数字，方案给予多少；
- `dispositions`、`approvals`、`demands`、`tasks`、`consequences`和`messages`：`status`；`waiting_for`，
  取`pauses`下的原因；`looks`，取`vague`或`invalid`；`scores.QUESTION`，是数字，`scores.any`是最低的一个；
  已完成任务的结果`outcome.TASK`。

还没有人知道的没有取值：问到它的条件都不成立，放在`not`里则成立，期限除外。

**消息里能写什么。** 写在花括号里，取事件发生之后的情况：`{case}`、`{customer}`、`{description}`、`{product}`、
`{category}`、`{priority}`、`{owner}`、`{person}`、`{channel}`、`{registered_at}`，以及各个字段（写标识）；
最近的截止时间`{due_at}`，某个时限或任务的`{due:NAME}`，承诺的时间`{promised_at}`，告诉客户的只有还没到的；
方案的`{disposition}`、`{gives}`、`{pays}`（由客户付的）、`{plan}`（说明）和`{tasks}`；鉴定的`{fault}`、`{cause}`和`{liability}`；
`{problem}`和`{files}`；办理的人`{actor}`，以及随之写下的`{text}`。不知道的写成“–”；放在`[[…]]`里的，整段不写。

**字段里写什么。** 可以用字段的标识，也可以用它任一语言的名称，只要没有别的字段同名：`--field 客户等级=VIP`。
取值是`values`里的一个，可写标识、名称或别的叫法；也可以是文字、数字、日期（`2026-05-08`）或时间
（`2026-05-08 18:00`，台账当地时间；只写日期的，算到那天下班）。时间按UTC保存，`--json`也这样输出；凡可用工单日期的地方
都可用时间：计时和期限从它起算，`at:`以它为截止时间。写了`many: true`的可以有几个取值或几段文字：
`--field symptom=noise --field symptom=heat`，JSON里写列表，文件里用`;`、`；`或`、`隔开。
条件只要求其中一个；更正则全部换掉。

**关键词给出的字段。** 只有一个取值的字段没有人填时，`values`里第一个在描述中有`match`关键词的取值就是它的值，
这在判断类别和优先级之前进行；`show`和`explain`写出是哪些关键词。人或文件给出的保持不变；
否则每次按规则重新判断时再找一遍。

**文字说明的类型。** 没有人说明类型的工单，类型的找法和类别一样，先于类别：先看`kinds`里第一个有`when`条件成立的，
再看哪个类型在`match`下的关键词说得最多；文字里有它`unless`下关键词的不算。两个分不出高下，或什么都没有，就不填。`explain`会说明排在其次的是哪个。
凡看类型的都照此办理，与有人说明一样：登记时的必填项（`require`）、时限、要求、由谁负责。`amend`可以更正。

**跟着客户走的字段**（`of: customer`）：客户等级、合同、希望的联系方式。工单没有写的，用同一联系方式的其他工单最近一次
说的，`show`和`explain`写明取自哪个工单。登记、导入或更正给出的才算说过，从以前的工单得知的不算；筛选为无效的、已撤回的
也不算。工单取用之后，以后再说什么都不变。导入的文件不论怎么排序，都按收到的先后读，时间最晚的一行算最近说的。

**客户以往的工单**按`earlier`下的各项来数：同一联系方式、登记在前的工单里，与本单有`same`所列的共同之处、
在`within`的时间以内、符合`when`的才算。`carried_out`是已办成的处理方式，即任务都已完成，或工单已按它解决，哪一轮都算；
只是提出过的也算在`disposition`里。一单只算一次，重新处理过几次都一样；本单不算自己，重新处理了几次看`cycle`。
作废的不算（登记有误撤回的、客户撤回的、无效的、并入别单的），个人信息已清除的也不算。不知道是谁的工单，或缺少应当相同的信息，
就没有数：问到它的条件都不成立。登记时数一次，归档之前每次办理时再数，其他工单牵动本单（归入问题、合并）时也再数；数出来不同的，历史记录里有`earlier_counted`，
时限随之改变。优先级到`classify`时才重新判断。`explain`写明数了哪些工单、什么时候数的。`rules backtest`用当时数出来的。

```yaml
earlier:
  repairs: {title: 同一故障修过的次数, same: [category, field:serial], within: 2y, when: {carried_out: repair}}
  complaints: {title: 最近三十天的投诉, within: 30d, when: {kind: complaint}}
dispositions: {exchange: {title: 换货, when: {earlier.repairs: {at_least: 2}}}}
```

**工单归谁。** 先看`assignment`里第一条符合的；再看类别的部门，没有写的看最近的上级类别；再看产品线的；最后是默认的。
重新分类或交还给规则时再判断一次，更正和升级时不判断；人指定的保持不变。`部门/人员`把工单同时交给一个人；
换了规则而部门不变的，原来的经办人不变。

**客户付的费用**（如保外维修），是`gives`里写明`paid_by: customer`的一种。报价写在方案里（`propose --give fee=280`），
客户接受就记`agree --yes`；方案里有收款的任务的（`tasks: {collect: {by: finance, once: true}}`），做了任务就是已付。
继续办之前可以要求`approval`、`agreement`和`tasks`。审批按它自己的名称写（`give.fee: {over: 500}`）；消息里写`{pays}`，
不算在`{gives}`里；报告里单列一张表（`charges`）。

**时长**：`30s`、`15m`和`24h`按钟点算，`90wm`和`8wh`按工作时间算。`3d`到第三天结束为止，
`3wd`到第三个工作日下班为止，起算的那天不计。几处规则给同一个时限规定了时长的，
渠道的先于类型的，再是类别的、优先级的。时限同时看几样的（例如优先级和服务合同），在`targets`里写`times`：
一个列表，各带一个条件，从上往下取第一条符合的，先于以上各处；时限自己的`within`最后。之后情况变了，截止时间随之变，
仍从原来的起点算。永远轮不到的一条，以及（所问的取值组合不超过两万种时）没有时间的工单，`rules check`会指出来。
任务同样可以写`times`，取第一条符合的，先于任务自己的`within`。

**期限**是与客户有关的时段，从工单的某个日期起，按天、工作日、月或年算（`7d`、`5wd`、`24mo`、`2y`）。起算的那天不计；
那个月没有这一天的，到月底为止；最后一天是休息日的，顺延到下一个工作日。要落在期限内的是登记那天，或另一个日期。
产品线可以另写长短，`within: line`的必须写。`show`列出工单的各个期限，`explain`说明怎么算的；期限不算谁超时。
名为`warranty`的期限决定是否在保，除非核实或鉴定已有结论。时限不能按月算。

**例行工作**（`duties`）做过之后隔一段时间再到期（`every: 4wh`），或者到一天里的几点到期：每个工作日（`every: 17:00`），
每周几（`mon 10:00`、`"mon,thu 10:00"`、`mon-wed 10:00`），每月几日（`25d 12:00`），每月第几个工作日（`3wd 12:00`），
或每月最后一个工作日（`last 12:00`），都按它的`calendar`算。那个星期几或那一日休息的，由下一个工作日代替。
做一次，算做到了接下来的那一次；已经过了时间才做的，算那一次迟了，下一次仍要做。按百分比提醒的，按到期前的这段时间算。

**YAML里不能用的。** 别名、合并键、标签和重复的键一律不收；取值就是写出来的文字：`NO`是一个词，`12:30`不是数。
只有一项的列表可以只写那一项，除标题外什么都没有的可以只写标题。

**两种语言。** 只写一段文字的标题，中英文相同；`{zh: …, en: …}`分别写明。英文的标题和消息也可以另放一个文件，
即`NAME.yaml`旁边的`NAME.en.yaml`：键与规则文件相同，写上英文，一项后面的文字就是它的标题（消息则是它的内容）。
`rules check`、`rules adopt`和`init`会读它，并指出规则文件里没有的键。

```yaml
owners: {tech: Engineering}
categories: {product: {title: Product, children: {defect: Defect}}}
messages: {result: "Your case {case} is dealt with: {text}"}
```

**在编辑器里。** `AFTERSERVICE_LANG=zh afterservice rules schema > rulebook.schema.json`把本页写成JSON Schema。
规则文件的第一行写上`# yaml-language-server: $schema=rulebook.schema.json`，多数编辑器就能边写边补全、边检查。
只有程序才知道的，例如有没有某个部门，由`rules check`检查。
""",
}


def page(language: str) -> str:
    """Return the page in a language."""
    return f"{ABOVE[language]}\n{tables(RULEBOOK, language)}"
