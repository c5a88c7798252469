"""The paper's Table IV for any cohort, with the nested number beside every one: its rows, scores, words and files."""
