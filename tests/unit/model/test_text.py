"""Text with holes."""

from pullproof.model.text import anything, bare, clean, hole, holes, is_exact, shown, sole_hole, typed


def test_a_hole_is_known_by_its_name() -> None:
    """Alone, or among other text."""
    text = f"arn:{hole('aws_ecr_repository.app.arn')}/*"

    assert not is_exact(text)
    assert ("aws_ecr_repository.app.arn",) == holes(text)
    assert "" == sole_hole(text)
    assert "x" == sole_hole(hole("x"))
    assert "" == sole_hole("plain")
    assert "" == sole_hole(hole("x") + "y")
    assert () == holes("plain")


def test_people_see_names_and_never_the_marks() -> None:
    """A hole that is anything at all has no name worth showing."""
    assert "a ${x} b" == shown(f"a {hole('x')} b")
    assert "(unknown)" == shown(anything("this"))
    assert "plain" == shown("plain")


def test_text_from_outside_has_no_holes() -> None:
    """The two marks are taken out of it."""
    assert is_exact(clean(hole("x")))
    assert "plain" == clean("plain")


def test_a_type_behind_a_name_is_for_the_engines() -> None:
    """People see the name alone, and text from outside cannot bring a type."""
    assert "${Key.Arn}" == shown(typed("Key.arn", "aws_kms_key"))
    assert "${Logs}" == shown(typed("Logs.name", "aws_cloudwatch_log_group"))
    assert "Key.arn" == bare(sole_hole(typed("Key.arn", "aws_kms_key")))
    assert "x\ufffdy" == clean("x\ue003y")
