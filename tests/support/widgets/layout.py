"""What can go wrong in a layout: words cut off, things on top of each other."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QTabBar,
    QTableWidget,
    QToolTip,
    QWidget,
)

_ROUNDS: Final = 5
"""What changes is laid out a moment later, and what is in it a moment after that."""
_CELL_MARGINS: Final = 6
"""What Qt leaves free on both sides of a cell's words."""
_LINE_MARGINS: Final = 4
"""What Qt leaves free on both sides of what is typed."""
_BOXES = (QAbstractSpinBox, QComboBox, QLineEdit, QTabBar)
"""What is made of parts that are Qt's own matter."""
_LEAVES = (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QTableWidget,
)
"""What is to stand alone in its place."""


def faults(top: QWidget) -> list[str]:
    """Say what is wrong in a window that is on the screen; nothing, if all is well."""
    found: list[str] = []
    for _ in range(_ROUNDS):
        QApplication.processEvents()
        found = [*_cut_off(top), *_overlapping(top), *_too_large(top)]
        if not found:
            break
    return found


def _seen(top: QWidget) -> Iterator[QWidget]:
    """Give all in a window that is to be seen, but not what boxes are made of."""
    for one in (top, *top.findChildren(QWidget)):
        inside = one.parentWidget()
        if (
            one.isVisible()
            and one.window() is top.window()
            and not isinstance(one, QToolTip)
            and not isinstance(inside, _BOXES)
        ):
            yield one


def _cut_off(top: QWidget) -> Iterator[str]:
    for one in _seen(top):
        if not _fits(one):
            yield f"cut off: {_named(one)} in {one.width()} x {one.height()}"
        if isinstance(one, QAbstractScrollArea) and one.horizontalScrollBar().maximum():
            yield f"scrolls sideways: {_named(one)}"
        around = one.parentWidget()
        if (
            one is not top
            and around is not None
            and isinstance(one, _LEAVES)
            and not around.rect().contains(one.geometry())
            and not isinstance(around.parentWidget(), QAbstractScrollArea)
        ):
            yield f"sticks out: {_named(one)}"


def _fits(one: QWidget) -> bool:
    """Whether all of a widget's words are seen."""
    for kind, fits in _FITS:
        if isinstance(one, kind):
            return fits(one)
    return True


def _label_fits(label: QLabel) -> bool:
    if not label.text():
        return True
    room = label.contentsRect().size()
    if not label.wordWrap():
        return _holds(label.size(), label.sizeHint())
    return _holds(room, _wrapped(label, label.text(), room.width()))


def _wrapped(one: QWidget, words: str, width: int) -> QSize:
    """Give the room that words need which wrap at a width."""
    room = QRect(0, 0, width, 100_000)
    flags = int(Qt.TextFlag.TextWordWrap)
    return one.fontMetrics().boundingRect(room, flags, words).size()


def _box_fits(box: QComboBox) -> bool:
    """Whether the longest choice has room beside the arrow."""
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    kind = QStyle.ComplexControl.CC_ComboBox
    room = box.style().subControlRect(kind, option, field, box).width()
    words = (box.itemText(row) for row in range(box.count()))
    return max(map(box.fontMetrics().horizontalAdvance, words), default=0) <= room


def _line_fits(line: QLineEdit) -> bool:
    words = "" if line.text() else line.placeholderText()
    option = QStyleOptionFrame()
    line.initStyleOption(option)
    element = QStyle.SubElement.SE_LineEditContents
    room = line.style().subElementRect(element, option, line).width()
    return line.fontMetrics().horizontalAdvance(words) <= room - _LINE_MARGINS


def _button_fits(button: QAbstractButton) -> bool:
    metrics = button.fontMetrics()
    words = metrics.size(int(Qt.TextFlag.TextShowMnemonic), button.text())
    return _holds(button.size(), button.minimumSizeHint().expandedTo(words))


def _tabs_fit(bar: QTabBar) -> bool:
    return all(
        bar.rect().contains(bar.tabRect(tab).adjusted(1, 1, -1, -1))
        and bar.tabRect(tab).width()
        > bar.fontMetrics().horizontalAdvance(bar.tabText(tab).replace("&", ""))
        for tab in range(bar.count())
    )


def _header_fits(header: QHeaderView) -> bool:
    return header.orientation() is Qt.Orientation.Vertical or all(
        header.sectionSize(column) >= header.sectionSizeHint(column)
        for column in range(header.count())
    )


def _spin_fits(box: QAbstractSpinBox) -> bool:
    return _holds(box.size(), box.minimumSizeHint())


def _items_fit(view: QAbstractItemView) -> bool:
    """Whether no row of a list, and no cell of a table, is shortened."""
    model = view.model()
    columns = model.columnCount() if isinstance(view, QTableWidget) else 1
    for row in range(model.rowCount()):
        for column in range(columns):
            at = model.index(row, column)
            room = view.visualRect(at).size()
            if room.isEmpty():
                continue  # scrolled out
            if not (isinstance(view, QTableWidget) and view.wordWrap()):
                if view.sizeHintForIndex(at).height() > room.height():
                    return False
                continue
            words = str(at.data())
            if not _holds(room, _wrapped(view, words, room.width() - _CELL_MARGINS)):
                return False
    return True


_FITS: Final[tuple[tuple[type[QWidget], Callable[..., bool]], ...]] = (
    (QLabel, _label_fits),
    (QComboBox, _box_fits),
    (QLineEdit, _line_fits),
    (QAbstractButton, _button_fits),
    (QAbstractSpinBox, _spin_fits),
    (QTabBar, _tabs_fit),
    (QHeaderView, _header_fits),
    (QAbstractItemView, _items_fit),
)


def _overlapping(top: QWidget) -> Iterator[str]:
    """Find things that stand on each other, in the window's own measure."""
    placed = [
        (one, _place(one, top))
        for one in _seen(top)
        if isinstance(one, _LEAVES)
        and one is not top
        and not isinstance(one.parentWidget(), QAbstractItemView)
        and not isinstance(one.parentWidget(), QTabBar)
    ]
    for (first, here), (second, there) in combinations(placed, 2):
        nested = first.isAncestorOf(second) or second.isAncestorOf(first)
        if not nested and here.intersects(there):
            yield f"overlap: {_named(first)} and {_named(second)}"


def _place(one: QWidget, top: QWidget) -> QRect:
    """Give where a widget is seen: what it is scrolled in may cut it."""
    place = QRect(one.mapTo(top, QPoint()), one.size())
    around = one.parentWidget()
    while around is not None and around is not top:
        place &= QRect(around.mapTo(top, QPoint()), around.size())
        around = around.parentWidget()
    return place


def _too_large(top: QWidget) -> Iterator[str]:
    room = top.screen().availableSize()
    if not _holds(room, top.size()):
        yield f"larger than the screen: {top.width()} x {top.height()}"
    if not _holds(top.size(), top.minimumSizeHint()):
        yield f"smaller than it needs: {top.width()} x {top.height()}"


def _holds(room: QSize, needed: QSize) -> bool:
    return needed.width() <= room.width() and needed.height() <= room.height()


def _named(one: QWidget) -> str:
    words = one.accessibleName()
    if isinstance(one, (QAbstractButton, QLabel)):
        words = one.text()
    return f"{type(one).__name__} {words!r}"
