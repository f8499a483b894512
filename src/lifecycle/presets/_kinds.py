"""The usual names of touchpoints in the field, by event: Segment's, Shopify's, Stripe's, Zendesk's."""

from typing import Final

WEB: Final = ("page", "page viewed", "pageview", "session started")
"""A visit to the site."""

CONTACT: Final = {
    "login": ("signed in", "logged in", "user logged in", "session login"),
    "mail_clicked": ("email link clicked", "email clicked", "link clicked"),
    "ticket_opened": (
        "ticket",
        "ticket created",
        "case created",
        "conversation started",
        "support contacted",
    ),
    "ticket_closed": ("ticket solved", "ticket resolved", "case closed", "conversation closed"),
}
"""Signs of life that every business knows."""

ADVOCACY: Final = {
    "referral": ("referred", "referral made", "invite accepted", "friend referred"),
    "testimonial_given": (
        "testimonial",
        "case study published",
        "reference call held",
        "customer story published",
    ),
    "co_created": (
        "co creation",
        "beta joined",
        "beta feedback given",
        "advisory board joined",
        "joint webinar held",
    ),
}
"""What lifts a customer up the rungs of advocacy."""

REFUND: Final = ("order refunded", "refunds create", "charge refunded", "payment refunded", "refunded")
"""Money that goes back to the customer."""

PASSIVE: Final = (
    "mail sent",
    "email sent",
    "email delivered",
    "email bounced",
    "mail opened",
    "email opened",
)
"""No signs of life: what the company does, and mails that mail programs open by themselves."""

NO_RETURN: Final = "not amount < 0"
"""A filter: what flows back, as a negative amount, is no payment; an amount that is not known is one."""
