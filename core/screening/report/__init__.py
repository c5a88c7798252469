"""The report on one screening, as a page that needs nothing from outside and as a PDF."""
