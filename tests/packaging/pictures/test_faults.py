"""The gallery of faults: none of them is left out."""

from pictures.fault_scenes import SCENES
from pictures.faults import STAGES
from trayapp.core.errors import BY_ID


def test_every_fault_that_a_person_can_meet_has_a_scene() -> None:
    """A new error is looked at on the screen before it is shipped."""
    assert BY_ID.keys() - SCENES.keys() == set()


def test_every_scene_has_a_stage() -> None:
    """And is played once."""
    played = [name for names in STAGES.values() for name in names]
    assert sorted(played) == sorted(SCENES)
