"""The flow: a phone line as data.

`schema` is what an author writes, `model` is what runs, `load` turns the one into the other.
"""
