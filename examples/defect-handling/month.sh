#!/bin/sh
# 售后不良处理流程：2026年9月，有补班的星期日和中秋。用法：sh month.sh [文件夹]
# Defects, September of 2026 with a make-up Sunday: appraisal by an expert, grounds, verification by quality management.
. "$(dirname "$0")/../steps.sh"

# 9月14日建台账，把登记表里到13日为止的27条导入。
# The desk begins on the 14th; the register up to the 13th becomes its first 27 cases.
step "2026-09-14 09:00" "建台账，导入登记表（到9月13日的27条）"
run init --rules defect-handling
head -n 28 "$here/month.csv" >month.csv
run import month.csv --profile month.profile.yaml --as sun

# 客户着急：不论轻重，一个工作小时内响应。
# The customer is in a hurry: whatever the severity, the answer comes within a working hour (demand 133).
step "2026-09-14 09:20" "水壶漏水，客户着急"
run register "水壶底座裂了一道缝，烧水就漏水" --channel hotline --product "电热水壶 K-12" --customer 池先生 --contact "138 0000 0590" --field urgency=urgent --as lin
run respond 028 "已致电，请先停用" --as lin

# 使用情况、现象、出现时间收集齐了，分析过了，才能鉴定；分析之后约专家。
# Usage, symptom, when: collected before the appraisal, and a first analysis; then an expert is appointed (142–144).
step "2026-09-14 10:30" "先收集信息、初步分析，再约专家"
refused appraise 028 "底座开裂" --cause production --as li
run amend 028 --set usage=每天烧水 --set symptom=底座漏水 --set appeared_on=2026-09-12 --reason "电话了解" --as lin
run investigate 028 "照片上有裂纹，需送检" --as li
run task 028 appoint "陆专家，9月15日上午" --outcome made --as li

# 专家看过才下结论：故障类型、原因、责任。客户、质量管理、生产部都得知。
# Fault, cause and liability, once the expert has spoken; customer, quality management and production hear of it (145–148).
step "2026-09-15 11:00" "专家鉴定，结论通知客户和相关部门"
refused task 028 examine "底座壁厚不足" --outcome defective --as li
run task 028 examine "底座壁厚不足" --outcome defective --as lu
run appraise 028 "注塑时壁厚不足，受热开裂" --fault material --cause production --liability company --as li

# 处理方式要有依据：能修的，不退货也不补偿。
# A disposition has its grounds: what can be repaired is neither returned nor compensated (demands 151–154).
step "2026-09-15 14:00" "处理方式要有依据：可以维修"
run amend 028 --set harm=none --set repairable=yes --reason "鉴定所见" --as li
refused propose 028 "全额退款" --disposition return --give refund=199 --as li
refused propose 028 "赠优惠券" --disposition voucher --give voucher=50 --as li
run propose 028 "免费更换底座" --disposition repair --as li
run agree 028 --yes --words "修好就行" --as lin

# 规格型号不合：换货，由负责人批准。
# Model does not suit: an exchange, approved by the head (demand 152).
step "2026-09-16 09:30" "买错型号：换货"
run respond 025 "可以换带短支架的一款" --as lin
run propose 025 "换 G-5S，补差价免了" --disposition exchange --as lin
run approve 025 --as sun
run agree 025 --yes --as lin
run task 025 send "G-5S 已寄出" --as deng

# 星期五办完，两个工作日内验证：20日是补班的星期日，算一个工作日，期限是21日。
# Done on a Friday, verified within two working days: Sunday the 20th is one of them, so the 21st is the last.
step "2026-09-18 15:00" "修好，测试，等质量管理验证"
run task 028 fix "已更换底座" --as li
run task 028 test "烧水一次未见漏水" --outcome ok --as wang
run resolve 028 "已更换底座" --as li
run tasks --owner quality --format table

# 谁做的谁不能验证；验证不合格，重新处理。
# Quality management verifies, and not the one who did it; what fails begins again (demands 138, 139).
step "2026-09-20 10:00" "验证：不合格，重新处理"
refused task 028 verify "看着不错" --outcome passed --as li
run task 028 verify "连续烧水十次，第七次渗水" --outcome failed --as shen
run respond 028 "已致电致歉，改为退货" --as lin
run investigate 028 "模具尺寸偏差，换底座无效" --as li
run task 028 appoint "9月15日的鉴定仍适用" --outcome needless --as li

step "2026-09-20 15:00" "客户受影响、修不好：退货有了依据"
run amend 028 --set harm=impaired --set repairable=no --reason "维修未成" --as li
run propose 028 "收回后全额退款" --disposition return --give refund=199 --as li
run approve 028 --as zhao
run agree 028 --yes --as lin

# 自有数据里发现的：没有客户在等，只有研判期限；自己处理的，也不能自己验证。
# Found in the house's own data: no customer waits, but nobody verifies their own work (demands 141, 160).
step "2026-09-21 10:00" "数据挖掘发现的不良"
run resolve 015 "已要求供应商改端子压接，来料加抽检" --as wei
refused task 015 verify "抽查新批次" --outcome passed --as wei
run task 015 verify "抽查新批次五十件，压接合格" --outcome passed --as shen
run close 015 --as shen

# 收回、验货、退款、验证；告知客户、评分、评价之后才归档。
# Goods back, inspected, money paid, verified; the customer told and asked, the handling evaluated (demands 158, 159).
step "2026-09-23 10:00" "收货、验货、退款，再验证"
run task 028 back "运单已登记" --as deng
run task 028 inspect "K-12，底座开裂" --outcome fine --as jiang
run task 028 pay "原路退回" --as cao
run resolve 028 "已退款199元" --as li
run task 028 verify "核对退款凭证" --outcome passed --as shen
step "2026-09-24 10:00" "告知、评分、评价、归档"
refused close 028 --as lin
run task 028 follow "已致电告知" --as lin
run confirm 028 --yes --words "钱收到了" --as lin
run rate 028 efficiency=3 result=5 --as lin
run task 028 evaluate "按评价表：第一次维修不合格" --outcome partly --as wei
run close 028 --as lin

# 月底：整份登记表再导入一遍；看时限和任务，超时的告诉负责人和质量管理。
# The month's end: the whole register is read again; what is late, quality management and the heads hear of.
step "2026-09-30 18:30" "月底：再导入整份登记表"
cp "$here/month.csv" .
run import month.csv --profile month.profile.yaml --as sun
run escalate --format table --as sun
run due --format table
run tasks --format table

step "2026-10-01 09:00" "9月的月报"
run report --month 2026-09
finish
