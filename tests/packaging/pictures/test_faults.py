"""The pictures of faults: none is missing."""

from pictures import injection
from pictures.fault_scenes import SCENES
from pictures.faults import DESKTOPS
from trayapp.core.errors import BY_ID


def test_every_fault_that_a_person_can_meet_has_a_scene() -> None:
    """A new error is looked at on the screen before it is shipped."""
    assert BY_ID.keys() - SCENES.keys() == set()


def test_every_scene_has_one_desktop() -> None:
    """No fault is provoked twice."""
    names = [name for scenes in DESKTOPS.values() for name in scenes]
    assert sorted(names) == sorted(SCENES)


def test_what_is_injected_is_an_error_of_the_program() -> None:
    """A renamed error fails here, and not while pictures are taken."""
    assert set(injection.FAULTS) <= BY_ID.keys()
