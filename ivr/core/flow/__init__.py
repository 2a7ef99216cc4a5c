"""The flow: a phone line as data. `model` is what runs, `schema` is what an author writes, `load` turns one into the other."""
