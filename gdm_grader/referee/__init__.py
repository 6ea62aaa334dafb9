"""Tests run in the grader's process; the student's functions stay in the kernel and answer with data."""
