"""The two segments of Fader and Hardie (2007), Table 1: survivors of 1,000 customers, years 0 to 12."""

from lifecycle.value import SurvivorTally

HIGH_END = (1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394)
REGULAR = (1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173)


def observed(survivors: tuple[int, ...], years: int) -> SurvivorTally:
    """What is known of a segment after so many years."""
    return SurvivorTally.of_counts({"all": survivors[: years + 1]}, unit="year")
