"""The stages of the stock lifecycle, named once for all presets, in English and Japanese."""

from __future__ import annotations

from typing import Any

from lifecycle.chart import StageState, State, role


def acquisition() -> StageState:
    """Known, and not yet a customer."""
    return role.prospect("Acquisition", ja="獲得期", initial=True)


def onboarding() -> StageState:
    """Learning to use what was bought."""
    return role.active("Onboarding", ja="導入期", initial=True)


def adoption() -> StageState:
    """Using it by habit."""
    return role.active("Adoption", ja="定着期")


def maturity() -> StageState:
    """Staying, and buying more."""
    return role.active("Maturity", ja="成熟期")


def _referrer() -> StageState:
    """The first rung of advocacy: brings others."""
    return role.active("Referrer", ja="アンバサダー・紹介者", initial=True)


def _testimonial() -> StageState:
    """The second rung: speaks for you in public."""
    return role.active("Testimonial", ja="アンバサダー・推薦者")


def _co_creator() -> StageState:
    """The third rung: makes the product with you."""
    return role.active("Co-creator", ja="アンバサダー・共創者")


def advocacy() -> Any:
    """Speaking for you: its rungs, one above the other; a compound of stages."""

    class advocacy(State.Compound):  # noqa: N801 - a compound is a class whose name is its id
        referrer = _referrer()
        testimonial = _testimonial()
        co_creator = _co_creator()
        testimonial_given = referrer.to(testimonial)
        co_created = referrer.to(co_creator) | testimonial.to(co_creator)

    return advocacy


def churn() -> StageState:
    """Gone: by silence, or by saying so."""
    return role.lost("Churn", ja="離反")


def win_back() -> StageState:
    """Lost, and showing life again."""
    return role.returning("Win-back", ja="再獲得")
