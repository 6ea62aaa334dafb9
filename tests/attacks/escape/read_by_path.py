"""Opens the gradebook, the solution and another student's notebook by their paths."""

from attack import escaped, target, tries

for path in (target.gradebook, target.solution, target.other_student):
    tries(lambda path=path: escaped(open(path).read()))
