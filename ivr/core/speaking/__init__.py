"""What is written, as a person would say it: for the voice's ear only, the record keeps what was written.

reading     finds the spots that need a rule, keeps written and spoken side by side
english, spanish  their rules: dates, money, numbers, codes, abbreviations
formatters  a slot's value, as it is written in a prompt
marks       `[pause 300ms]` in an author's text
"""
