#!/bin/sh
# 客服投诉、退货处理制度：2026年10月。用法：sh month.sh [文件夹]
# Complaints and returns of October 2026: acknowledgement, evidence, departments that work along, goods first, then money.
. "$(dirname "$0")/../steps.sh"

# 10月28日建台账，把登记表里到27日为止的54条导入。
# The desk begins on the 28th; the register up to the 27th becomes its first 54 cases.
step "2026-10-28 09:00" "建台账，导入登记表（到10月27日的54条）"
run init --rules complaints-returns
head -n 55 "$here/month.csv" >month.csv
run import month.csv --profile month.profile.yaml --as sun

# 投诉邮箱一天看两次以上；从查看起1小时内确认收到，确认之前不谈问题。
# The mailbox is read at least twice a day, and receipt acknowledged within an hour of the reading (demands 164, 165).
step "2026-10-28 09:20" "邮件投诉：毛衣起球、掉色，想退款"
run duty mailbox "一封投诉" --as lin
run register "毛衣穿了一次就起球、掉色" --channel mailbox --kind return --customer 纪蓝 --contact "138 0000 0190" --product "毛衣 S3" --field order_number=A2610777 --field purchased_on=2026-10-23 --field received_on=2026-10-25 --field appeared_on=2026-10-26 --field extent=slight --field distance_sale=yes --field wish=refund --received-at "2026-10-28 09:15" --as lin
refused respond 055 "请问洗过几次？" --as lin
run acknowledge 055 --as lin
run respond 055 "您说穿过一次、水洗一次，希望退款" --as lin

# 生产部为主核实，采购部协办查来料，各有期限；要有检测、责任和证据，才提方案。
# Production verifies, purchasing has its part and its own time; no plan without evidence (demands 173–176, 179).
step "2026-10-28 11:00" "主办与协办部门核实"
refused task 055 purchasing "来料合格" --as lin
run task 055 purchasing "纱线B7批次不合格" --as deng
run assess 055 --visit records --as ma
run investigate 055 "同批有三件反映" --as ma
echo "纱线B7批次抽检：色牢度2级，不合格" >检测报告.txt
run attach 055 检测报告.txt --as ma
run appraise 055 --cause material --liability supplier --as ma

# 方案经部门负责人批准，改到客户同意为止。
# The head of the department approves the plan, and it is revised until the customer agrees (demands 182, 183).
step "2026-10-28 14:20" "方案：批准，客户不同意，修改"
run duty mailbox "没有新邮件" --as lin
run propose 055 --disposition refund_return --give refund=150 --as ma
run approve 055 --as wu
run agree 055 --no --words "要全额" --as lin
run propose 055 "邮费由我们承担" --disposition refund_return --give refund=199 --as ma
run approve 055 --as wu
run agree 055 --yes --as lin

# 包裹丢失：物流部为主，仓储部协办；退款上千元，管理层也要批准。
# A lost parcel is for logistics with the warehouse; a refund of 1,000 yuan or more takes management, too.
step "2026-10-28 15:00" "包裹丢了：退款1299元"
run register "快递员说包裹丢了，让我找卖家" --channel online --kind complaint --customer 柏舟 --contact "138 0000 0191" --product "扫拖机 T9" --field order_number=A2610791 --field wish=refund --as lin
run respond 056 "非常抱歉，今天查清楚" --as lin
run investigate 056 "转运时丢失" --as li
run task 056 warehouse "已出库，重量相符" --as luo
run propose 056 "全额退款" --disposition refund_only --give refund=1299 --as li
run approve 056 --as zhao
refused agree 056 --yes --as lin
run approve 056 --as han
run agree 056 --yes --as lin

# 三包、七天无理由：期限由日期算出。长假里到期的，顺延到节后第一个工作日：9月30日签收，10月8日还能退。
# Limits follow from the dates: received on 30 September, the seventh day falls into the holidays, so 8 October still counts.
step "2026-10-29 09:10" "七天无理由：第七天在长假里，顺延到8日"
run duty mailbox "没有新邮件" --as xu
run respond 016 "非常抱歉拖到今天，您想退款" --as xu
run propose 016 "拖了三周，致歉" --disposition refund_return --give refund=329 --as xu
run approve 016 --as sun
run agree 016 --yes --as xu
run show 016
run register "不喜欢这个样子，想退掉" --channel hotline --kind return --customer 夏满 --contact "138 0000 0192" --product "定制相框" --field order_number=A2610802 --field purchased_on=2026-10-24 --field received_on=2026-10-28 --field distance_sale=yes --field wish=refund --as lin
run respond 057 "已了解，您想退款" --as lin
refused propose 057 --disposition refund_return --give refund=88 --as lin
run propose 057 "定制商品不适用无理由退货" --disposition declined --as lin
step "2026-10-29 14:10" "批准，说明理由即可结案"
run duty mailbox "没有新邮件" --as xu
run approve 057 --as sun
run close 057 --resolution "已说明理由" --as lin

# 先收货、验货，再退款；验出穿过多次，方案要改。
# Goods first, then money: they come back and are inspected; worn goods mean another plan (demands 193–195).
step "2026-10-30 09:10" "收货、验货：穿过多次"
run duty mailbox "没有新邮件" --as xu
run task 055 back --as li
refused task 055 pay --as cao
run task 055 inspect "多次穿洗，袖口磨损" --outcome used --as luo
run propose 055 "多次穿洗，折价退款" --disposition refund_less --give refund=120 --as ma
run approve 055 --as wu
run agree 055 --yes --words "可以" --as lin

# 财务付款，只付一次；告知到账，确认，致谢，结案。
# Finance pays, and pays once; the customer is told, confirms, and is thanked (demands 185, 186, 196).
step "2026-10-30 14:10" "财务退款，结案"
run duty mailbox "没有新邮件" --as lin
run task 055 pay --as cao
refused task 055 pay --as cao
run task 055 tell --as lin
run close 055 --resolution "已退款120元" --confirmed --rating 4 --as lin
run task 016 back --as li

# 月底：整份登记表再导入一遍；查时限和任务，超时的告诉负责人。
# The month's end: the whole register is read again, what is due is listed, what was missed is told.
step "2026-10-31 20:00" "月底：再导入整份登记表"
cp "$here/month.csv" .
run import month.csv --profile month.profile.yaml --as sun
run escalate --format table --as sun
run due --format table
run tasks --format table

step "2026-11-01 09:00" "10月的月报"
run report --month 2026-10
finish
