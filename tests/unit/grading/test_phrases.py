"""Phrases are English texts that can be made again in another language."""

from courses.models.phrases import in_language, phrase
from courses.models.verdict import Verdict


def test_values_are_filled_in_after_translating() -> None:
    """In the verdict and in its parts; braces in a text without values are just braces."""
    verdict = Verdict.wrong(phrase("Line {number} differs.", number=3), phrase("Close the {"), "by {author}")
    german = {"Line {number} differs.": "Zeile {number} weicht ab.", "Close the {": "Schließ die {"}
    whole = Verdict(False, 0.0, "failed", parts=(verdict,))
    assert verdict.feedback == ("Line 3 differs.", "Close the {", "by {author}")
    [part] = in_language(whole, lambda text: german.get(text, text)).parts
    assert part.feedback == ("Zeile 3 weicht ab.", "Schließ die {", "by {author}")
