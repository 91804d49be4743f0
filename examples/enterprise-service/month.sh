#!/bin/sh
# 企业客户售后服务管理工具：2026年2月，有春节。用法：sh month.sh [文件夹]
# The service desk for business customers, February of 2026 with the Spring Festival: assignment, parts, no closing unconfirmed.
. "$(dirname "$0")/../steps.sh"

# 节后第一天，把登记表里的47条导入新台账。受理人、预计解决时间、处理状态不导入。
# On the first day after the festival 47 rows of the register become cases (demands 129, 130).
step "2026-02-24 14:00" "建台账，导入登记表（到2月24日中午的47条）"
run init --rules enterprise-service
head -n 48 "$here/month.csv" >month.csv
run import month.csv --profile month.profile.yaml --as chen

# 设备启动不了属紧急，X系列归li；客户愿意收短信。技术支持2小时内介入，责任人30分钟内联系。
# A device that does not start is urgent, the X series is Li's; the customer is told by SMS (demands 87, 98–107).
step "2026-02-24 14:30" "紧急报修：30分钟内联系，2小时内技术支持介入"
run register "设备开机无反应，红灯一直闪烁" --channel 电话 --kind 故障报修 --customer 白桦精密 --contact "138 0000 0490" --product X-2000 --field contact_person=周经理 --field contract_number=HT-2025-090 --field purchased_on=2025-03-01 --field preferred=短信 --as wu
run acknowledge 048 --as wu
run task 048 call_in "红灯是电源报警，先备一块主板" --as fan
run respond 048 "我是您的工程师，通电后主板灯不亮对吗？" --as li

# 客户要什么、要不要上门，都清楚了才有方案；备件由仓库发。
# What the customer wants, and remote or on site: both are known before there is a plan; the warehouse sends the parts.
step "2026-02-24 15:00" "先问清诉求，再提方案"
refused propose 048 "更换主板" --disposition parts --as li
run amend 048 --set demand=repair --reason "电话确认" --as li
run assess 048 --visit on_site --as li
run propose 048 "更换主板" --disposition parts --promise "2026-02-25 18:00" --as li

# 描述要具体；说得模糊的退回客户补充。
# A description has to be concrete: a vague one goes back to the customer.
step "2026-02-24 16:30" "描述模糊，请客户补充"
run register "机器不能用" --channel 在线客服 --kind 故障报修 --customer 松涧茶业 --contact "138 0000 0491" --product Y-1200 --field contact_person=蓝女士 --as lin
run screen 049 --vague --as lin
step "2026-02-24 17:10" "补充之后重新归类、分派"
run note 049 --from-customer "压饼机温度过高，报警三次" --as lin
run acknowledge 049 --as lin
run respond 049 "请把报警代码拍给我" --as he

# 上门维修：先约时间。
# A visit: the time is agreed with the customer first (demand 109).
step "2026-02-25 09:00" "面板花屏：上门维修"
run respond 044 "今天下午到现场可以吗？" --as li
run amend 044 --set demand=repair --reason "电话确认" --as li
run assess 044 --visit on_site --as li
run propose 044 "更换面板排线" --disposition on_site --as li
run task 044 appoint "25日15点" --as li
refused resolve 044 "已更换排线" --as li

# 仓库说明缺货，方案就要改，可以另加任务；延期提前告诉客户。
# Out of stock: the plan has to be revised, with a task of its own, and the customer hears of the delay (demand 110).
step "2026-02-25 10:00" "仓库缺货，改方案，延期告知"
run task 048 deliver "主板缺货，厂家27日到" --outcome missing --as shen
run propose 048 "从分公司调一块主板，上门更换" --disposition on_site --task "旧主板寄回仓库" --as li
run task 048 appoint "27日上午到现场" --as li
run delay 048 --to "2026-02-27 18:00" --reason "主板从分公司调，27日到" --as li

# 服务流程：先核对订单与政策，再办手续。
# A service process: order and policy are checked before the formalities (demand 111).
step "2026-02-25 11:00" "型号不对，换货"
run respond 046 "订单号收到，正在核对" --as zhao
run amend 046 --set demand=replace --reason "邮件所述" --as zhao
run propose 046 "换成带支架的" --disposition formalities --as zhao
refused task 046 handle --as zhao
run task 046 check "订单写的是带支架" --outcome fits --as zhao

# 建议：记录，一周内转产品部。
# A suggestion is recorded and with the product department within a week (demand 112).
step "2026-02-25 14:00" "建议转产品部"
run respond 047 "谢谢，已转产品部" --as feng
run amend 047 --set demand=improvement --reason "建议" --as feng
run propose 047 "停机原因改为下拉" --disposition pass_on --as feng
run task 047 record "夜班打字慢，要下拉" --as lin
run task 047 hand_over "已交产品部" --as lin
run close 047 --resolution "列入4月评审" --confirmed --words "好" --rating 5 --as lin

step "2026-02-25 17:00" "花屏修好"
run task 044 repair "排线更换" --as li
run appraise 044 --cause part --as li
run close 044 --resolution "更换排线，显示正常" --confirmed --words "清楚了" --rating 5 --as li
run task 046 handle "新机已寄出" --as zhao

# 紧急的每天告知进展。
# An urgent customer has news every day (demand 113).
step "2026-02-26 09:30" "告知进展"
run respond 048 "主板已从分公司发出，明天上午到" --as li

# 未确认不归档；客户不满意，紧急程度升一级，主管介入。
# No closing without the customer's word; not satisfied: one step up, and the supervisor steps in (demands 116–120).
step "2026-02-27 10:30" "换好主板：未确认不能完成"
run task 048 repair "更换主板" --as li
run task 048 +1 "收到旧主板" --as shen
run appraise 048 --cause part --as li
run resolve 048 "更换主板，开机正常" --as li
refused close 048 --as li
run confirm 048 --no --words "运行一小时后又黑屏" --as wu
step "2026-02-27 10:40" "主管介入，技术支持负责人到场"
run respond 048 "非常抱歉，负责人中午到现场" --as chen
run task 048 call_in_head "电源模块也要换" --as qin
step "2026-02-27 16:00" "客户确认之后才完成"
run close 048 --resolution "电源模块已更换，连续运行三小时正常" --confirmed --words "可以了" --rating 4 --as qin
run close 046 --resolution "已换货" --confirmed --words "收到" --rating 5 --as zhao

# 月底（28日是补班的星期六）：再导入整份登记表，看时限和任务，超时的告诉主管；进度跟踪表就是工单的经过。
# The month's end, a make-up workday: the whole register again, what is due; a case's course is the progress table (115).
step "2026-02-28 18:00" "月底：再导入整份登记表"
cp "$here/month.csv" .
run import month.csv --profile month.profile.yaml --as chen
run escalate --format table --as chen
run due --format table
run tasks --format table
run show 048

# 首次响应、解决时长、类型（122、123、126）。
# Times to first response and to resolution, frequent types (demands 122, 123, 126).
step "2026-03-01 09:00" "2月的月报"
run report --month 2026-02
finish
