"""The summary of a test run names the cases from real life that it covered."""

from cases import Case, case_lines

SHARED_LIMIT = Case("2", "a shared limit kept per account")
LOST_ALERT = Case("attack 10", "an alert lost on quit")
EARLIER = Case("attack 2", "a change left half done")


def test_each_case_has_a_line_with_its_results_in_the_order_of_the_numbers() -> None:
    """Parts of a test count as often as they ran; other tests have no line."""
    covered = {
        "a": [LOST_ALERT],
        "b[1]": [SHARED_LIMIT, EARLIER],
        "b[2]": [SHARED_LIMIT, EARLIER],
        "c": [],
    }
    assert list(case_lines(covered, ["a", "b[1]", "c"], ["b[2]"])) == [
        "Case 2, a shared limit kept per account: 1 passed, 1 FAILED",
        "Case attack 2, a change left half done: 1 passed, 1 FAILED",
        "Case attack 10, an alert lost on quit: 1 passed",
    ]


def test_a_case_whose_tests_did_not_run_has_no_line() -> None:
    """A deselected test proves nothing."""
    assert list(case_lines({"a": [LOST_ALERT]}, [], [])) == []
