"""What a person types with: a wish that Qt can't fulfil does not leave them mute."""

import pytest

from trayapp.app.input_method import name_others


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"QT_IM_MODULE": "fcitx"}, "fcitx;ibus;compose"),
        ({"QT_IM_MODULE": "fcitx5"}, "fcitx5;ibus;compose"),
        ({"QT_IM_MODULES": "wayland;fcitx"}, "wayland;fcitx;ibus;compose"),
        ({"QT_IM_MODULES": "fcitx;ibus", "QT_IM_MODULE": "x"}, "fcitx;ibus;compose"),
    ],
)
def test_a_wish_for_fcitx_names_what_else_would_do(
    before: dict[str, str], after: str
) -> None:
    """Fcitx answers to IBus as well, and dead keys need nobody."""
    name_others(before)

    assert before["QT_IM_MODULES"] == after


@pytest.mark.parametrize(
    "environment",
    [{}, {"QT_IM_MODULE": "ibus"}, {"QT_IM_MODULES": "wayland;ibus"}],
)
def test_any_other_wish_stays_as_it_is(environment: dict[str, str]) -> None:
    """What Qt can do by itself is none of our business."""
    before = dict(environment)

    name_others(environment)

    assert environment == before
