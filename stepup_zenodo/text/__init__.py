"""Texts and Markdown, and what the server makes of them."""
