"""A small class for the writers: five people, one of whom hands nothing in, and a namesake who may join."""

from tools.platforms import Person

JANE, RICK, UMUT, EVA = (Person("Jane", "Doe", 1001), Person("Rick", "Roe", 1002), Person("Ümüt", "Öz", 1003),
                         Person("Eva", "O'Neil-2", 1004))
PEOPLE = [JANE, RICK, UMUT, EVA, Person("Ann", "Absent", 1005)]
OTHER_JANE = Person("Jane", "Doe", 1009)
