"""How Sphinx builds the documentation: `make docs`."""

project = "customer-lifecycle"
author = "The customer-lifecycle contributors"
copyright = f"2026, {author}"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
myst_heading_anchors = 3
# Mermaid has no colours here. Several fields are called `type` or `event`; which one is meant does not matter.
suppress_warnings = ["misc.highlighting_failure", "ref.python"]
