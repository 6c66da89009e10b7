"""Painted pictures: the gauge, its marks and the application icon."""
