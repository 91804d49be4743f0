#!/bin/sh
# 产品售后反馈与投诉处理手册：2026年10月。用法：sh month.sh [文件夹]
# The handbook's October of 2026: verification, approval, a delay announced, three scores, a second visit, a batch.
. "$(dirname "$0")/../steps.sh"

# 国庆长假后第一个星期一，把登记表里到11日为止的29条导入新台账。
# On the first Monday after the holidays the register form up to the 11th becomes 29 cases (demands 13–16).
step "2026-10-12 09:00" "建台账，导入登记表（到10月11日的29条）"
run init --rules product-feedback
head -n 30 "$here/month.csv" >month.csv
run import month.csv --profile month.profile.yaml --as chen

# 焦味属紧急：10分钟内首次响应，24小时内处理。
# A burning smell touches safety: answered within 10 minutes, handled within 24 hours (demands 4, 20, 21).
step "2026-10-12 09:30" "来电：主板有焦味"
run register "开机有焦味，接着主板烧坏，投影仪不能用了" --channel phone --kind complaint --customer 温先生 --contact "138 0000 0090" --product "投影仪 X200" --field purchased_on=2026-03-01 --field serial_number=X226030042 --field demand=换新 --field contact_by=written --as wei
step "2026-10-12 09:36" "6分钟后首次响应"
run respond 030 "请先断电，不要再用，今天派人检测" --as wei

# 没有核实，不能提方案；核实是技术人员的事。
# No plan before the technicians have verified (demands 17–19).
step "2026-10-12 10:00" "先核实，再提方案"
refused propose 030 "换主板" --disposition replace --as li
run assess 030 "主板电容烧毁" --known no --visit inspection --as li
run propose 030 "免费换主板，另送优惠券" --disposition replace --give voucher=200 --promise "2026-10-13 09:00" --as li

# 每个方案由部门负责人审批，再问客户是否接受。
# Every plan is approved by the head of the department, then put to the customer (demands 32–36).
step "2026-10-12 11:00" "审批，客户接受"
run approve 030 --as zhao
run agree 030 --yes --words "可以，尽快" --as wei

# 服务投诉：先核查录音，再致歉、改进。
# A complaint about service: recordings are checked, then there is an apology, and an improvement (demand 31).
step "2026-10-12 14:00" "服务投诉：等电话等了三天"
run respond 028 "非常抱歉，今天由主管跟进" --as xu
run propose 028 "主管致歉，回电改由系统提醒" --disposition apology --as xu
run approve 028 --as sun
run agree 028 --yes --as xu
run task 028 recording "录音属实，两次答应回电没有回" --as xu
run task 028 apologise "主管已致电" --as xu

# 缺货：到期之前告诉客户原因和新的时间。
# A part is missing: before the deadline the customer hears the reason and a new date (demand 39).
step "2026-10-12 20:00" "主板缺货，提前通知延期"
run delay 030 --to "2026-10-14 18:00" --reason "主板缺货，明天到货" --as wei

# 保修期内不收费：购买日期加12个月，不用人去算。电话是10日打的，今天补记（--at）。
# Under warranty nobody pays: the date of purchase and twelve months, which nobody has to work out (demands 28, 29).
# The call of the 10th is entered three days later.
step "2026-10-13 09:30" "2025年11月3日买的净化器还在保"
run respond 026 "您说读数一直停在35，我们来检测" --at "2026-10-10 12:05" --as wang
run assess 026 "激光传感器积灰" --visit inspection --as wang
refused propose 026 "收费清洗" --disposition paid_repair --as wang
run propose 026 "保修期内更换传感器" --disposition repair --as wang
run approve 026 --as zhao
run agree 026 --yes --as jiang

# 建议：产品部权衡可行性和优先级，才纳入规划。
# A suggestion: the product department weighs feasibility and priority before it is planned (demand 30).
step "2026-10-13 15:00" "建议：遥控器加夜光按键"
run respond 029 "谢谢建议，产品部正在评估" --as feng
run amend 029 --set feasibility=high --set plan_priority=next --reason "评审会" --as feng
run propose 029 "下一版遥控器加背光" --disposition planned --as feng
run approve 029 --as wu
run task 029 schedule "排入明年1月版本" --as feng
run resolve 029 "明年1月版本支持" --as feng

# 新件按期发出；办结要客户确认、原话和三项评分。
# The new part goes out in time; closing takes the confirmation, the customer's words and three scores (demands 37, 40–42).
step "2026-10-14 09:00" "每天早上：超时的告诉负责人；发出新件"
run escalate --format table --as chen
run respond 030 "主板到了，今天寄出" --as wei
run task 030 send "运单已发客户" --as li
step "2026-10-14 16:00" "客户签收，确认，评分"
run task 030 receipt "客户签收" --as wei
run resolve 030 "已换主板，送优惠券200元" --as li
run confirm 030 --yes --words "能用了，就是等得久" --as wei
run rate 030 efficiency=3 attitude=5 plan=5 --comment "配件备一点货" --as wei

# 有一项3分：售后主管二次回访之后才闭环。
# One answer of 3: the loop is closed only after the supervisor's second visit (demands 44–46).
step "2026-10-15 10:00" "有一项3分，售后主管二次回访"
refused close 030 --as wei
run task 030 visit "配件备货不足，已请采购设安全库存" --outcome settled --as yang
run close 030 --as wei
run task 028 improve "回电任务改由系统到点提醒" --as xu
run close 028 --resolution "主管致歉，回电改由系统提醒" --confirmed --words "好，看以后" --rating efficiency=4 --rating attitude=5 --rating plan=4 --as xu
run close 029 --confirmed --words "期待" --rating efficiency=5 --rating attitude=5 --rating plan=5 --as feng

# 产品修好寄回。
# The product is back, repaired, and sent home, step by step (demand 37).
step "2026-10-16 10:00" "净化器修好寄回"
run task 026 back "收到净化器" --as jiang
run task 026 fix "更换激光传感器" --as wang
run task 026 ship "已寄出" --as jiang
run close 026 --resolution "更换传感器，读数正常" --confirmed --words "准了" --rating efficiency=5 --rating attitude=5 --rating plan=5 --as jiang

# 同一批次的退货是重大方案，还要管理层审批。
# A batch that comes back is a major plan: management approves it as well (demand 33).
step "2026-10-19 09:00" "批量退货：部门负责人和管理层都要审批"
run register "装在展厅的八台投影仪都有异响，是同一批" --channel email --kind complaint --customer 云上展馆 --contact "138 0000 0091" --product "投影仪 X200" --field purchased_on=2026-09-10 --field serial_number=X226090100 --field batch=B2609 --field demand=退货 --as wei
run respond 031 "收到，技术人员今天到现场" --as wei
run assess 031 "风扇轴承缺油，同批都有" --known yes --like 025 --visit inspection --as li
run propose 031 "八台退货" --disposition batch_return --give refund=31200 --as li
run approve 031 --as zhao
refused agree 031 --yes --as wei
run approve 031 --as han
run agree 031 --yes --as wei

# 月底：整份登记表再导入一遍，已有的不会重复；看时限、任务，超时的告诉负责人。
# At the month's end the whole form is read: what is there is not added twice. Then what is due, and what was missed.
step "2026-10-31 18:00" "月底：再导入整份登记表"
cp "$here/month.csv" .
run import month.csv --profile month.profile.yaml --as chen
run escalate --format table --as chen
run due --format table
run tasks --format table

# 月报：最多的问题、处理及时率、满意度。
# The month's figures: frequent problems, timeliness, satisfaction (demands 48–50).
step "2026-11-01 09:00" "10月的月报"
run report --month 2026-10
finish
