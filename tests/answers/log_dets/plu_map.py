@wrong("an error of any kind")
def plu_map(x, order, L, U, inverse=False):
    return [][0]
