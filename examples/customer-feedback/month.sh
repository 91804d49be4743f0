#!/bin/sh
# 客户反馈信息分类与处理指引：2026年10月，虚构的智能家居厂家青禾。用法：sh month.sh [文件夹]
# The guide's October of 2026 at 青禾, an invented maker of smart home devices: screening, P1–P4, plans with dates.
. "$(dirname "$0")/../steps.sh"
cp "$here/month.csv" .

# 匿名可以，留了姓名就要有联系方式；说得模糊的先请客户补充，再答复。
# Anonymous, or with name and contact; what is vague goes back to the customer before anything else (demands 58, 62, 63).
step "2026-10-12 09:00" "说得模糊的：先请客户补充"
run init --rules customer-feedback
run register "不好用" --channel app --customer 闻笛 --contact "138 0000 0301" --as lin
refused respond 001 "请问哪里不好用？" --as lin
run screen 001 --vague --as lin
step "2026-10-12 10:20" "客户补充之后重新归类，新的负责部门得知"
run note 001 --from-customer "希望设备列表能导出成表格，盘点要用" --as lin

# 广告剔除，原因留下。
# Advertising is taken out, and the reason stays (demands 60, 61).
step "2026-10-12 11:00" "无效的剔除，留下原因"
run register "低价批发智能灯泡，量大加微信" --channel social --as lin
run screen 002 --invalid advertising --reason "群发的推销" --as lin

# 多扣了钱：退款由部门负责人审批，客户同意，财务付款，再通知客户。
# Charged twice: the head approves the refund, the customer agrees, finance pays, the customer is told.
step "2026-10-12 14:00" "重复扣款，退款"
run register "付款的时候扣了两次，订单只有一笔" --channel app --kind complaint --customer 柯南方 --contact "138 0000 0302" --field order_number=24101207 --as lin
run respond 003 "正在核对流水" --as cao
run investigate 003 "通道回执丢失，确有两笔" --as cao
run appraise 003 "通道回执丢失" --cause process --as cao
run propose 003 "退回一笔" --disposition refund --give refund=269 --as cao
refused agree 003 --yes --as lin
run approve 003 --as feng
run agree 003 --yes --as lin

step "2026-10-12 16:00" "答复补充了的那一件，排查"
run respond 001 "已转给产品经理" --as tang
run investigate 001 "导出接口已有，缺按钮" --as tang

# 同一个人又说了一遍：提示可能重复，合并之后只剩一件。
# The same customer says it again: the program points to the twin, and one case is left after merging (demand 60).
step "2026-10-13 09:10" "同一件事又来一次：合并"
run register "付款扣了两次，订单只有一笔，怎么还没退" --channel phone --kind complaint --customer 柯南方 --contact "138 0000 0302" --field order_number=24101207 --as lin
run merge 004 003 --reason "同一笔订单" --as lin

# VIP的投诉是P1：1小时响应，2小时排查，24小时解决；下一次还认得。
# A complaint of a VIP is P1: 1 h, 2 h, 24 h – and the customer is known in the next case (demands 64–66).
step "2026-10-13 10:00" "VIP的投诉是P1"
run register "约好的安装师傅说话很冲，东西没装完就走了" --channel phone --kind complaint --customer 陶舟 --contact "138 0000 0303" --field customer_tier=vip --as lin
run respond 005 "非常抱歉，主管今天联系您" --as luo
run investigate 005 "派单记录属实" --as luo

# 要时间的，方案要有日期，客户会得知。
# What takes long gets a plan with a date, and the customer is told (demand 74).
step "2026-10-13 15:00" "按计划解决：要有日期"
refused propose 001 "11月版本支持导出" --disposition planned --as tang
run propose 001 "11月版本支持导出" --disposition planned --promise 2026-10-16 --as tang

step "2026-10-14 09:30" "付款、通知、答复"
run task 003 pay "原路退回" --as cao
run task 003 tell "短信已发" --as he
run resolve 003 "重复的一笔已退回" --as cao
run resolve 005 "换人上门装完，师傅停单培训" --as luo
run close 003 --confirmed --words "收到了" --rating 5 --as lin

# 评分低：部门负责人二次回访之后才归档。
# A low score: the head of the department visits again before the case goes to the archive.
step "2026-10-14 16:00" "VIP打了2分：负责人二次回访"
run confirm 005 --yes --words "装是装好了，耽误一天" --as lin
run rate 005 2 --as lin
refused close 005 --as lin
run task 005 visit "致歉，赠送一次保养" --as zhou
run close 005 --as lin

# 不满意：重新处理，优先级升一级，负责人得知。
# Not satisfied: the case starts again, its priority goes up by one, the head is told (demands 81, 82).
step "2026-10-16 10:00" "不满意：重新处理，升一级"
run resolve 001 "导出已排入11月版本" --as tang
run confirm 001 --no --words "11月太晚，月底就要盘点" --as lin
step "2026-10-16 17:00" "先用后台导出"
run resolve 001 "已用后台导出发给您，按钮随11月版本上线" --as tang
run close 001 --confirmed --words "这样行" --rating 4 --as lin

# 做不到的，说明原因和替代方案。
# What cannot be done is declined with the reason and an alternative (demand 75).
step "2026-10-19 09:00" "婉拒：说明原因和替代方案"
run register "能不能支持接入我家二十年前的红外老空调" --channel form --kind suggestion --customer 计晚 --contact "138 0000 0304" --as lin
refused propose 006 --disposition declined --as tang
run propose 006 "老型号没有公开码库；可以加一只红外遥控器，送您九折券" --disposition declined --as tang
run close 006 --resolution "已说明原因和替代方案" --confirmed --words "明白了" --rating 4 --as tang

# 月后：别的渠道一个月的144条从导出文件导入；没有关键词命中的留给人分类。
# After the month: 144 rows of the other channels come in from an export; what no phrase placed is left for a person.
step "2026-11-06 18:00" "导入一个月的144条"
run import month.csv --profile month.profile.yaml --as lin
run list --unclassified --format table
run show 010

# 超时的：负责人得知，没按时解决的由其接手，优先级升一级。
# What was missed: the head hears of it and takes over what is not solved in time, one step higher.
step "2026-11-06 18:30" "时限、超时"
run due --format table
run escalate --format table --as lin

# 按类别的月度回顾。
# The monthly review by category (demand 84).
step "2026-11-06 19:00" "10月的月报"
run report --month 2026-10
finish
