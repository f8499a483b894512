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

SIGNS: Final = {
    "mail_sent": ("email sent", "email delivered"),
    "mail_opened": ("email opened", "email open"),
    "inquiry": ("inquiry made", "enquiry made", "message received", "email received", "chat started"),
    "event_attended": ("webinar attended", "seminar attended", "store event attended", "workshop attended"),
    "voice": ("feedback given", "feedback received", "review posted", "review submitted", "comment posted"),
    "complaint": ("complaint made", "complaint received", "complaint filed"),
    "complaint_answered": ("complaint resolved", "complaint settled", "complaint closed"),
    "nps": ("nps answered", "nps response", "survey answered"),
    "csat": ("csat answered", "csat response", "satisfaction rated"),
    "promise_made": ("promise given", "commitment made"),
    "promise_kept": ("promise fulfilled", "commitment kept"),
    "promise_broken": ("commitment broken",),
    "expectation_stated": ("expectation set", "expectation rated"),
    "experience_rated": ("experience scored",),
    "setup_completed": ("set up completed", "installation completed", "implementation completed"),
    "value_confirmed": ("quick win", "first value reached", "success confirmed"),
}
"""What the signs of every business read: mails, words of the customer, promises, expectations, the first steps.

A mail that was sent and delivered may be logged as either; a log with both has both at all times, so the change of
the rate of opening is the same.
"""

REFUND: Final = ("order refunded", "refunds create", "charge refunded", "payment refunded", "refunded")
"""Money that goes back to the customer."""

PASSIVE: Final = (
    "mail sent",
    "email sent",
    "email delivered",
    "email bounced",
    "mail opened",
    "email opened",
    "message sent",
    "promise made",
    "promise kept",
    "promise broken",
    "usage reported",
)
"""No signs of life: what the company does, what its meters report, and mails that mail programs open by themselves."""

NO_RETURN: Final = "not amount < 0"
"""A filter: what flows back, as a negative amount, is no payment; an amount that is not known is one."""
