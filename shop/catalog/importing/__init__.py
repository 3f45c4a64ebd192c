"""Reads merchants' product files into neutral records; knows no web and no database of ours."""
