"""Files as other systems export them: what they call things is known, and no text of a customer is left aside."""

from pathlib import Path
from typing import Any

import pytest

from conftest import Runner
from importing import cases, proposal


def columns(call: Runner, folder: Path, text: str) -> dict[str, Any]:
    (folder / "rows.csv").write_text(text, "utf-8")
    found = proposal(call, "rows.csv")
    return {field: heads[0] if len(heads) == 1 else list(heads) for field, heads in found["columns"].items()}


def test_what_the_buyer_wrote_is_the_description_behind_the_reason(guide: Runner, tmp_path: Path) -> None:
    found = columns(
        guide,
        tmp_path,
        "售后编号\t,订单编号\t,申请时间,售后类型,退款原因,买家留言,售后状态,退款金额(元)\n"
        '7001\t,260101-001\t,2026-10-03 12:00,退货退款,质量问题,壶盖裂了,退款成功,"1,299.00"\n'
        "7002\t,260101-002\t,2026-10-03 13:00,仅退款,少件/漏发,少了一个盖子,平台处理中,39.9\n",
    )
    assert (found["number"], found["description"]) == ("售后编号", ["退款原因", "买家留言"])


def test_returns_of_a_shop_have_their_reason_product_and_note(guide: Runner, tmp_path: Path) -> None:
    found = columns(
        guide,
        tmp_path,
        "Name,Created at,Customer,Email,Phone,Return reason,Customer note,Lineitem name\n"
        "#1001,2026-10-03 14:05:11 +0800,Wang Fang,wf@example.com,,Defective,The kettle leaks,KL-200\n"
        "#1002,2026-10-04 09:00:00 +0800,Li Lei,,+86 139 0000 0102,Other,Arrived late and torn,KL-300\n",
    )
    assert (found["description"], found["product"]) == (["Return reason", "Customer note"], "Lineitem name")


def test_the_list_of_an_erp_has_its_number_and_goods(guide: Runner, tmp_path: Path) -> None:
    found = columns(
        guide,
        tmp_path,
        "单据信息,,客户,,投诉,,,备注\n单据编号,单据日期,客户名称,联系电话,存货名称,投诉内容,数量,\n"
        "TS0001,2026-10-05,青禾商贸有限公司,0571-88886666-802,水壶KL-200,整批漏水，退货,20,\n"
        "TS0002,46300,海蓝电器,0571-88886667,水壶KL-300,开关失灵,3,急\n合计,,,,,,23,\n",
    )
    assert (found["number"], found["product"], found["received_at"]) == ("单据编号", "存货名称", "单据日期")


def test_whoever_fills_in_a_form_is_not_the_customer_who_complains(guide: Runner, tmp_path: Path) -> None:
    found = columns(
        guide,
        tmp_path,
        "审批编号,提交时间,申请人,审批状态,投诉客户,客户电话,投诉描述\n"
        "202610030001,2026-10-03 10:00:00,王芳,已通过,张三,13900000801,空调外机噪音大，邻居投诉\n"
        "202610030002,2026-10-04 10:00:00,王芳,审批中,李四,13900000802,安装师傅迟到两个小时\n",
    )
    assert (found["customer"], found["contact"]) == ("投诉客户", "客户电话")


@pytest.mark.parametrize(
    "question",
    [
        "3、您遇到的问题是？(请详细描述)",
        "3. 请描述您遇到的问题",
        "您的问题是什么？",
        "What is your complaint?",
        "Please describe the problem",
    ],
)
def test_a_question_of_a_form_asks_for_the_description(guide: Runner, tmp_path: Path, question: str) -> None:
    found = columns(
        guide,
        tmp_path,
        f'序号,提交答卷时间,来自IP,1、您的姓名：,2、您的手机号码：,"{question}"\n'
        "1,2026/10/3 9:12:33,1.2.3.4(浙江-杭州),王小明,13900000201,空调不制冷\n"
        "2,2026/10/3 10:00:01,1.2.3.5(上海-上海),李雷,13900000202,遥控器没反应\n",
    )
    assert (found["description"], found["customer"], found["contact"]) == (
        question,
        "1、您的姓名：",
        "2、您的手机号码：",
    )


def test_first_and_last_name_are_one_customer(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "Submission Date,First Name,Last Name,E-mail,Complaint Details\n"
        '"Oct 3, 2026",Ann,Lee,ann@example.com,Screen flickers after an hour\n'
        '"Oct 4, 2026",Bob,,bob@example.com,Dead on arrival\n',
        "utf-8",
    )
    assert guide("import", "rows.csv", "--save-profile", "kept.yaml").code == 0
    assert [case["customer"] for case in cases(guide)] == ["Ann Lee", "Bob"]
    again = guide("import", "rows.csv", "--profile", "kept.yaml")
    assert "2 unchanged" in again.out


def test_states_of_shops_are_known(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "服务单号,申请时间,客户姓名,联系电话,问题描述,服务单状态,完成时间\n"
        "901,2026-10-01 10:00,张三,13900000101,水壶底部漏水,维修完成,2026-10-03 10:00\n"
        "902,2026-10-02 10:00,李四,13900000103,电机异响,待审核,\n",
        "utf-8",
    )
    done = guide("import", "rows.csv")
    assert (done.code, "flagged" in done.err) == (0, False)
    assert [case["status"] for case in cases(guide)] == ["closed", "open"]


def test_conversations_of_a_messenger_are_cases(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "conversation_id,conversation_created_at,contact_name,contact_email,first_message,conversation_state\n"
        "99001,1790816400,Ann Lee,ann@example.com,The app crashes at once,closed\n"
        "99002,1790816500,Bob,bob@example.com,login fails and hangs,open\n",
        "utf-8",
    )
    assert guide("import", "rows.csv").code == 0
    assert [(case["source_number"], case["customer"]) for case in cases(guide)] == [
        ("99001", "Ann Lee"),
        ("99002", "Bob"),
    ]


def test_one_time_is_named_once_in_a_proposal(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "投诉编号,投诉日期,顾客,电话,内容,处理状态,办结日期,处理结果\n"
        "C1,2026-10-03,赵,13900000031,水壶漏水,已办结,2026-10-05,换新\n"
        "C2,2026-10-04,钱,13900000032,不通电,处理中,,\n",
        "utf-8",
    )
    told = guide("import", "rows.csv", "--draft-profile").out
    assert "at: [办结日期]" in told


def test_a_field_that_no_column_says_may_be_the_same_in_every_row(call: Runner, tmp_path: Path) -> None:
    assert call("init", "--rules", "product-feedback").code == 0
    (tmp_path / "rows.csv").write_text(
        "单号,时间,客户,电话,型号,序列号,购买日期,内容,诉求\n1,2026-10-03,赵,13900000031,KL,S1,2026-05-01,水壶漏水,换\n",
        "utf-8",
    )
    told = call("import", "rows.csv").err
    assert "if it is the same in every row, write it under `defaults:` instead: kind: …" in told


def test_the_log_of_a_help_desk_is_read_as_events(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "工单号,操作时间,操作人,操作类型,操作内容,客户,电话\n"
        "L1,2026-10-01 09:00,系统,工单创建,水壶漏水,甲,13900001401\n"
        "L1,2026-10-01 10:00,王芳,首次回复,已联系,,\n"
        "L1,2026-10-02 10:00,王芳,工单关闭,换新,,\n"
        "L2,2026-10-01 11:00,系统,工单创建,不通电,乙,13900001402\n"
        "L2,2026-10-01 12:00,王芳,转派,转技术部,,\n",
        "utf-8",
    )
    assert guide("import", "rows.csv").code == 0
    assert len(cases(guide)) == 2


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (
            "售后单号,商品名称,售后原因,申请时间,买家昵称,收件人手机号\n"
            "7001,保温杯,质量问题-漏水,2026/10/1 9:05,a***,138****1234\n"
            "7002,保温杯,与描述不符,2026/10/2 9:05,b***,139****5678\n",
            {"customer": "买家昵称", "contact": "收件人手机号", "description": "售后原因"},
        ),
        (
            "单据编号,单据日期,往来单位,经手人,存货名称,摘要\n"
            "XT-1,20261001,华联超市,王芳,电水壶,壶底漏水退一台\nXT-2,20261002,家乐福,王芳,电水壶,开关坏换一台\n",
            {"number": "单据编号", "customer": "往来单位", "description": "摘要"},
        ),
        (
            "编号,开始答题时间,结束答题时间,1.您的称呼,2.您的联系电话,3.您遇到了什么问题？\n"
            "1,2026-10-01 09:00,2026-10-01 09:02,王女士,13900000101,洗衣机甩干时异响\n",
            {"received_at": "结束答题时间", "customer": "1.您的称呼", "description": "3.您遇到了什么问题？"},
        ),
        (
            "return-date\torder-id\tproduct-name\tdetailed-disposition\treason\tcustomer-comments\n"
            "2026-10-01T09:12:13+00:00\t111-1\tKettle\tDEFECTIVE\tDEFECTIVE\tIt leaks from the base\n"
            "2026-10-02T09:12:13+00:00\t111-2\tKettle\tSELLABLE\tUNWANTED_ITEM\t\n",
            {"received_at": "return-date", "product": "product-name", "description": ["reason", "customer-comments"]},
        ),
        (
            "Return ID,Buyer username,Item title,Return reason,Buyer comments,Return opened date\n"
            "5001,buyer_1,Kettle,Defective item,Leaks when boiling,2026-10-01\n",
            {"number": "Return ID", "customer": "Buyer username", "description": ["Return reason", "Buyer comments"]},
        ),
        (
            "Vorgang;Eingang;Kunde;Telefon;Beschreibung\n1001;25.09.2026 09:00;Jörg;+49 151 2345678;Er läuft aus\n",
            {"received_at": "Eingang", "customer": "Kunde", "contact": "Telefon", "description": "Beschreibung"},
        ),
        (
            "Numéro;Date de réception;Client;Téléphone;Description\n"
            "1;1 octobre 2026 à 09:00;Jean;+33 6 12 34 56 78;Elle fuit\n",
            {"received_at": "Date de réception", "contact": "Téléphone", "description": "Description"},
        ),
        (
            "# de reclamo;Fecha de apertura;Comprador;Motivo;Mensaje del comprador\n"
            "9001;1 de octubre de 2026 09:00 hs.;Juan;Defectuoso;La tetera pierde agua\n",
            {"customer": "Comprador", "description": ["Motivo", "Mensaje del comprador"]},
        ),
        (
            "單號,登記時間,客戶姓名,聯絡電話,內容\n1,民國115年10月1日,甲,0912345678,漏水了三天\n2,115/10/02,乙,0912345679,不通電\n",
            {"received_at": "登記時間", "description": "內容"},
        ),
    ],
)
def test_the_exports_of_platforms_and_of_other_countries_are_known(
    call: Runner, tmp_path: Path, text: str, meant: dict[str, Any]
) -> None:
    assert call("init", "--rules", "minimal").code == 0
    found = columns(call, tmp_path, text)
    assert {field: found.get(field) for field in meant} == meant
    assert call("import", "rows.csv").code == 0
