"""The words on the screen, in Chinese and English; what the rulebook names, it titles itself."""

from __future__ import annotations

from afterservice_cli.rulebook.model import Rulebook, normal
from afterservice_cli.rulebook.vocabulary import HEAD_OF

LABELS: dict[str, tuple[str, str]] = {
    "case": ("编号", "case"),
    "status": ("状态", "status"),
    "stage": ("环节", "stage"),
    "kind": ("类型", "kind"),
    "channel": ("渠道", "channel"),
    "category": ("类别", "category"),
    "priority": ("优先级", "priority"),
    "owner": ("负责", "owner"),
    "collaborators": ("协同", "with"),
    "customer": ("客户", "customer"),
    "contact": ("联系方式", "contact"),
    "product": ("产品", "product"),
    "description": ("描述", "description"),
    "registered_at": ("接收时间", "registered"),
    "due_at": ("截止", "due"),
    "target": ("时限", "target"),
    "verdict": ("结果", "verdict"),
    "left": ("剩余", "left"),
    "why": ("依据", "why"),
    "time": ("时间", "time"),
    "person": ("人员", "person"),
    "event": ("事件", "event"),
    "what": ("内容", "what was done"),
    "seq": ("序号", "seq"),
    "attachments": ("附件", "attachments"),
    "name": ("文件名", "name"),
    "size": ("字节", "bytes"),
    "sha256": ("SHA-256", "SHA-256"),
    "note": ("备注", "note"),
    "file": ("文件", "file"),
    "open": ("处理中", "open"),
    "waiting": ("等待中", "waiting"),
    "resolved": ("待确认", "resolved"),
    "confirmed": ("已解决", "confirmed"),
    "closed": ("已完成", "closed"),
    "void": ("作废", "void"),
    "intake": ("受理", "intake"),
    "triage": ("分派", "triage"),
    "handling": ("处理", "handling"),
    "closing": ("收尾", "closing"),
    "done": ("完成", "done"),
    "running": ("进行中", "running"),
    "paused": ("暂停", "paused"),
    "paused_at": ("暂停自", "paused since"),
    "met": ("按时", "met"),
    "missed": ("超时", "missed"),
    "unclassified": ("未分类", "unclassified"),
    "provisional": ("暂定", "provisional"),
    "date": ("日期", "date"),
    "weekday": ("星期", "day"),
    "hours": ("工作时间", "hours"),
    "worked": ("时长", "worked"),
    "day_kind": ("说明", "note"),
    "warning": ("即将超时", "soon"),
    "rulebook": ("规则", "rulebook"),
    "cycle": ("轮次", "cycle"),
    "moved": ("调整", "moved"),
    "told": ("告知", "told"),
    "overdue": ("已超时", "overdue"),
    "anonymous": ("匿名", "anonymous"),
    "retracted": ("已撤回", "retracted"),
    "invalid": ("无效", "invalid"),
    "merged": ("已合并", "merged into"),
    "merged_here": ("并入本案", "merged into this one"),
    "withdrawn": ("客户撤回", "withdrawn"),
    "message": ("消息", "message"),
    "role_owner": ("负责人员", "owner"),
    "role_head": ("部门负责人", "head of the department"),
    "task": ("任务", "task"),
    "duty": ("例行工作", "duty"),
    "every": ("间隔", "every"),
    "done_at": ("上次完成", "last done"),
    "waits_for": ("等待", "waits for"),
    "opened_at": ("开始", "since"),
    "not_counted": ("不计入达成率", "outside attainment"),
    "promised_at": ("承诺时间", "promised"),
    "plan": ("方案", "plan"),
    "assessment": ("初步核实", "assessment"),
    "appraisal": ("鉴定", "appraisal"),
    "line": ("产品线", "product line"),
    "within": ("期限内", "within"),
    "unknown": ("未知", "unknown"),
    "over": ("已过期", "over"),
    "links": ("相关", "linked"),
    "related": ("相关", "related"),
    "duplicate": ("重复", "duplicate"),
    "follows": ("后续", "follows"),
    "allowed": ("下一步", "allowed next"),
    "warranty": ("在保", "under warranty"),
    "no_warranty": ("不在保", "not under warranty"),
    "known": ("已知问题", "known problem"),
    "new": ("新问题", "new problem"),
    "approved": ("已审批", "approved"),
    "declined": ("已驳回", "declined"),
    "to_revise": ("待修改", "to be revised"),
    "not_approved": ("待审批", "waits for approval"),
    "agreed": ("客户同意", "accepted"),
    "given": ("此前已给", "given before:"),
    "not_agreed": ("客户不同意", "not accepted"),
    "version": ("版本", "version"),
    "valid": ("有效", "valid"),
    "vague": ("待补充", "vague"),
    "looks_invalid": ("疑似无效", "looks invalid"),
    "looks_vague": ("疑似说明不足", "looks vague"),
    "still_demanded": ("登记时还须填写", "registering still demands"),
    "erased": ("已删除", "erased"),
    "yes": ("满意", "yes"),
    "no": ("不满意", "no"),
    "silent": ("客户一直未答复", "the customer never answered"),
    "report": ("月度报告", "Monthly report"),
    "attainment": ("达成率", "attainment"),
    "times": ("时长（分钟）", "Times in minutes"),
    "mean": ("平均", "mean"),
    "median": ("中位数", "median"),
    "p90": ("P90", "P90"),
    "count": ("件数", "count"),
    "top_two_share": ("4–5分占比", "scores 4–5"),
    "as_of": ("统计时间", "as of"),
}

LANGUAGES = ("zh", "en")
ROLES = {"owner": "role_owner", "owner_head": "role_head"}


def field_title(field: str, rulebook: Rulebook, language: str) -> str:
    """Return the label of a fact about a case: the rulebook's for its own fields, else the program's."""
    return rulebook.title("field", field, language) if field in rulebook.fields else label(field, language)


def role_title(role: str | None, rulebook: Rulebook, language: str) -> str:
    """Return the label of a role: the rulebook's for its own, else the program's; "" for none."""
    if role and role.startswith(HEAD_OF):
        team = rulebook.title("owner", role.removeprefix(HEAD_OF), language)
        return f"{team}负责人" if language == "zh" else f"head of {team}"
    known = role in rulebook.roles or role in rulebook.owners
    return rulebook.title("role", role, language) if known else label(ROLES.get(role or "", role or ""), language)


def label(word: str, language: str) -> str:
    """Return the word as the screen shows it; the word itself if there is no label."""
    both = LABELS.get(word)
    return word if both is None else both[language != "zh"]


def words_for(word: str) -> set[str]:
    """Return the labels of a word in both languages, as they are compared; the word itself if it has none."""
    return {normal(label(word, language)) for language in LANGUAGES}
