"""Widgets and colours that several windows share. No window stands here."""
