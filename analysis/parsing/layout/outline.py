"""The tree of headings and numbered lines of one notice.

The order of the numbering styles is taken from the document itself: a style not yet open
goes one level deeper, a style already open closes everything below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.parsing.layout.flow import Flow, Para
from analysis.parsing.layout.segments import is_label, result_line
from analysis.parsing.text.numbering import Label
from analysis.parsing.words.cues import frame_at, is_finding
from analysis.parsing.words.statuses import BOX, status_code

# Styles without a number: "H" heading, "Q" 针对“…”问题 (on the problem "…").
_QUOTED = re.compile(r"(?:针对|关于|对于)(?:巡察组?)?(?:反馈|指出)?的? ?[“\"]")


# A result or a label in bold is no heading.
_NO_HEADING = re.compile(
    r"[【\[(]?(?:整改|完成|责任|牵头|原因|反馈|存在问题|具体措施)[^:。]{0,10}(?:[:】\])]|(?:情况|措施|举措|结果|进展|成效|时限|领导|单位|部门|分析|整改|反馈|完成|责任|牵头|原因)$)"
)
_TITLE = re.compile(r"(?:通报|公告|公示|报告|通知)(?:[(\[].{0,12}[)\]])?$|巡[察视].*整改.*情况")


class Node:
    """One labelled line or heading with everything up to the next one of its level or above.

    ``start`` is where its label begins, ``body`` where its words begin, ``end`` where it stops,
    all in the flow; ``own_end`` is where its first child starts (or ``end``).
    """

    __slots__ = (
        "style",
        "number",
        "label",
        "start",
        "body",
        "end",
        "own_end",
        "parent",
        "children",
        "depth",
        "para",
        "heading",
        "opens_list",
    )

    def __init__(
        self, style: str, number: int | None, label: str | None, start: int, body: int, para: Para | None
    ):
        self.style = style
        self.number = number
        self.label = label
        self.start = start
        self.body = body
        self.end = self.own_end = 0
        self.parent: Node | None = None
        self.children: list[Node] = []
        self.depth = 0
        self.para = para
        self.opens_list = ""  # last words of the label whose list begins here
        self.heading = para.heading if para is not None else 0

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()


def ancestors(node: Node) -> list[Node]:
    """The nodes above one, from the top of the notice down; the root is left out."""
    chain = []
    above = node.parent
    while above is not None and above.style:
        chain.append(above)
        above = above.parent
    return chain[::-1]


def build_outline(flow: Flow) -> Node:
    """The root of the tree; its children are the top level of the notice."""
    root = Node("", None, None, 0, 0, None)
    stack = [root]
    paras = flow.paras
    count = len(paras)
    framed = sum(_is_framed(para) and is_finding(para.text[2:120]) for para in paras) >= 3
    for index, para in enumerate(paras):
        node = _node_of(para, flow.labels)
        if node is None and framed and _is_framed(para):
            node = Node("Q", None, None, para.start, para.start, para)
        if node is not None and index and node.number == 1 and _awaits_list(paras[index - 1], flow.labels):
            node.opens_list = _label_words(paras[index - 1].text)
        if node is None:
            if not _is_heading(paras, index, count, flow.labels):
                continue
            if len(stack) == 1 and _TITLE.search(para.text):
                continue
            node = Node("H", None, None, para.start, para.start, para)
            _place_heading(stack, node, _next_label(paras, index, count))
        else:
            _place(stack, node)
        _push(stack, node)
    _close(root, len(flow.text))
    return root


def _push(stack: list[Node], node: Node) -> None:
    node.parent = stack[-1]
    node.depth = len(stack)
    stack[-1].children.append(node)
    stack.append(node)


# A label that ends its line: what follows is its list.
_LIST_FOLLOWS = re.compile(r"(?:整改|措施|举措|情况|进展|做法|成效|工作)[^:。,;]{0,6}: ?$")


def _awaits_list(para: Para, induced: dict[str, str]) -> bool:
    return _LIST_FOLLOWS.search(para.text) is not None or para.label is None and is_label(para.text, induced)


def _label_words(text: str) -> str:
    """The last words of a label, by which it is known again."""
    return text.rstrip("】])：: ")[-4:]


def _node_of(para: Para, induced: dict[str, str]) -> Node | None:
    label = para.label
    if label is not None:
        if label.style == "B" and (
            _NO_HEADING.match(para.text, label.end) or is_label(para.text[label.end :], induced)
        ):
            return None
        return Node(label.style, label.number or None, label.text, para.start, para.start + label.end, para)
    first = para.text[0]
    if first in "针关对" and frame_at(para.text) is not None:
        return Node("Q", None, None, para.start, para.start, para)
    return None


# 针对…的问题，(on the problem that …) without quotation marks opens a unit where it does so again and again.
_UNQUOTED = re.compile(r"(?:针对|关于)(?!此|该|这|上述|以上|存在|检查)[^。;:,\n“”]{5,90}?问题(?=[,:。])")


def _is_framed(para: Para) -> bool:
    return para.label is None and _UNQUOTED.match(para.text) is not None


# 针对这一问题,… below a line that names the problem
_TAKES_UP = re.compile(r"针对(?:这一|此|该|上述)(?:项|个)?问题")


def _is_heading(paras: list[Para], index: int, count: int, induced: dict[str, str]) -> bool:
    """An unnumbered line that reads as a heading: marked as one, or bare before a numbered line."""
    para = paras[index]
    text = para.text
    if _NO_HEADING.match(text) or BOX.match(text) or (len(text) <= 34 and result_line(text) is not None):
        return False
    if para.heading:
        return len(text) <= 120 and text[-1] != ":"
    if text[0] == "【" and text[-1] == "】" and 6 <= len(text) <= 60 and text.count("【") == 1:
        return status_code(text) is None and index > 0
    if (
        not para.bare
        or not 4 <= len(text) <= 80
        or text[0] in "【[("
        or any(sign in text for sign in ":|。;")
    ):
        return False
    if index == 0 or index + 1 >= count or paras[index - 1].text[-1] in ",、":
        return False
    if paras[index - 1].text.strip("【】[]():* ") in induced:
        return False  # what a label on its own line says
    following = paras[index + 1]
    if following.label is not None:
        return following.label.style not in ("O",)
    if text.endswith("问题") and _TAKES_UP.match(following.text):
        return True
    return following.text[0] in "针关" and _QUOTED.match(following.text) is not None


def _next_label(paras: list[Para], index: int, count: int) -> Label | None:
    return paras[index + 1].label if index + 1 < count else None


def _place_heading(stack: list[Node], node: Node, following: Label | None) -> None:
    """A heading stands above the numbered line that follows it."""
    level = node.heading
    if 1 <= level <= 6:
        for depth in range(1, len(stack)):
            if stack[depth].style == "H" and stack[depth].heading and stack[depth].heading >= level:
                del stack[depth:]
                return
    if following is not None:
        for depth in range(1, len(stack)):
            if stack[depth].style == following.style and (
                following.number > 1 or stack[depth].number is not None and following.number == 1
            ):
                if depth > 1 and stack[depth - 1].style == "H":
                    depth -= 1
                del stack[depth:]
                return
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].style == "H":
            del stack[depth:]
            return
        if stack[depth].style in ("C", "PC"):
            del stack[depth + 1 :]
            return


def _place(stack: list[Node], node: Node) -> None:
    """Close what the new line ends, so that the last of the stack is its parent."""
    style = node.style
    found = [depth for depth in range(1, len(stack)) if stack[depth].style == style]
    if node.heading and any(stack[depth].heading for depth in found):
        found = [depth for depth in found if stack[depth].heading]
    if not found:
        if not node.opens_list:
            _leave_lists(stack, style)
        return
    if node.number is None:
        del stack[found[-1] :]
        return
    best = found[-1]
    following = [
        depth for depth in found if (number := stack[depth].number) is not None and node.number == number + 1
    ]
    if following:
        best = following[-1]  # where two open lists wait for this number, the inner one
    else:
        last = stack[best]
        if node.opens_list and len(found) < 3:
            return
        if len(found) < 2 and node.number == 1 and (last.number or 0) >= 1:
            return
    del stack[best:]


# Below what a style that opens does not stand: 一、 and （一） head parts, a list before them is over.
_NOT_UNDER = {"C": ("PC", "A", "PA", "D", "W", "N", "B", "O"), "PC": ("A", "PA", "D", "N", "B", "O")}


def _leave_lists(stack: list[Node], style: str) -> None:
    lower = _NOT_UNDER.get(style)
    if lower is not None:
        first = next((depth for depth in range(1, len(stack)) if stack[depth].style in lower), None)
        if first is not None:
            del stack[first:]
    elif style in ("W", "N"):
        # A sentence ends a list line; a bare line may head the problems below it.
        while (
            len(stack) > 1
            and stack[-1].style in ("A", "PA", "O", "B", "PC")
            and (para := stack[-1].para) is not None
            and not para.bare
            and len(para.text) > 24
        ):
            stack.pop()


def release(root: Node) -> None:
    """Let the nodes of a tree go of one another: they are freed at once, and no search for cycles is needed."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        node.children = []
        node.parent = None


def _close(root: Node, length: int) -> None:
    """Set the ends: a node stops where the next node of its level or above begins."""
    root.end = length
    waiting = [root]
    while waiting:
        node = waiting.pop()
        children = node.children
        node.own_end = children[0].start if children else node.end
        for index, child in enumerate(children):
            child.end = children[index + 1].start if index + 1 < len(children) else node.end
        waiting += children
